/** What masscan's list and JSON say of the whole scan: next to nothing. */
import type { ScanReport } from '../model.ts'
import type { ReportBuilder } from './report-builder.ts'

/** The first and the last time at which an answer came: they stand for the start and the end, which are not told. */
export class MasscanTimes {
  firstMs: number | null = null
  lastMs: number | null = null

  /** Adds a time in seconds since 1970, as text or number; another thing is no time. */
  add(value: unknown): void {
    const text = typeof value === 'number' || typeof value === 'string' ? String(value) : ''
    if (!/^[1-9]\d{0,10}$/.test(text)) return
    const timeMs = Number(text) * 1000
    this.firstMs = Math.min(this.firstMs ?? timeMs, timeMs)
    this.lastMs = Math.max(this.lastMs ?? timeMs, timeMs)
  }
}

export function masscanReport(builder: ReportBuilder, times: MasscanTimes, isWhole: boolean): ScanReport {
  return {
    tool: 'masscan',
    toolVersion: null,
    command: null,
    startedMs: times.firstMs,
    endedMs: times.lastMs,
    isWhole,
    asked: { tcp: null, udp: null },
    // It knows no other way.
    isHalfOpen: true,
    hosts: builder.build(),
  }
}
