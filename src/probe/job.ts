/** A scan as it is ordered and as it reports: what stands between who wants to know (a command, a page) and the engine. */
import type { PortAnswer } from './model.ts'
import type { HostSet, PortSet } from './targets-model.ts'

/** How fast, and how patient. Times are in milliseconds. */
export interface Pace {
  /** Probes a second over all hosts at most; null lets the answers alone decide. */
  readonly rate: number | null
  /** Probes a second to one host at most; null as above. */
  readonly hostRate: number | null
  /** How often a probe that got no answer is sent again. */
  readonly retries: number
  /** The bounds between which the measured round trips set the time to wait for an answer. */
  readonly timeoutMinMs: number
  readonly timeoutMaxMs: number
  /** How long to wait where no round trip is known yet; a second when left out (RFC 6298 section 2.1). */
  readonly timeoutFirstMs?: number
  /** The time for all ports of one host, after which the rest is `unmeasured` (`time-out`); null for no end. */
  readonly hostTimeoutMs: number | null
}

/** The pairs of (host, transport, port) that need no probe: those that an interrupted scan has answers for. */
export interface AnsweredPairs {
  readonly size: number
  /** How many of them are of one host. */
  readonly countOf: (hostIndex: number) => number
  readonly has: (hostIndex: number, transport: 'tcp' | 'udp', port: number) => boolean
}

export interface ProbeJob {
  readonly hosts: HostSet
  readonly tcpPorts: PortSet
  readonly udpPorts: PortSet
  readonly pace: Pace
  /** The order is a permutation that this number decides: a scan that goes on uses the first one's. */
  readonly seed: number
  readonly answered: AnsweredPairs | null
  /** A round trip by TCP to a host that was measured before, in ms, by which its first time-outs are set; null where none was. */
  readonly rttMsOf?: (hostIndex: number) => number | null
  /** Null: the first that this machine can and this process may. */
  readonly engine: ProbeEngine | null
}

/**
 * What sends: `raw` probes TCP half-open, by segments of its own, which wants root or CAP_NET_RAW; `native` connects by libc's own
 * calls; `node` works everywhere.
 */
export const PROBE_ENGINES = ['raw', 'native', 'node'] as const
export type ProbeEngine = (typeof PROBE_ENGINES)[number]

export interface ProbeProgress {
  readonly done: number
  readonly total: number
  readonly open: number
  /** Probes sent, those sent again included. */
  readonly sent: number
  readonly elapsedMs: number
  /** Null where it cannot be told yet. */
  readonly leftMs: number | null
}

export interface ProbeListener {
  /** Answers in batches as they come, in no order; each pair of the job once. The array is the listener's own. */
  readonly onAnswers: (answers: readonly PortAnswer[]) => void
  /**
   * Numbers of hosts, in the job's set, that were heard themselves, and not a router before them: told before their answers, and
   * often more than once.
   */
  readonly onHeard?: (hostIndexes: Iterable<number>) => void
  /** A few times a second. */
  readonly onProgress?: (progress: ProbeProgress) => void
}

export interface ProbeTally extends ProbeProgress {
  /**
   * False when the signal ended it: pairs that were begun are told as `unmeasured`, `cancelled`; those that were not, of which
   * there may be millions, are not told, and are `total` less `done`.
   */
  readonly isWhole: boolean
  readonly engine: ProbeEngine
}
