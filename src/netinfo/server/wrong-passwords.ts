/**
 * Slows the guessing of passwords down without letting one caller hold up another.
 *
 * Guesses at one user's password from one address wait for each other, and each wrong one is answered the later, the more wrong
 * ones came from that address of late: 0.1 s after the first, doubling up to 5 s. Other users and other addresses do not wait.
 */

export interface GuardClock {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
}

const FIRST_DELAY_MS = 100
const DELAY_MAX_MS = 5000
/** One wrong password is forgotten in this time. */
const FORGET_MS = 10_000
/** Beyond this the delay is the longest anyway; it bounds how long a caller who stops is remembered. */
const LEVEL_MAX = 12
/** Checks of one user's password from one address that may wait. */
const WAITING_MAX = 32
/** Addresses remembered: 10,000 are about 1 MB. */
const ADDRESSES_MAX = 10_000

interface Level {
  readonly level: number
  readonly atMs: number
}

export class WrongPasswords {
  readonly #clock: GuardClock
  readonly #levels = new Map<string, Level>()
  readonly #chains = new Map<string, { last: Promise<unknown>; waiting: number }>()

  constructor(clock: GuardClock) {
    this.#clock = clock
  }

  /** Runs a check in its turn; null where too many wait already. */
  async check(address: string, uid: number, isRight: () => Promise<boolean>): Promise<boolean | null> {
    const key = `${address}/${uid}`
    const chain = this.#chains.get(key) ?? { last: Promise.resolve(), waiting: 0 }
    if (chain.waiting >= WAITING_MAX) return null
    this.#chains.set(key, chain)
    chain.waiting += 1
    const turn = this.#checkAfter(chain.last, address, isRight)
    // A check that failed does not stop the next one; who asked for it learns of the failure.
    chain.last = turn.catch(() => undefined)
    try {
      return await turn
    } finally {
      chain.waiting -= 1
      if (chain.waiting === 0) this.#chains.delete(key)
    }
  }

  async #checkAfter(earlier: Promise<unknown>, address: string, isRight: () => Promise<boolean>): Promise<boolean> {
    await earlier
    if (await isRight()) return true
    const level = this.#levelOf(address)
    this.#remember(address, Math.min(level + 1, LEVEL_MAX))
    await this.#clock.sleep(Math.min(FIRST_DELAY_MS * 2 ** Math.round(level), DELAY_MAX_MS))
    return false
  }

  #levelOf(address: string): number {
    const known = this.#levels.get(address)
    if (known === undefined) return 0
    return Math.max(known.level - (this.#clock.now() - known.atMs) / FORGET_MS, 0)
  }

  #remember(address: string, level: number): void {
    // The map keeps the order of insertion: the first is the one heard of longest ago.
    this.#levels.delete(address)
    this.#levels.set(address, { level, atMs: this.#clock.now() })
    const [oldest] = this.#levels.keys()
    if (this.#levels.size > ADDRESSES_MAX && oldest !== undefined) this.#levels.delete(oldest)
  }
}
