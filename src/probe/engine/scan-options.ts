/** What a scan is made of, and whom it tells. */
import type { Pace } from '../job.ts'
import type { HostFeed, ScanHost, ScanPorts } from './flows.ts'

export interface ScanSink {
  /** `rttMs` is NaN where nothing came back. */
  readonly tell: (host: ScanHost, isUdp: boolean, port: number, code: number, rttMs: number, attempts: number) => void
  /** The driver lets go of what it holds for a slot. */
  readonly drop: (slot: number) => void
}

export interface ScanOptions {
  readonly ports: ScanPorts
  readonly pace: Pace
  readonly seed: number
  readonly feed: HostFeed
  readonly sink: ScanSink
  /** Hosts under measurement at once, and attempts. */
  readonly hostsMost: number
  readonly attemptsMost: number
}
