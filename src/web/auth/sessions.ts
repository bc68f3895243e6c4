/**
 * Sessions of browsers: a random secret in a cookie, of which only the SHA-256 is kept.
 *
 * One ends when it has not been used for a while, when its time is over, when its visitor says so, and when the user is removed or
 * has another password: that is seen at each request, for a session keeps the stamp of the account that it was begun for.
 */
import * as v from 'valibot'
import type { Store } from '../../store/index.ts'
import type { ServedDomains } from '../live/served-domains.ts'
import { WebTable } from '../web-store.ts'
import { findAccount, operatorAccount } from './accounts.ts'
import type { Account } from './accounts.ts'
import { digestOf, newSecret } from './secrets.ts'

const sessionSchema = v.object({
  kind: v.picklist(['user', 'operator']),
  name: v.string(),
  stamp: v.string(),
  createdMs: v.number(),
  seenMs: v.number(),
  /** Where it was begun, and with what browser. */
  address: v.string(),
  agent: v.string(),
})

export type Session = v.InferOutput<typeof sessionSchema>

export interface FoundSession {
  /** The SHA-256 of the secret: it names the session, and opens nothing. */
  readonly id: string
  readonly session: Session
  readonly account: Account
}

export interface SessionsOptions {
  readonly store: Store
  readonly domains: ServedDomains
  readonly now: () => number
  readonly onError: (error: unknown) => void
}

/** A working day without a request, and a week in all: who uses it daily signs in weekly. */
const IDLE_MS = 8 * 60 * 60_000
export const SESSION_MS: number = 7 * 24 * 60 * 60_000
/** The operator's link is for the moment; a password is for later. */
const OPERATOR_MS = 12 * 60 * 60_000
/** The last use is written at most once in this time. */
const SEEN_STEP_MS = 60_000
/** Of one user: more devices nobody has; the oldest goes. */
const SESSIONS_OF_USER_MAX = 50
/** Of all: some 4 MB of the store. */
const SESSIONS_MAX = 10_000
const AGENT_CHARS = 200
const SECRET_FORM = /^[A-Za-z0-9_-]{43}$/

export class Sessions {
  readonly #options: SessionsOptions
  readonly #table: WebTable<Session>

  constructor(options: SessionsOptions) {
    this.#options = options
    this.#table = new WebTable(options.store, 'session/', sessionSchema)
  }

  /** @returns the secret, for the cookie */
  async begin(account: Account, from: { readonly address: string; readonly agent: string }): Promise<string> {
    const { kind, name, stamp } = account
    const nowMs = this.#options.now()
    const secret = newSecret()
    await this.#table.put(digestOf(secret), {
      kind,
      name,
      stamp,
      createdMs: nowMs,
      seenMs: nowMs,
      address: from.address,
      agent: from.agent.slice(0, AGENT_CHARS),
    })
    const own = this.of(account)
    await this.#table.remove(own.slice(SESSIONS_OF_USER_MAX).map(({ id }) => id))
    return secret
  }

  /** The session of a secret, if it is still good; its use is noted. */
  find(secret: string): FoundSession | null {
    if (!SECRET_FORM.test(secret)) return null
    const id = digestOf(secret)
    const session = this.#table.get(id)
    if (session === undefined) return null
    const account = this.#accountOf(session)
    if (account === null) {
      this.#inBackground(this.end(id))
      return null
    }
    const nowMs = this.#options.now()
    if (nowMs - session.seenMs >= SEEN_STEP_MS)
      this.#inBackground(this.#table.replace(id, (each) => ({ ...each, seenMs: Math.max(each.seenMs, nowMs) })))
    return { id, session, account }
  }

  /** The good sessions of an account, the latest used first. */
  of({ kind, name }: Account): readonly { readonly id: string; readonly session: Session }[] {
    return [...this.#table.all()]
      .filter(([, session]) => session.kind === kind && session.name === name && this.#accountOf(session) !== null)
      .map(([id, session]) => ({ id, session }))
      .toSorted((a, b) => b.session.seenMs - a.session.seenMs)
  }

  async end(id: string): Promise<void> {
    await this.#table.remove([id])
  }

  /** Forgets those that are over, and the oldest beyond the bound. */
  async sweep(): Promise<void> {
    const all = [...this.#table.all()]
    const [good, over] = [all.filter(([, each]) => this.#accountOf(each) !== null), [] as string[]]
    const kept = new Set(
      good
        .toSorted(([, a], [, b]) => b.seenMs - a.seenMs)
        .slice(0, SESSIONS_MAX)
        .map(([id]) => id),
    )
    for (const [id] of all) if (!kept.has(id)) over.push(id)
    await this.#table.remove(over)
  }

  /** Null when it is over. */
  #accountOf({ kind, name, stamp, createdMs, seenMs }: Session): Account | null {
    const nowMs = this.#options.now()
    const lifeMs = kind === 'operator' ? OPERATOR_MS : SESSION_MS
    if (nowMs - createdMs > lifeMs || nowMs - seenMs > IDLE_MS) return null
    if (kind === 'operator') return operatorAccount(name)
    const found = findAccount(this.#options.domains, name)
    return found !== null && found.stored !== null && found.account.stamp === stamp ? found.account : null
  }

  #inBackground(work: Promise<unknown>): void {
    work.catch(this.#options.onError)
  }
}
