/** How many of something each client holds at once, up to a bound; who holds nothing takes no memory. */
export class ClientCounts {
  readonly #max: number
  readonly #counts: Map<string, number> = new Map()

  constructor(max: number) {
    this.#max = max
  }

  /** False where the client holds as many as it may: then nothing is taken. */
  take(client: string): boolean {
    const count = this.#counts.get(client) ?? 0
    if (count >= this.#max) return false
    this.#counts.set(client, count + 1)
    return true
  }

  /** For each that was taken, once. */
  giveBack(client: string): void {
    const left = (this.#counts.get(client) ?? 1) - 1
    if (left === 0) this.#counts.delete(client)
    else this.#counts.set(client, left)
  }
}
