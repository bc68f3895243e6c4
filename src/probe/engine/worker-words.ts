/** What the main thread and the thread of the probe say to each other. */
import type { Pace } from '../job.ts'
import type { DatagramBook } from './driver.ts'
import type { ScanHost, ScanPorts } from './flows.ts'
import type { EngineCounts } from './node-engine.ts'

/** Hosts that are handed over at once: more than are under measurement in a tenth of a second. */
export const HOSTS_HANDED = 2048

export interface HandedHosts {
  readonly hosts: readonly ScanHost[]
  /** No more come after these. */
  readonly isLast: boolean
}

export interface WorkerJob {
  readonly ports: ScanPorts
  readonly pace: Pace
  readonly seed: number
  /** By which sockets TCP is probed; null: half-open where that is permitted. */
  readonly engine: 'raw' | 'native' | null
  readonly datagrams: DatagramBook
  readonly attemptsMost: number
  readonly hostsMost: number
  readonly first: HandedHosts
  /** Not 0 once the scan is to end. */
  readonly isCancelled: Int32Array
}

export type WorkerWord =
  | { readonly kind: 'unable' }
  | { readonly kind: 'more' }
  | { readonly kind: 'answers'; readonly buffer: ArrayBuffer; readonly count: number; readonly counts: EngineCounts }
  | { readonly kind: 'counts'; readonly counts: EngineCounts }
  | { readonly kind: 'end'; readonly counts: EngineCounts; readonly isRaw: boolean }
