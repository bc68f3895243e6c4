/**
 * The contract of a store: ordered byte keys, reads that never leave the process, batches that compare before they set,
 * one revision that counts the batches, and a watch from a revision.
 *
 * It says nothing of any one engine. test/support/store-contract.ts is its suite, which every engine passes unchanged.
 */

/** A key with its value. Both are the reader's own: later writes do not change them. */
export interface Entry {
  readonly key: Buffer
  readonly value: Buffer
}

/** Keys from `from` (included) to `to` (left out), in order of their bytes. */
export interface KeyRange {
  readonly from: Uint8Array
  readonly to: Uint8Array
}

export interface RangeOptions {
  /** From the last to the first. */
  readonly isReverse?: boolean
  /** How many entries at most. */
  readonly limit?: number
}

/** What must hold for a batch to be done: the key has this very value, or null for no value. */
export interface Condition {
  readonly key: Uint8Array
  readonly value: Uint8Array | null
}

/** All of it is done, or nothing; null deletes. When a key is named twice, the last counts. */
export interface Batch {
  readonly conditions: readonly Condition[]
  readonly changes: readonly (readonly [key: Uint8Array, value: Uint8Array | null])[]
}

/** One batch as a watcher learns of it. */
export interface StoreChange {
  readonly revision: number
  /** The keys that the batch named; null where they were too many to keep, or are kept no more: whatever is of interest must be read again. */
  readonly keys: readonly Buffer[] | null
}

/** A view of the store at one moment. */
export interface Reader {
  /** The value of a key. The bytes may be overwritten by the next read of the same store: use them at once, or copy them. */
  readonly get: (key: Uint8Array) => Buffer | undefined
  readonly range: (range: KeyRange, options?: RangeOptions) => Iterable<Entry>
}

/** A view that stays as it is until it is closed; writes go on meanwhile. */
export interface Snapshot extends Reader {
  readonly close: () => void
}

export interface Store extends Reader {
  /** How many batches were ever done: 0 for a new store. */
  readonly revision: () => number
  readonly snapshot: () => Snapshot
  /** Reads from now on are of no earlier moment than this call: for who was told that another thread or process has written. */
  readonly refresh: () => void
  /**
   * Does a batch; its promise is kept when the batch is on disk (or on a majority of disks).
   * @returns the new revision, or null when a condition did not hold and nothing was done; what is read after a null is of no
   *   earlier moment than the comparison
   * @throws ERR_PORTOLAN_STORE_FULL
   */
  readonly commit: (batch: Batch) => Promise<number | null>
  /**
   * Tells of every batch after a revision, in order and each once, whichever process did it.
   * @throws ERR_PORTOLAN_STORE_COMPACTED when batches since then are no longer known
   */
  readonly watch: (afterRevision: number, listener: (change: StoreChange) => void) => Watch
  /**
   * Writes a whole copy, of one moment, to a new file, while the store is in use. The file is there when it is whole.
   * @throws ERR_PORTOLAN_STORE_EXISTS, ERR_PORTOLAN_STORE_FULL
   */
  readonly backup: (file: string) => Promise<void>
  readonly close: () => Promise<void>
}

export interface Watch {
  readonly stop: () => void
}
