/**
 * What the threads that serve one domain tell each other without a message, in memory that they share: how many batches the
 * main thread has committed, and their counts of connections and calls, a row for each thread.
 *
 * A thread writes its own row alone, so that the row of one that died is known: its connections are gone, its calls were made.
 */
import { NETINFO_PROCEDURES } from '../programs.ts'
import type { ConnectionTally } from './connection-tally.ts'
import type { CallCounts } from './netinfo-program.ts'

export interface BoardMemory {
  readonly words: SharedArrayBuffer
  readonly counts: SharedArrayBuffer
}

const COMMITS = 0
const PEAK = 1
const CLOSED_OLDEST = 2
/** The connections of each row follow. */
const CONNECTIONS = 3
const PROCEDURES = NETINFO_PROCEDURES.length
/** Calls of each procedure, then microseconds. */
const ROW_COUNTS = 2 * PROCEDURES
const MAIN_ROW = 0

export class ServerBoard implements ConnectionTally {
  readonly memory: BoardMemory
  readonly #words: Int32Array<SharedArrayBuffer>
  /** Of 64 bits each and written by one thread, so that nobody sees half of one. */
  readonly #counts: Float64Array<SharedArrayBuffer>
  readonly #row: number

  constructor(memory: BoardMemory, row: number) {
    this.memory = memory
    this.#words = new Int32Array(memory.words)
    this.#counts = new Float64Array(memory.counts)
    this.#row = row
  }

  /** A board for the main thread, whose row is 0, and so many workers, with the rows from 1 on. */
  static create(workers: number): ServerBoard {
    const rows = 1 + workers
    const words = new SharedArrayBuffer((CONNECTIONS + rows) * Int32Array.BYTES_PER_ELEMENT)
    const counts = new SharedArrayBuffer(rows * ROW_COUNTS * Float64Array.BYTES_PER_ELEMENT)
    return new ServerBoard({ words, counts }, MAIN_ROW)
  }

  /** To be told before the write is acknowledged. */
  noteCommit(): void {
    Atomics.add(this.#words, COMMITS, 1)
  }

  /** Changes with every commit of the main thread. */
  get commits(): number {
    return Atomics.load(this.#words, COMMITS)
  }

  get current(): number {
    let sum = 0
    for (let at = CONNECTIONS; at < this.#words.length; at += 1) sum += Atomics.load(this.#words, at)
    return sum
  }

  get peak(): number {
    return Atomics.load(this.#words, PEAK)
  }

  get closedOldest(): number {
    return Atomics.load(this.#words, CLOSED_OLDEST)
  }

  opened(): void {
    Atomics.add(this.#words, CONNECTIONS + this.#row, 1)
    const { current } = this
    let peak = Atomics.load(this.#words, PEAK)
    // Another thread may have raised it meanwhile.
    while (current > peak) peak = Atomics.compareExchange(this.#words, PEAK, peak, current)
  }

  closed(): void {
    Atomics.sub(this.#words, CONNECTIONS + this.#row, 1)
  }

  madeRoom(): void {
    Atomics.add(this.#words, CLOSED_OLDEST, 1)
  }

  /** The connections of a thread that has ended are gone with it. */
  forgetConnections(): void {
    Atomics.store(this.#words, CONNECTIONS + this.#row, 0)
  }

  countCall(procedure: number, microseconds: number): void {
    const at = this.#row * ROW_COUNTS + procedure
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.#counts[at + PROCEDURES] = (this.#counts[at + PROCEDURES] ?? 0) + microseconds
  }

  /** Of all rows together. */
  get counts(): CallCounts {
    const calls = NETINFO_PROCEDURES.map(() => 0)
    const microseconds = NETINFO_PROCEDURES.map(() => 0)
    for (let row = 0; row < this.#counts.length; row += ROW_COUNTS) {
      for (let procedure = 0; procedure < PROCEDURES; procedure += 1) {
        calls[procedure] = (calls[procedure] ?? 0) + (this.#counts[row + procedure] ?? 0)
        microseconds[procedure] = (microseconds[procedure] ?? 0) + (this.#counts[row + PROCEDURES + procedure] ?? 0)
      }
    }
    return { calls, microseconds }
  }
}
