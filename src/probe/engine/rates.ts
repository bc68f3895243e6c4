/** How many a second: token buckets for many flows, where what was not used for a twentieth of a second is lost. */

/** What may be caught up with after a pause, in seconds: timers and epoll wake late by some milliseconds. */
const BURST_SECONDS = 0.05
/** One, but for what adding fractions leaves out. */
const ONE_TOKEN = 1 - 1e-6

export class Rates {
  readonly #perMs: number
  readonly #burst: number
  readonly #tokens: Float64Array
  readonly #filledAt: Float64Array

  /** `perSecond` null: no limit. */
  constructor(flows: number, perSecond: number | null) {
    this.#perMs = perSecond === null ? Infinity : perSecond / 1000
    this.#burst = perSecond === null ? Infinity : Math.max(1, perSecond * BURST_SECONDS)
    this.#tokens = new Float64Array(flows)
    this.#filledAt = new Float64Array(flows)
  }

  /** Begins a flow with one token: the first attempt goes at once, and no burst with it. */
  reset(flow: number, now: number): void {
    this.#tokens[flow] = 1
    this.#filledAt[flow] = now
  }

  /** When the next attempt may go: `now` or later. */
  readyAt(flow: number, now: number): number {
    if (this.#perMs === Infinity) return now
    const since = now - (this.#filledAt[flow] ?? now)
    const tokens = Math.min((this.#tokens[flow] ?? 0) + since * this.#perMs, this.#burst)
    this.#tokens[flow] = tokens
    this.#filledAt[flow] = now
    return tokens >= ONE_TOKEN ? now : now + (1 - tokens) / this.#perMs
  }

  spend(flow: number): void {
    if (this.#perMs !== Infinity) this.#tokens[flow] = (this.#tokens[flow] ?? 0) - 1
  }
}
