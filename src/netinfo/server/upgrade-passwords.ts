/**
 * Stores a password anew, as argon2id, when its user has shown that it fits the crypt(3) value that an old system left.
 *
 * The write waits a few seconds: it changes the instance of the user's entry, and who has just shown the password is about to
 * write with the instance that it read before (a user's own change of password would else be refused as stale).
 */
import { hashPassword, replaceOldPassword } from '../../directory/index.ts'
import type { DomainView } from './domain-view.ts'
import type { Timers } from './timers.ts'

const WAIT_MS = 5000
/** Users whose upgrade waits; others are upgraded the next time. */
const WAITING_MAX = 1000

export interface PasswordUpgradesOptions {
  readonly domain: DomainView
  readonly timers: Timers
  /** False on a clone, and where the domain keeps crypt values for old clients (`serve_crypt`). */
  readonly isWanted: () => boolean
}

export class PasswordUpgrades {
  readonly #options: PasswordUpgradesOptions
  readonly #waiting = new Map<number, () => void>()

  constructor(options: PasswordUpgradesOptions) {
    this.#options = options
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Notes that `password` fits the crypt value `stored` of a user. Only its new hash is kept. */
  note(user: number, stored: string, password: string): void {
    if (!this.#options.isWanted() || this.#waiting.has(user) || this.#waiting.size >= WAITING_MAX) return
    const hash = hashPassword(password)
    // A failure shows where it is awaited; it may never be.
    hash.catch(() => undefined)
    this.#waiting.set(
      user,
      this.#options.timers.after(WAIT_MS, async () => {
        this.#waiting.delete(user)
        await this.#store(user, stored, await hash)
      }),
    )
  }

  close(): void {
    for (const cancel of this.#waiting.values()) cancel()
    this.#waiting.clear()
  }

  async #store(user: number, stored: string, hash: string): Promise<void> {
    const { domain, isWanted } = this.#options
    if (isWanted()) await replaceOldPassword(domain, user, stored, hash)
  }
}
