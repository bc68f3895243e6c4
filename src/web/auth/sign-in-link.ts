/** The key in the link that a server prints for its operator: good for a quarter of an hour, and once. */
import { isSameSecret, newSecret } from './secrets.ts'

const VALID_MS = 15 * 60_000

export class SignInLink {
  /** The system's name for who runs this process. */
  readonly operator: string
  readonly key: string = newSecret()
  readonly #untilMs: number
  readonly #now: () => number
  #isUsed = false

  constructor(operator: string, now: () => number) {
    this.operator = operator
    this.#now = now
    this.#untilMs = now() + VALID_MS
  }

  /** Whether a key is the one, for the first time and in time. */
  redeem(key: string): boolean {
    if (!isSameSecret(key, this.key) || this.#isUsed || this.#now() > this.#untilMs) return false
    this.#isUsed = true
    return true
  }
}
