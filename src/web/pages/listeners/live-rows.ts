/**
 * The rows of the live table as the events tell of them: what is new is marked for a while, and what has gone stands as long. It is
 * the island's; it stands here for it needs no browser.
 */
import type { ListenerRow } from './listener-form.ts'

/** A row that has gone stands this long, and one that is new is marked as long, in ms. */
const MARKED_MS = 6000

export class LiveRows {
  readonly #rows: Map<string, ListenerRow> = new Map()
  readonly #newSince: Map<string, number> = new Map()
  readonly #goneSince: Map<string, number> = new Map()
  #isStale = true
  #isRead = false

  /** Whether the first reading has come. */
  get isRead(): boolean {
    return this.#isRead
  }

  /** Those that are there, without those that have gone. */
  get count(): number {
    return this.#rows.size - this.#goneSince.size
  }

  /** With those that have gone and still stand. */
  all(): Iterable<ListenerRow> {
    return this.#rows.values()
  }

  isNew(id: string): boolean {
    return this.#newSince.has(id)
  }

  isGone(id: string): boolean {
    return this.#goneSince.has(id)
  }

  connections(): number {
    return [...this.#rows.values()].reduce((sum, row) => sum + row.connections, 0)
  }

  /** All there is: nothing of it is new. */
  replace(rows: readonly ListenerRow[]): void {
    this.#rows.clear()
    this.#newSince.clear()
    this.#goneSince.clear()
    for (const row of rows) this.#rows.set(row.id, row)
    this.#isRead = true
    this.#isStale = true
  }

  put(rows: readonly ListenerRow[], nowMs: number): void {
    for (const row of rows) {
      if (!this.#rows.has(row.id)) this.#newSince.set(row.id, nowMs)
      this.#goneSince.delete(row.id)
      this.#rows.set(row.id, row)
      this.#isStale = true
    }
  }

  remove(ids: readonly string[], nowMs: number): void {
    for (const id of ids)
      if (this.#rows.has(id)) {
        this.#goneSince.set(id, nowMs)
        this.#isStale = true
      }
  }

  /** Ends the marks whose time is over; returns the rows that are no more. */
  sweep(nowMs: number): readonly string[] {
    const isOver = ([, sinceMs]: readonly [string, number]): boolean => nowMs - sinceMs > MARKED_MS
    const seen = [...this.#newSince].filter(isOver).map(([id]) => id)
    const ended = [...this.#goneSince].filter(isOver).map(([id]) => id)
    for (const id of seen) this.#newSince.delete(id)
    for (const id of ended) {
      this.#goneSince.delete(id)
      this.#rows.delete(id)
    }
    if (seen.length + ended.length > 0) this.#isStale = true
    return ended
  }

  /** The rows, their marks or what is asked of them are others: they have to be put in order anew. */
  spoil(): void {
    this.#isStale = true
  }

  /** Whether they have to be put in order since this was last asked; of ten thousand that takes a while. */
  takeStale(): boolean {
    const isStale = this.#isStale
    this.#isStale = false
    return isStale
  }
}
