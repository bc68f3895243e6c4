/** Which of many numbered things is due first: a binary heap in typed arrays, out of which each can be taken by its number. */

const ABSENT = -1

/** Things are numbered from 0 to `capacity` - 1; each is in the heap at most once. */
export class DeadlineHeap {
  readonly #items: Int32Array
  readonly #places: Int32Array
  readonly #deadlines: Float64Array
  #size = 0

  constructor(capacity: number) {
    this.#items = new Int32Array(capacity)
    this.#places = new Int32Array(capacity).fill(ABSENT)
    this.#deadlines = new Float64Array(capacity)
  }

  get size(): number {
    return this.#size
  }

  /** When the first is due; Infinity where there is none. */
  get firstDeadline(): number {
    return this.#size === 0 ? Infinity : this.#deadlineAt(0)
  }

  has(item: number): boolean {
    return this.#placeOf(item) !== ABSENT
  }

  /** Adds it, or changes when it is due. */
  set(item: number, deadline: number): void {
    this.#deadlines[item] = deadline
    let place = this.#placeOf(item)
    if (place === ABSENT) {
      place = this.#size
      this.#size += 1
      this.#put(place, item)
    }
    this.#sink(this.#rise(place))
  }

  /** Takes it out, if it is in. */
  remove(item: number): void {
    const place = this.#placeOf(item)
    if (place === ABSENT) return
    this.#places[item] = ABSENT
    this.#size -= 1
    if (place === this.#size) return
    this.#put(place, this.#itemAt(this.#size))
    this.#sink(this.#rise(place))
  }

  /** Takes out the first if it is due; else -1. */
  takeDue(now: number): number {
    if (this.#size === 0 || this.#deadlineAt(0) > now) return ABSENT
    const item = this.#itemAt(0)
    this.remove(item)
    return item
  }

  #rise(from: number): number {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (this.#deadlineAt(parent) <= this.#deadlineAt(place)) break
      this.#swap(place, parent)
      place = parent
    }
    return place
  }

  #sink(from: number): void {
    let place = from
    for (;;) {
      let least = place
      for (const child of [2 * place + 1, 2 * place + 2])
        if (child < this.#size && this.#deadlineAt(child) < this.#deadlineAt(least)) least = child
      if (least === place) return
      this.#swap(place, least)
      place = least
    }
  }

  #swap(one: number, other: number): void {
    const item = this.#itemAt(one)
    this.#put(one, this.#itemAt(other))
    this.#put(other, item)
  }

  #put(place: number, item: number): void {
    this.#items[place] = item
    this.#places[item] = place
  }

  #itemAt(place: number): number {
    return this.#items[place] ?? ABSENT
  }

  #placeOf(item: number): number {
    return this.#places[item] ?? ABSENT
  }

  #deadlineAt(place: number): number {
    return this.#deadlines[this.#itemAt(place)] ?? Infinity
  }
}
