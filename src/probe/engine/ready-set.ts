/** A set of small numbers out of which one is drawn at random, all in constant time. */
import { mixBits } from './permutation.ts'

const ABSENT = -1

export class ReadySet {
  readonly #items: Int32Array
  readonly #places: Int32Array
  #size = 0
  #draws: number

  /** Members are below `capacity`; `seed` decides what is drawn. */
  constructor(capacity: number, seed: number) {
    this.#items = new Int32Array(capacity)
    this.#places = new Int32Array(capacity).fill(ABSENT)
    this.#draws = seed
  }

  get size(): number {
    return this.#size
  }

  has(item: number): boolean {
    return this.#places[item] !== ABSENT
  }

  add(item: number): void {
    if (this.has(item)) return
    this.#items[this.#size] = item
    this.#places[item] = this.#size
    this.#size += 1
  }

  remove(item: number): void {
    const place = this.#places[item] ?? ABSENT
    if (place === ABSENT) return
    this.#size -= 1
    const last = this.#items[this.#size] ?? item
    this.#items[place] = last
    this.#places[last] = place
    this.#places[item] = ABSENT
  }

  /** One of them, which stays in; -1 where there is none. */
  draw(): number {
    if (this.#size <= 1) return this.#size === 0 ? ABSENT : (this.#items[0] ?? ABSENT)
    this.#draws = (this.#draws + 1) | 0
    return this.#items[mixBits(this.#draws) % this.#size] ?? ABSENT
  }
}
