/**
 * A scan of many hosts that first finds those which are there: a few ports of each are asked, and what answers at none of them is
 * not asked at a thousand. A network of 256 addresses with five machines then costs what five machines cost.
 */
import { keyOfPair } from './answered-keys.ts'
import { indexHosts } from './host-index.ts'
import type { HostIndex } from './host-index.ts'
import type { AnsweredPairs, ProbeJob, ProbeListener, ProbeProgress, ProbeTally } from './job.ts'
import type { PortAnswer } from './model.ts'
import { makePortSet } from './ports.ts'
import { runProbe } from './run-probe.ts'

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
  const hostIndex = indexHosts(job.hosts)
  let sum: FoundTally | null = null
  for (let first = 0; first < job.hosts.size && sum?.isWhole !== false; first += SLICE_HOSTS)
    sum = await probeSlice(new Finder(job, hostIndex, first), sum, listener, signal)
  return sum ?? { ...(await runProbe(job, listener, signal)), silentHosts: 0 }
}

async function probeSlice(
  finder: Finder,
  before: FoundTally | null,
  listener: ProbeListener,
  signal: AbortSignal,
): Promise<FoundTally> {
  const looking: ProbeListener = {
    onHeard: (places) => finder.hear(places),
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
  return {
    ...addTo(base, probed),
    isWhole,
    engine,
    silentHosts: silentHosts + finder.size - rest.hosts.size,
  }
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

/** Hears the answers of the first ports, of a slice of the hosts. A host of which an earlier scan has an answer is there. */
class Finder {
  readonly firstJob: ProbeJob
  /** Hosts of the slice. */
  readonly size: number
  readonly #job: ProbeJob
  readonly #hostIndex: HostIndex
  readonly #first: number
  /** Those of the slice that are asked at the first ports, by their place in it. */
  readonly #asked: Uint32Array
  readonly #isThere: Uint8Array
  readonly #unmeasured: Uint8Array
  /** The shortest round trip to each; infinite where none was measured. */
  readonly #trips: Float32Array
  /** Pairs that were told, with the host's number in the job. */
  readonly #told: Set<number> = new Set()
  /** How many of each host. */
  readonly #toldOf: Uint8Array
  open: number = 0

  constructor(job: ProbeJob, hostIndex: HostIndex, first: number) {
    const { hosts, answered } = job
    this.size = Math.min(SLICE_HOSTS, hosts.size - first)
    this.#job = job
    this.#hostIndex = hostIndex
    this.#first = first
    this.#isThere = new Uint8Array(this.size)
    if (answered !== null)
      for (const place of this.#isThere.keys()) if (answered.countOf(first + place) > 0) this.#isThere[place] = 1
    this.#asked = Uint32Array.from(this.#isThere.keys()).filter((place) => this.#isThere[place] === 0)
    this.#unmeasured = new Uint8Array(this.size)
    this.#toldOf = new Uint8Array(this.size)
    this.#trips = new Float32Array(this.size).fill(Infinity)
    this.firstJob = {
      ...job,
      hosts: { size: this.#asked.length, at: (place) => hosts.at(first + (this.#asked[place] ?? 0)) },
      tcpPorts: makePortSet(FIRST_PORTS),
      udpPorts: makePortSet([]),
      pace: {
        ...job.pace,
        retries: Math.min(job.pace.retries, FIRST_RETRIES),
        // The first attempt is listened to while the second is on its way, for as long.
        timeoutFirstMs: job.pace.timeoutMaxMs / 2,
      },
      answered: null,
    }
  }

  get told(): number {
    return this.#told.size
  }

  /** A router that says no, or that there is no such host, tells nothing of it: only what the host itself sent counts. */
  hear(askedPlaces: Iterable<number>): void {
    for (const asked of askedPlaces) this.#isThere[this.#asked[asked] ?? 0] = 1
  }

  /** Whether the answer is one that the job asks for, and is certain: silence is asked for again in full. */
  take({ host, port, state, rttMs }: PortAnswer): boolean {
    const index = this.#hostIndex.indexOf(host)
    if (index === null) return false
    const place = index - this.#first
    if (state === 'unmeasured') this.#unmeasured[place] = (this.#unmeasured[place] ?? 0) + 1
    if (state !== 'open' && state !== 'closed') return false
    this.#trips[place] = Math.min(this.#trips[place] ?? Infinity, rttMs ?? Infinity)
    if (!this.#job.tcpPorts.has(port)) return false
    this.#told.add(keyOfPair(index, 'tcp', port))
    this.#toldOf[place] = (this.#toldOf[place] ?? 0) + 1
    if (state === 'open') this.open += 1
    return true
  }

  /** All ports of the hosts that are there, but for those that were told. */
  restJob(): ProbeJob {
    const { hosts, answered } = this.#job
    const indexes = Uint32Array.from(this.#isThere.keys())
      .filter((place) => this.#isThere[place] === 1 || this.#unmeasured[place] === FIRST_PORTS.length)
      .map((place) => this.#first + place)
    const indexOf = (place: number): number => indexes[place] ?? 0
    const countOf = (index: number): number =>
      (answered?.countOf(index) ?? 0) + (this.#toldOf[index - this.#first] ?? 0)
    const known: AnsweredPairs = {
      size: indexes.reduce((sum, index) => sum + countOf(index), 0),
      countOf: (place) => countOf(indexOf(place)),
      has: (place, transport, port) =>
        this.#told.has(keyOfPair(indexOf(place), transport, port)) ||
        answered?.has(indexOf(place), transport, port) === true,
    }
    const there = { size: indexes.length, at: (place: number) => hosts.at(indexOf(place)) }
    const rttMsOf = (place: number): number | null => {
      const trip = this.#trips[indexOf(place) - this.#first] ?? Infinity
      return trip === Infinity ? null : trip
    }
    return { ...this.#job, hosts: there, answered: known, rttMsOf }
  }
}
