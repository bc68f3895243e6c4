/**
 * Checks of passwords in their turn: each takes up to 128 MiB and a processor, so only a few run at once, only a few wait, and who
 * comes when all places are taken is told so at once.
 */

/** One on each of the two cores of a small machine. */
const RUNNING_MAX = 2
/** Two seconds' worth. */
const WAITING_MAX = 64

export class PasswordQueue {
  #running = 0
  readonly #waiting: (() => void)[] = []

  /** Runs a piece of work in its turn; null where too many wait. */
  async run<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.#running >= RUNNING_MAX) {
      if (this.#waiting.length >= WAITING_MAX) return null
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#running += 1
    try {
      return await work()
    } finally {
      // The place goes to who waits longest.
      const next = this.#waiting.shift()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }
}
