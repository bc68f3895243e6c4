/** Lets no more than so many tasks run at once; the others wait in order. */
export class Slots {
  readonly #max: () => number
  readonly #waiting: (() => void)[] = []
  #taken = 0

  constructor(max: () => number) {
    this.#max = max
  }

  get taken(): number {
    return this.#taken
  }

  async use<T>(task: () => Promise<T>): Promise<T> {
    if (this.#taken >= this.#max()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#taken += 1
    try {
      return await task()
    } finally {
      // The place goes to the next one as it is.
      const next = this.#waiting.shift()
      if (next === undefined) this.#taken -= 1
      else next()
    }
  }
}
