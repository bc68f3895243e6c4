/** Durations as they are typed: `800ms`, `2s`, `1.5s`, `10m`, `1h`; and as they are told. */
import { PortolanError } from '../../core/index.ts'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const DAY_MS = 86_400_000

/**
 * A duration in milliseconds; a number without a unit is seconds, as for nmap.
 * @throws ERR_PORTOLAN_USAGE
 */
export function readDuration(text: string, what: string, minMs: number, maxMs: number): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(text)
  const value = match === null ? Number.NaN : Number(match[1]) * (UNITS[match[2] ?? 's'] ?? Number.NaN)
  if (!(value >= minMs && value <= maxMs)) {
    throw new PortolanError(
      'ERR_PORTOLAN_USAGE',
      `${what} takes a time from ${exactDuration(minMs)} to ${exactDuration(maxMs)}, not '${text}'`,
      { hint: 'For example 800ms, 2s, 10m or 1h; a number alone is seconds.' },
    )
  }
  return Math.round(value)
}

/** In the largest unit that says it exactly, as it would be typed. */
export function exactDuration(ms: number): string {
  const unit = ['h', 'm', 's'].find((each) => ms > 0 && ms % (UNITS[each] ?? 1) === 0) ?? 'ms'
  return `${ms / (UNITS[unit] ?? 1)}${unit}`
}

/** About how long, for people: `under a second`, `40 s`, `12 min`, `3 h 20 min`, `5 days`. */
export function aboutDuration(ms: number): string {
  if (ms < 1000) return 'under a second'
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`
  const minutes = Math.round(ms / 60_000)
  if (minutes < 60) return `${minutes} min`
  if (ms < DAY_MS) return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`
  const days = Math.round(ms / DAY_MS)
  return `${days} ${days === 1 ? 'day' : 'days'}`
}
