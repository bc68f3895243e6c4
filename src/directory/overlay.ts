/**
 * A store with changes laid over it that are not committed yet: what lets many writes be worked out one upon another, and
 * then be one batch.
 */
import type { Batch, Entry, KeyRange, RangeOptions, Reader } from '../store/index.ts'

interface Change {
  readonly key: Buffer
  readonly value: Buffer | null
}

export class Overlay implements Reader {
  readonly #below: Reader
  /** By the key as latin1 text, whose order is that of the bytes. */
  readonly #changes: Map<string, Change> = new Map()
  /** What `#changes` held before each change since the mark; null when no mark is set. */
  #undo: (readonly [name: string, before: Change | undefined])[] | null = null

  constructor(below: Reader) {
    this.#below = below
  }

  get size(): number {
    return this.#changes.size
  }

  get(key: Uint8Array): Buffer | undefined {
    const change = this.#changes.get(nameOf(key))
    return change === undefined ? this.#below.get(key) : (change.value ?? undefined)
  }

  /** Both are kept: they must not change afterwards. */
  put(key: Buffer, value: Buffer): void {
    this.#change(key, value)
  }

  delete(key: Buffer): void {
    this.#change(key, null)
  }

  *range(range: KeyRange, options: RangeOptions = {}): Generator<Entry, void, undefined> {
    const { isReverse = false, limit = Number.POSITIVE_INFINITY } = options
    const own = this.#changesIn(range, isReverse)
    if (own.length === 0) {
      yield* this.#below.range(range, options)
      return
    }
    const isBefore = (a: Buffer, b: Buffer): boolean => (isReverse ? a.compare(b) > 0 : a.compare(b) < 0)
    let next = 0
    let left = limit
    for (const entry of this.#below.range(range, { isReverse })) {
      for (let change = own[next]; change !== undefined && isBefore(change.key, entry.key); change = own[next]) {
        next += 1
        if (change.value === null) continue
        if (left === 0) return
        left -= 1
        yield { key: change.key, value: change.value }
      }
      if (left === 0) return
      const same = own[next]
      if (same?.key.equals(entry.key) === true) continue
      left -= 1
      yield entry
    }
    for (const { key, value } of own.slice(next)) {
      if (value === null) continue
      if (left === 0) return
      left -= 1
      yield { key, value }
    }
  }

  /** Runs some changes that are undone when it throws. */
  attempt<T>(work: () => T): T {
    this.#undo = []
    try {
      return work()
    } catch (error) {
      for (const [name, before] of this.#undo.toReversed()) {
        if (before === undefined) this.#changes.delete(name)
        else this.#changes.set(name, before)
      }
      throw error
    } finally {
      this.#undo = null
    }
  }

  /** All changes, in the order of their keys: neighbours in the store are then written together. */
  changes(): Batch['changes'] {
    return [...this.#changes]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { key, value }]) => [key, value] as const)
  }

  #change(key: Buffer, value: Buffer | null): void {
    const name = nameOf(key)
    this.#undo?.push([name, this.#changes.get(name)])
    this.#changes.set(name, { key, value })
  }

  #changesIn({ from, to }: KeyRange, isReverse: boolean): Change[] {
    const found: Change[] = []
    for (const change of this.#changes.values()) {
      if (change.key.compare(from) >= 0 && change.key.compare(to) < 0) found.push(change)
    }
    return found.toSorted((a, b) => (isReverse ? b.key.compare(a.key) : a.key.compare(b.key)))
  }
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')
}
