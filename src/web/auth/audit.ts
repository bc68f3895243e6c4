/**
 * What happened with accounts: who signed in, from where, and what failed. It goes to the log, and is kept for operators to read.
 *
 * Failures are kept in a list of their own, so that who guesses passwords does not push out what else happened; and no more than a
 * few a minute, so that they do not fill a disk either.
 */
import * as v from 'valibot'
import type { Log, LogLevel } from '../../core/index.ts'
import type { Store } from '../../store/index.ts'
import { WebTable } from '../web-store.ts'

const AUDIT_EVENTS = [
  'sign-in',
  'link-sign-in',
  'sign-in-failed',
  'lockout',
  'sign-out',
  'session-ended',
  'token-made',
  'token-revoked',
  'password-set',
] as const
export type AuditEvent = (typeof AUDIT_EVENTS)[number]

const entrySchema = v.object({
  timeMs: v.number(),
  event: v.picklist(AUDIT_EVENTS),
  who: v.string(),
  from: v.string(),
  about: v.string(),
})

export type AuditEntry = v.InferOutput<typeof entrySchema>

export interface AuditOptions {
  readonly store: Store
  readonly log: Log
  readonly now: () => number
}

/** Entries of each list: years of a small network, and a megabyte. */
const ENTRIES_MAX = 5000
/** How many beyond that are dropped at once, so that not each entry costs a search. */
const SLACK = 100
const FAILURES_A_MINUTE_MAX = 60
const MINUTE_MS = 60_000
const TIME_DIGITS = 15
const COUNT_DIGITS = 6
const COUNT_END = 1_000_000
const TEXT_CHARS = 200

const LEVELS: Partial<Record<AuditEvent, LogLevel>> = { 'sign-in-failed': 'warn', lockout: 'warn' }

export class Audit {
  readonly #options: AuditOptions
  readonly #events: WebTable<AuditEntry>
  readonly #failures: WebTable<AuditEntry>
  #count = 0
  #minute = 0
  #failuresInMinute = 0

  constructor(options: AuditOptions) {
    this.#options = options
    this.#events = new WebTable(options.store, 'audit/', entrySchema)
    this.#failures = new WebTable(options.store, 'failed/', entrySchema)
  }

  /** Notes an event; it never fails, for what it tells of has happened already. `about` names a token or a session. */
  note(event: AuditEvent, who: string, from: string, about = ''): void {
    const timeMs = this.#options.now()
    const isFailure = event === 'sign-in-failed' || event === 'lockout'
    if (isFailure && this.#isTooMany(timeMs)) return
    const entry = { timeMs, event, who: who.slice(0, TEXT_CHARS), from, about: about.slice(0, TEXT_CHARS) }
    this.#options.log(LEVELS[event] ?? 'info', event, { who: entry.who, from, about: entry.about })
    this.#count = (this.#count + 1) % COUNT_END
    const key = `${String(timeMs).padStart(TIME_DIGITS, '0')}-${String(this.#count).padStart(COUNT_DIGITS, '0')}`
    const table = isFailure ? this.#failures : this.#events
    table.put(key, entry).catch((error: unknown) => {
      this.#options.log('error', 'audit-failed', { message: String(error) })
    })
  }

  /** The newest of both lists, the newest first. */
  newest(limit: number): readonly AuditEntry[] {
    const of = (table: WebTable<AuditEntry>): readonly AuditEntry[] =>
      Array.from(table.all({ isReverse: true, limit }), ([, entry]) => entry)
    return [...of(this.#events), ...of(this.#failures)].toSorted((a, b) => b.timeMs - a.timeMs).slice(0, limit)
  }

  /** Drops the oldest beyond the bound. */
  async sweep(): Promise<void> {
    for (const table of [this.#events, this.#failures]) {
      const keys = [...table.all({ isReverse: true })].map(([key]) => key)
      if (keys.length > ENTRIES_MAX + SLACK) await table.remove(keys.slice(ENTRIES_MAX))
    }
  }

  #isTooMany(timeMs: number): boolean {
    const minute = Math.floor(timeMs / MINUTE_MS)
    if (minute !== this.#minute) {
      this.#minute = minute
      this.#failuresInMinute = 0
    }
    this.#failuresInMinute += 1
    return this.#failuresInMinute > FAILURES_A_MINUTE_MAX
  }
}
