/**
 * Who answers: a random number in a cookie, which is set with the first answer and says nothing of its bearer.
 *
 * Who comes without a cookie may be new, may have clicked twice, or may refuse cookies. For that, answers of the same day from
 * the same address and browser for the same page count as one visitor's. Only a keyed hash of these is remembered, in memory, and
 * its key is forgotten with the day; neither is ever on disk.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { LIMITS } from '../../core/index.ts'

/** From where an answer comes. */
export interface BallotOrigin {
  readonly address: string
  readonly userAgent: string
  /** The page: its address with the language. */
  readonly page: string
}

const DAY_MS = 86_400_000
const ID_BYTES = 16
const ID_FORM = /^[A-Za-z0-9_-]{22}$/
const KEY_BYTES = 32

export class BallotBox {
  readonly #now: () => number
  #day = -1
  #key: Buffer = randomBytes(KEY_BYTES)
  /** The number that was given to an origin today, the oldest first. */
  readonly #given: Map<string, string> = new Map()

  constructor(now: () => number) {
    this.#now = now
  }

  /** The visitor's number: the cookie's where that is one of ours, else the one that this origin got today, else a new one. */
  visitorOf(cookie: string | undefined, origin: BallotOrigin): string {
    if (isVisitorId(cookie)) return cookie
    const day = Math.floor(this.#now() / DAY_MS)
    if (day !== this.#day) {
      this.#day = day
      this.#key = randomBytes(KEY_BYTES)
      this.#given.clear()
    }
    const parts = [origin.address, origin.userAgent, origin.page]
    const hash = createHmac('sha256', this.#key).update(JSON.stringify(parts)).digest('base64url')
    const known = this.#given.get(hash)
    if (known !== undefined) return known
    const visitor = randomBytes(ID_BYTES).toString('base64url')
    if (this.#given.size >= LIMITS.feedbackOrigins) {
      const [oldest] = this.#given.keys()
      if (oldest !== undefined) this.#given.delete(oldest)
    }
    this.#given.set(hash, visitor)
    return visitor
  }
}

/** Whether a cookie has the form of those that we give; any other is as none. */
export function isVisitorId(cookie: string | undefined): cookie is string {
  return cookie !== undefined && ID_FORM.test(cookie)
}
