/**
 * A scan of many hosts that first finds those which are there: a few ports of each are asked, and what answers at none of them is
 * not asked at a thousand. A network of 256 addresses with five machines then costs what five machines cost.
 */
import type { AnsweredPairs, ProbeJob, ProbeListener, ProbeProgress, ProbeTally } from './job.ts'
import type { PortAnswer } from './model.ts'
import { makePortSet } from './ports.ts'
import { runProbe } from './run-probe.ts'
import type { HostSet } from './targets-model.ts'

/**
 * A machine without a packet filter answers at any port, with a refusal. One with a filter answers where it serves: remote shells
 * (22), the web (80, 443, 8080), Windows (135, 445, 3389), names (53).
 */
export const FIRST_PORTS: readonly number[] = [22, 53, 80, 135, 443, 445, 3389, 8080]
/** Fewer hosts, or fewer ports of each, are probed at once: it would not pay. */
const HOSTS_MIN = 8
const PORTS_MIN = 2 * FIRST_PORTS.length
/** Of so many ports, any answer will do: two attempts at each miss nobody. */
const FIRST_RETRIES = 1
/** Hosts that are looked for together, so that what is kept of a /8 is no more than of a /16. */
const SLICE_HOSTS = 65_536
const PORTS = 65_536
/** ICMP of the machine itself, or of a filter before it. */
const TELLING: ReadonlySet<string> = new Set(['port-unreach', 'proto-unreach', 'host-prohibited', 'admin-prohibited'])

export interface FoundTally extends ProbeTally {
  /** Hosts that did not answer at the first ports, and were not probed further. */
  readonly silentHosts: number
}

/** Whether it pays to look for the hosts first. */
export function isWorthFinding({ hosts, tcpPorts, udpPorts }: ProbeJob): boolean {
  return hosts.size >= HOSTS_MIN && tcpPorts.size + udpPorts.size >= PORTS_MIN
}

/**
 * Runs a job for the hosts that are there. Of the others no port is told. A host of which nothing can be measured (no route to it)
 * is probed as the job says, so that it is told why.
 * @throws what `runProbe` throws
 */
export async function probeFound(job: ProbeJob, listener: ProbeListener, signal: AbortSignal): Promise<FoundTally> {
  let sum: FoundTally | null = null
  for (let first = 0; first < job.hosts.size; first += SLICE_HOSTS) {
    const length = Math.min(SLICE_HOSTS, job.hosts.size - first)
    const tally = await probeSlice(
      job,
      Uint32Array.from({ length }, (_, index) => first + index),
      sum,
      listener,
      signal,
    )
    sum = tally
    if (!tally.isWhole) break
  }
  return sum ?? { ...(await runProbe(job, listener, signal)), silentHosts: 0 }
}

async function probeSlice(
  job: ProbeJob,
  indexes: Uint32Array,
  before: FoundTally | null,
  listener: ProbeListener,
  signal: AbortSignal,
): Promise<FoundTally> {
  const finder = new Finder(job, indexes)
  const looking: ProbeListener = {
    onAnswers: (answers) => {
      const told = answers.filter((answer) => finder.take(answer))
      if (told.length > 0) listener.onAnswers(told)
    },
    // How many hosts there are to probe is not known yet.
    onProgress: (progress) => listener.onProgress?.({ ...addTo(before, progress), leftMs: null }),
  }
  const looked = await runProbe(finder.firstJob, looking, signal)
  const base = addTo(before, { ...looked, done: finder.told, total: finder.told, open: finder.open })
  const silentHosts = before?.silentHosts ?? 0
  if (!looked.isWhole) return { ...base, isWhole: false, engine: looked.engine, silentHosts }
  const rest = finder.restJob()
  const probed = await runProbe(
    rest,
    {
      onAnswers: (answers) => listener.onAnswers(answers),
      onProgress: (progress) => listener.onProgress?.({ ...addTo(base, progress), leftMs: progress.leftMs }),
    },
    signal,
  )
  const { isWhole, engine } = probed
  return { ...addTo(base, probed), isWhole, engine, silentHosts: silentHosts + indexes.length - rest.hosts.size }
}

function addTo(before: ProbeProgress | null, progress: ProbeProgress): ProbeProgress {
  return {
    done: (before?.done ?? 0) + progress.done,
    total: (before?.total ?? 0) + progress.total,
    open: (before?.open ?? 0) + progress.open,
    sent: (before?.sent ?? 0) + progress.sent,
    elapsedMs: (before?.elapsedMs ?? 0) + progress.elapsedMs,
    leftMs: progress.leftMs,
  }
}

/** Hears the answers of the first ports. */
class Finder {
  readonly firstJob: ProbeJob
  readonly #job: ProbeJob
  readonly #indexes: Uint32Array
  /** By address: its place in the slice. */
  readonly #places: Map<string, number> = new Map()
  readonly #isThere: Uint8Array
  readonly #unmeasured: Uint8Array
  /** Pairs that were told: place × 65,536 + port. */
  readonly #told: Set<number> = new Set()
  open: number = 0

  constructor(job: ProbeJob, indexes: Uint32Array) {
    this.#job = job
    this.#indexes = indexes
    this.#isThere = new Uint8Array(indexes.length)
    this.#unmeasured = new Uint8Array(indexes.length)
    const { retries } = job.pace
    this.firstJob = {
      ...job,
      hosts: subsetOf(job.hosts, indexes),
      tcpPorts: makePortSet(FIRST_PORTS),
      udpPorts: makePortSet([]),
      pace: { ...job.pace, retries: Math.min(retries, FIRST_RETRIES) },
      answered: null,
    }
    for (let place = 0; place < indexes.length; place += 1) {
      this.#places.set(job.hosts.at(indexes[place] ?? 0).address, place)
    }
  }

  get told(): number {
    return this.#told.size
  }

  /** Whether the answer is one that the job asks for, and is certain: silence is asked for again in full. */
  take({ host, port, state, reason }: PortAnswer): boolean {
    const place = this.#places.get(host)
    if (place === undefined) return false
    const isCertain = state === 'open' || state === 'closed'
    if (isCertain || TELLING.has(reason)) this.#isThere[place] = 1
    if (state === 'unmeasured') this.#unmeasured[place] = (this.#unmeasured[place] ?? 0) + 1
    const { tcpPorts, answered } = this.#job
    if (!isCertain || !tcpPorts.has(port) || answered?.has(this.#indexes[place] ?? 0, 'tcp', port) === true)
      return false
    this.#told.add(place * PORTS + port)
    if (state === 'open') this.open += 1
    return true
  }

  /** All ports of the hosts that are there, but for those that were told. */
  restJob(): ProbeJob {
    const places = Uint32Array.from(this.#indexes.keys()).filter(
      (place) => this.#isThere[place] === 1 || this.#unmeasured[place] === FIRST_PORTS.length,
    )
    const indexes = places.map((place) => this.#indexes[place] ?? 0)
    const { answered } = this.#job
    const known: AnsweredPairs = {
      size: this.#told.size + (answered?.size ?? 0),
      has: (hostIndex, transport, port) =>
        (transport === 'tcp' && this.#told.has((places[hostIndex] ?? 0) * PORTS + port)) ||
        answered?.has(indexes[hostIndex] ?? 0, transport, port) === true,
    }
    return { ...this.#job, hosts: subsetOf(this.#job.hosts, indexes), answered: known }
  }
}

function subsetOf(hosts: HostSet, indexes: Uint32Array): HostSet {
  return { size: indexes.length, at: (index) => hosts.at(indexes[index] ?? 0) }
}
