/**
 * Signing in by name and password.
 *
 * A wrong name and a wrong password are told in the same words and take the same work: each attempt makes one argon2id hash, for a
 * name that is not there one of a password that nobody knows; and a refusal comes no sooner than a fixed time after the question.
 */
import { hashPassword, isModernHash, verifyPassword } from '../../directory/index.ts'
import type { ServedDomains } from '../live/served-domains.ts'
import { findAccount } from './accounts.ts'
import type { Account } from './accounts.ts'
import { Attempts } from './attempts.ts'
import type { Audit } from './audit.ts'
import { PasswordQueue } from './password-queue.ts'
import { newSecret } from './secrets.ts'
import { upgradePassword } from './upgrade-password.ts'

export type SignInResult =
  | { readonly kind: 'right'; readonly account: Account }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'busy' }

export interface SignInOptions {
  readonly domains: ServedDomains
  readonly audit: Audit
  readonly now: () => number
  /** Checks a password; a test counts the calls. */
  readonly verify?: typeof verifyPassword
  /** How long after the question a refusal comes at the earliest, in ms. */
  readonly refusalMs?: number
}

/** What a name and a password may have in characters: NetInfo's own credential has room for 255. */
export const NAME_CHARS_MAX = 255
export const PASSWORD_CHARS_MAX = 255
/** Longer than any check of an old form takes but the most costly of SHA-crypt. */
const REFUSAL_MS = 400

export class SignIn {
  readonly #options: SignInOptions
  readonly #attempts: Attempts
  readonly #queue = new PasswordQueue()
  readonly #verify: typeof verifyPassword
  #nobody: Promise<string> | null = null

  constructor(options: SignInOptions) {
    this.#options = options
    this.#attempts = new Attempts(options.now)
    this.#verify = options.verify ?? verifyPassword
  }

  /** `client` is the address by which attempts are counted; `from` is what the audit list says. */
  async check(name: string, password: string, client: string, from: string): Promise<SignInResult> {
    const { audit, domains } = this.#options
    const waitMs = this.#attempts.waitMs(client, name)
    // A password that is typed where the name belongs is not written down.
    const known = findAccount(domains, name)?.account.name ?? '?'
    if (waitMs > 0) {
      audit.note('lockout', known, from)
      return { kind: 'wait', seconds: Math.ceil(waitMs / 1000) }
    }
    const takeBack = this.#attempts.begin(client, name)
    const earliest = new Promise<void>((resolve) => setTimeout(resolve, this.#options.refusalMs ?? REFUSAL_MS))
    const account = await this.#queue.run(() => this.#fitting(name, password))
    if (account === null) {
      takeBack()
      return { kind: 'busy' }
    }
    if (account === 'none') {
      audit.note('sign-in-failed', known, from)
      await earliest
      return { kind: 'wrong' }
    }
    takeBack()
    return { kind: 'right', account }
  }

  /** Runs other work on passwords in its turn: making a hash takes as much as checking one. */
  async inTurn<T>(work: () => Promise<T>): Promise<T | null> {
    return this.#queue.run(work)
  }

  async #fitting(name: string, password: string): Promise<Account | 'none'> {
    const found = findAccount(this.#options.domains, name)
    const stored = found?.stored ?? null
    const hash = stored !== null && isModernHash(stored) ? stored : await this.#hashOfNobody()
    const fits = await this.#verify(password, hash)
    if (found === null || stored === null) return 'none'
    const isRight = stored === hash ? fits : await this.#verify(password, stored)
    if (!isRight) return 'none'
    if (stored === hash) return found.account
    const { domains } = this.#options
    await upgradePassword(domains, found.object, stored, password)
    // A session is of the account as it is now: one with the old value would end at once.
    return findAccount(domains, name)?.account ?? 'none'
  }

  #hashOfNobody(): Promise<string> {
    this.#nobody ??= hashPassword(newSecret())
    return this.#nobody
  }
}
