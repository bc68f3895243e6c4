/**
 * The pairs that are being measured, each in a slot of typed arrays: what was sent, when, and which of a flow wait to be sent
 * again. A slot is taken when a pair is first sent and given back when it is told.
 */

export const NONE = -1

export class Attempts {
  readonly capacity: number
  readonly flows: Int32Array
  /** The number of the port within its flow. */
  readonly ports: Int32Array
  /** Attempts sent. */
  readonly sent: Uint16Array
  /** Those of them whose silence counts. */
  readonly silences: Uint16Array
  /** Times that sending itself failed. */
  readonly failures: Uint8Array
  readonly sentAt: Float64Array
  /** When the attempt before the last was sent. */
  readonly sentBeforeAt: Float64Array
  readonly isInFlight: Uint8Array
  readonly #next: Int32Array
  readonly #previous: Int32Array
  readonly #free: Int32Array
  #freeCount: number
  readonly #heads: Int32Array
  readonly #tails: Int32Array

  constructor(capacity: number, flows: number) {
    this.capacity = capacity
    this.flows = new Int32Array(capacity).fill(NONE)
    this.ports = new Int32Array(capacity)
    this.sent = new Uint16Array(capacity)
    this.silences = new Uint16Array(capacity)
    this.failures = new Uint8Array(capacity)
    this.sentAt = new Float64Array(capacity)
    this.sentBeforeAt = new Float64Array(capacity)
    this.isInFlight = new Uint8Array(capacity)
    this.#next = new Int32Array(capacity)
    this.#previous = new Int32Array(capacity)
    this.#free = Int32Array.from({ length: capacity }, (_, index) => capacity - 1 - index)
    this.#freeCount = capacity
    this.#heads = new Int32Array(flows).fill(NONE)
    this.#tails = new Int32Array(flows).fill(NONE)
  }

  get hasFree(): boolean {
    return this.#freeCount > 0
  }

  /** Takes a slot for a pair; there must be a free one. */
  open(flow: number, port: number): number {
    this.#freeCount -= 1
    const slot = this.#free[this.#freeCount] ?? NONE
    this.flows[slot] = flow
    this.ports[slot] = port
    this.sent[slot] = 0
    this.silences[slot] = 0
    this.failures[slot] = 0
    this.sentAt[slot] = -Infinity
    return slot
  }

  close(slot: number): void {
    this.flows[slot] = NONE
    this.isInFlight[slot] = 0
    this.#free[this.#freeCount] = slot
    this.#freeCount += 1
  }

  /** Whether a pair of this flow waits to be sent again. */
  hasWaiting(flow: number): boolean {
    return this.#heads[flow] !== NONE
  }

  /** Puts a pair behind those of its flow that wait. */
  wait(slot: number): void {
    this.#link(this.#tails[this.#flowOf(slot)] ?? NONE, slot, NONE)
  }

  /** Puts a pair before those of its flow that wait. */
  waitFirst(slot: number): void {
    this.#link(NONE, slot, this.#heads[this.#flowOf(slot)] ?? NONE)
  }

  /** Takes the first that waits; -1 where none does. */
  takeWaiting(flow: number): number {
    const head = this.#heads[flow] ?? NONE
    if (head !== NONE) this.unwait(head)
    return head
  }

  /** Takes out a pair that waits. */
  unwait(slot: number): void {
    const flow = this.#flowOf(slot)
    const previous = this.#previous[slot] ?? NONE
    const next = this.#next[slot] ?? NONE
    if (previous === NONE) this.#heads[flow] = next
    else this.#next[previous] = next
    if (next === NONE) this.#tails[flow] = previous
    else this.#previous[next] = previous
  }

  #link(previous: number, slot: number, next: number): void {
    const flow = this.#flowOf(slot)
    this.#previous[slot] = previous
    this.#next[slot] = next
    if (previous === NONE) this.#heads[flow] = slot
    else this.#next[previous] = slot
    if (next === NONE) this.#tails[flow] = slot
    else this.#previous[next] = slot
  }

  #flowOf(slot: number): number {
    return this.flows[slot] ?? NONE
  }

  /** The slots in use, of one flow or of all. */
  *used(flow: number = NONE): Generator<number> {
    for (let slot = 0; slot < this.capacity; slot += 1) {
      const own = this.flows[slot] ?? NONE
      if (own !== NONE && (flow === NONE || own === flow)) yield slot
    }
  }
}
