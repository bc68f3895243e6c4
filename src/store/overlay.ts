/**
 * A store with changes laid over it that are not committed yet: what lets many writes be worked out one upon another, and
 * then be one batch.
 */
import type { Batch, Entry, KeyRange, RangeOptions, Reader } from './store.ts'

interface Change {
  readonly key: Buffer
  readonly value: Buffer | null
}

const KIND_LENGTH = 2

export class Overlay implements Reader {
  readonly #below: Reader
  /** By the key as latin1 text, whose order is that of the bytes. */
  readonly #changes: Map<string, Change> = new Map()
  /**
   * The names of the changes in order, for each kind of key of which a range was asked for: the first two bytes tell the kind.
   * Ranges are few, and of a few kinds; but in a batch of a thousand writes each asks for some among all changes before.
   */
  readonly #ordered: Map<string, string[]> = new Map()
  /** What `#changes` held before each change since the mark; null when no mark is set. */
  #undo: (readonly [name: string, before: Change | undefined])[] | null = null

  constructor(below: Reader) {
    this.#below = below
  }

  /** The same changes over another reader; what is changed in the one later is not changed in the other. */
  over(below: Reader): Overlay {
    const copy = new Overlay(below)
    for (const [name, change] of this.#changes) copy.#changes.set(name, change)
    return copy
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
    const names = this.#namesIn(range, isReverse)
    if (names.length === 0) {
      yield* this.#below.range(range, options)
      return
    }
    const isBefore = (a: Buffer, b: Buffer): boolean => (isReverse ? a.compare(b) > 0 : a.compare(b) < 0)
    // Of a long list a caller mostly wants the first.
    const own = (at: number): Change | undefined => this.#changes.get(names[at] ?? '')
    let next = 0
    let left = limit
    for (const entry of this.#below.range(range, { isReverse })) {
      for (let change = own(next); change !== undefined && isBefore(change.key, entry.key); change = own(next)) {
        next += 1
        if (change.value === null) continue
        if (left === 0) return
        left -= 1
        yield { key: change.key, value: change.value }
      }
      if (left === 0) return
      if (own(next)?.key.equals(entry.key) === true) continue
      left -= 1
      yield entry
    }
    for (let change = own(next); change !== undefined; change = own(next)) {
      next += 1
      if (change.value === null) continue
      if (left === 0) return
      left -= 1
      yield { key: change.key, value: change.value }
    }
  }

  /** Runs some changes that are undone when it throws. */
  attempt<T>(work: () => T): T {
    this.#undo = []
    try {
      return work()
    } catch (error) {
      for (const [name, before] of this.#undo.toReversed()) {
        if (before === undefined) this.#remove(name)
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
    const before = this.#changes.get(name)
    this.#undo?.push([name, before])
    this.#changes.set(name, { key, value })
    if (before !== undefined || this.#ordered.size === 0) return
    const ordered = this.#ordered.get(kindOf(name))
    ordered?.splice(placeOf(ordered, name), 0, name)
  }

  #remove(name: string): void {
    this.#changes.delete(name)
    const ordered = this.#ordered.get(kindOf(name))
    ordered?.splice(placeOf(ordered, name), 1)
  }

  #namesIn(range: KeyRange, isReverse: boolean): readonly string[] {
    const [from, to] = [nameOf(range.from), nameOf(range.to)]
    const ordered = isOfOneKind(from, to) ? this.#orderedOf(kindOf(from)) : [...this.#changes.keys()].toSorted()
    const names = ordered.slice(placeOf(ordered, from), placeOf(ordered, to))
    return isReverse ? names.toReversed() : names
  }

  #orderedOf(kind: string): readonly string[] {
    const known = this.#ordered.get(kind)
    if (known !== undefined) return known
    const ordered = [...this.#changes.keys()].filter((name) => kindOf(name) === kind).toSorted()
    this.#ordered.set(kind, ordered)
    return ordered
  }
}

function nameOf(key: Uint8Array): string {
  const bytes = Buffer.isBuffer(key) ? key : Buffer.from(key.buffer, key.byteOffset, key.byteLength)
  return bytes.toString('latin1')
}

function kindOf(name: string): string {
  return name.slice(0, KIND_LENGTH)
}

/** Whether all names from one up to another, which is left out, begin with the same two bytes. */
function isOfOneKind(from: string, to: string): boolean {
  if (from.length < KIND_LENGTH) return false
  const isNextKind = to.length === KIND_LENGTH && to[0] === from[0] && to.charCodeAt(1) === from.charCodeAt(1) + 1
  return isNextKind || kindOf(from) === kindOf(to)
}

/** Where a name stands in an ordered list, or would. */
function placeOf(ordered: readonly string[], name: string): number {
  let low = 0
  let high = ordered.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ordered[middle] ?? '') < name) low = middle + 1
    else high = middle
  }
  return low
}
