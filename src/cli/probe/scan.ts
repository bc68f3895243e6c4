/** One scan as the command runs it: asks, probes, keeps what comes, and tells it. */
import { LIMITS, PortolanError } from '../../core/index.ts'
import type { ExitStatus } from '../../core/index.ts'
import { compareAddresses, openResume, probeFound, runProbe } from '../../probe/index.ts'
import type { Banner, FoundTally, PortAnswer, ProbeJob, ProbeListener, ResumeFile } from '../../probe/index.ts'
import type { Arguments, Context } from '../command.ts'
import { isTerminal } from '../output.ts'
import { paragraph } from '../style.ts'
import { versionNumber } from '../version.ts'
import { AnswerStore } from './answer-store.ts'
import { BannerQueue } from './banner-queue.ts'
import { makeReport } from './make-report.ts'
import type { BannerBook } from './make-report.ts'
import { isAllowed } from './manners.ts'
import type { MeaningBook } from '../../answer/index.ts'
import { beginFiles, readOutputs } from './outputs.ts'
import type { Outputs } from './outputs.ts'
import type { Plan } from './plan.ts'
import { makeRow } from './port-row.ts'
import type { ToldPort } from './port-row.ts'
import { ProgressLine } from './progress.ts'
import { silentText } from './report-page.ts'
import { writeOutputs } from './write-outputs.ts'
import type { Written } from './write-outputs.ts'

const STDERR = 2
const NO_BANNERS: BannerBook = { bannerOf: () => null }

/** Runs a scan; what is known is told even when Ctrl-C ends it. */
export async function runScan(plan: Plan, book: MeaningBook, args: Arguments, context: Context): Promise<ExitStatus> {
  const outputs = readOutputs(args)
  const { job, isFinding } = plan
  const { outside } = plan.targets
  requireRoom(job, outputs)
  if (outside.size > 0 && !args.has('yes')) {
    if (!(await isAllowed({ job, outside, isFinding }, args.has('banners'), context))) return 1
  }
  const files = beginFiles(outputs, context)
  try {
    const path = args.value('resume')
    const resume = path === undefined ? null : openResume(path, job)
    const scan = new Scan(plan, book, outputs, args.has('banners'), context)
    try {
      await scan.run(resume)
    } finally {
      await resume?.close()
    }
    writeOutputs(scan.written(), outputs, files, book, context)
    scan.tellSilent()
    return scan.status()
  } finally {
    for (const file of files.values()) file.abandon()
  }
}

/** Reports and JSON are made at the end, of all answers; NDJSON keeps none. */
function requireRoom(job: ProbeJob, outputs: Outputs): void {
  if (outputs.main === 'ndjson' && outputs.paths.size === 0) return
  const pairs = job.hosts.size * (job.tcpPorts.size + job.udpPorts.size)
  if (job.hosts.size <= LIMITS.probeKeptHosts && pairs <= LIMITS.probeKeptAnswers) return
  const most = `${LIMITS.probeKeptHosts.toLocaleString('en')} hosts and ${LIMITS.probeKeptAnswers.toLocaleString('en')} ports in all`
  throw new PortolanError(
    'ERR_PORTOLAN_USAGE',
    `${pairs.toLocaleString('en')} ports of ${job.hosts.size.toLocaleString('en')} hosts are more than one report holds (${most})`,
    { hint: 'Use --ndjson alone, which keeps nothing, or probe in parts.' },
  )
}

class Scan {
  readonly #plan: Plan
  readonly #book: MeaningBook
  readonly #outputs: Outputs
  readonly #context: Context
  readonly #store: AnswerStore = new AnswerStore()
  readonly #isBanners: boolean
  #banners: BannerQueue | null = null
  readonly #names: ReadonlyMap<string, string>
  readonly #keeps: boolean
  readonly #startedMs: number = Date.now()
  #open: number = 0
  #unmeasured: number = 0
  #tally: FoundTally | null = null

  constructor(plan: Plan, book: MeaningBook, outputs: Outputs, isBanners: boolean, context: Context) {
    this.#plan = plan
    this.#book = book
    this.#outputs = outputs
    this.#context = context
    this.#keeps = outputs.main !== 'ndjson' || outputs.paths.size > 0
    this.#names = namesIn(plan.job)
    this.#isBanners = isBanners
  }

  async run(resume: ResumeFile | null): Promise<void> {
    const { err, style } = this.#context
    for (const { message } of this.#plan.targets.unresolved) err(`portolan: ${message}\n`)
    const line = (await isTerminal(STDERR)) ? new ProgressLine(err, style.width) : null
    const stop = new AbortController()
    const failures: unknown[] = []
    // What fails while an answer is told (a full disk, a reader that is gone) ends the scan, and not the engine.
    const guarded = (act: () => void): void => {
      if (failures.length > 0) return
      try {
        act()
      } catch (error) {
        failures.push(error)
        stop.abort()
      }
    }
    this.#banners = this.#beginBanners(guarded)
    try {
      for (const answers of resume?.answers() ?? []) guarded(() => this.#take(answers))
      this.#tally = await this.#probe(
        resume?.job ?? this.#plan.job,
        {
          onAnswers: (answers) =>
            guarded(() => {
              resume?.append(answers)
              this.#take(answers)
            }),
          onProgress: (progress) => line?.show(progress),
        },
        AbortSignal.any([this.#context.signal, stop.signal]),
      )
      await this.#finishBanners(line)
    } finally {
      line?.clear()
    }
    if (failures.length > 0) throw failures[0]
  }

  async #probe(job: ProbeJob, listener: ProbeListener, signal: AbortSignal): Promise<FoundTally> {
    if (this.#plan.isFinding) return probeFound(job, listener, signal)
    return { ...(await runProbe(job, listener, signal)), silentHosts: 0 }
  }

  #beginBanners(guarded: (act: () => void) => void): BannerQueue | null {
    if (!this.#isBanners) return null
    return new BannerQueue({
      nameOf: (address) => this.#names.get(address) ?? null,
      hintOf: (port, transport) => this.#book.purposeOf(port, transport).entry.names[0] ?? null,
      signal: this.#context.signal,
      onBanner: (answer, banner) => guarded(() => this.#print(answer, banner)),
    })
  }

  async #finishBanners(line: ProgressLine | null): Promise<void> {
    const banners = this.#banners
    if (banners === null) return
    const timer = setInterval(
      () => line?.say(`asking what they are: ${banners.done} of ${banners.total} open ports`),
      500,
    )
    try {
      await banners.finish()
    } finally {
      clearInterval(timer)
    }
  }

  #take(answers: readonly PortAnswer[]): void {
    for (const answer of answers) {
      const isOpen = answer.state === 'open'
      if (isOpen) this.#open += 1
      if (answer.state === 'unmeasured') this.#unmeasured += 1
      if (this.#keeps) this.#store.add(answer)
      if (isOpen && this.#banners !== null) this.#banners.add(answer)
      else this.#print(answer, null)
    }
  }

  #print(answer: PortAnswer, banner: Banner | null): void {
    if (this.#outputs.main !== 'ndjson' || (this.#outputs.isOpenOnly && answer.state !== 'open')) return
    const row = makeRow({ ...answer, names: this.#namesOf(answer.host), banner }, this.#book)
    this.#context.out(`${JSON.stringify(row)}\n`)
  }

  #namesOf(address: string): readonly string[] {
    const name = this.#names.get(address)
    return name === undefined ? [] : [name]
  }

  written(): Written {
    const { job } = this.#plan
    const banners = this.#banners ?? NO_BANNERS
    const head = {
      tool: 'portolan',
      toolVersion: versionNumber(),
      command: `portolan ${process.argv.slice(2).join(' ')}`,
      startedMs: this.#startedMs,
      endedMs: Date.now(),
      isWhole: this.#tally?.isWhole ?? false,
      asked: {
        tcp: job.tcpPorts.size === 0 ? null : job.tcpPorts.toText(),
        udp: job.udpPorts.size === 0 ? null : job.udpPorts.toText(),
      },
      isHalfOpen: this.#tally?.engine === 'raw',
    } as const
    const isOne = job.hosts.size === 1 && job.tcpPorts.size + job.udpPorts.size === 1
    const [only = null] = isOne ? this.#toldPorts(banners) : []
    return {
      report: makeReport(
        { ...head, silentHosts: this.#tally?.silentHosts ?? 0 },
        this.#store,
        (address) => this.#namesOf(address),
        banners,
      ),
      ports: () => this.#toldPorts(banners),
      only,
      isStreamed: true,
    }
  }

  /** The page tells it itself; other forms have no place for it. */
  tellSilent(): void {
    const { err, style } = this.#context
    const count = this.#tally?.silentHosts ?? 0
    if (this.#outputs.main !== 'page' && count > 0) err(paragraph(silentText(count), style.width, ''))
  }

  /** Every port that was answered for, in order. */
  *#toldPorts(banners: BannerBook): Generator<ToldPort, void, undefined> {
    const store = this.#store
    for (const { host: number, ...answer } of store.inOrder(compareAddresses)) {
      const host = store.addresses[number] ?? ''
      const banner = answer.state === 'open' ? banners.bannerOf(host, answer.transport, answer.port) : null
      yield { ...answer, host, names: this.#namesOf(host), banner }
    }
  }

  /** An open port is a yes, whatever else could not be found out. */
  status(): ExitStatus {
    if (this.#open > 0) return 0
    const isUnknown = this.#unmeasured > 0 || this.#plan.targets.unresolved.length > 0 || this.#tally?.isWhole !== true
    return isUnknown ? 3 : 1
  }
}

/** Names that the user gave; few hosts have one, and no set is so large that it cannot be gone through. */
function namesIn({ hosts }: ProbeJob): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (let index = 0; index < Math.min(hosts.size, LIMITS.probeKeptHosts); index += 1) {
    const { address, name } = hosts.at(index)
    if (name !== null) names.set(address, name)
  }
  return names
}
