/**
 * The embedded engine: one LMDB file a store, mapped into memory, used by several processes at once.
 *
 * Three tables: `entries` is what the contract shows; `history` has the keys of each of the last batches by revision, for
 * watchers; `about` has the format's version and the revision. A batch is one transaction, on disk when `commit` returns.
 */
import { closeSync, existsSync, openSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { ABORT, open } from 'lmdb'
import type { Database, RootDatabase, Transaction } from 'lmdb'
import {
  LIMITS,
  PortolanError,
  XdrReader,
  XdrWriter,
  messageOf,
  syncFile,
  syncFolder,
  systemCode,
} from '../core/index.ts'
import { refuseForeignFile } from './lmdb-file.ts'
import type { Batch, Condition, Entry, KeyRange, RangeOptions, Snapshot, Store, StoreChange, Watch } from './store.ts'

/** Raised when the tables, or what they hold, change their form. */
const FORMAT_VERSION = 1
const FORMAT_KEY = Buffer.from('format')
const WORD = 4
const REVISION_KEY = Buffer.from('revision')
/** How often a watcher looks for batches of other processes. */
const WATCH_POLL_MS = 100
/** Batches that a watcher takes up at once: their keys are in memory meanwhile. */
const WATCH_STEP = 256
/** A backup that is not whole yet: beside its place, so that it can be renamed. */
const PARTIAL_ENDING = '.partial'
/** For this user alone. */
const PRIVATE_MODE = 0o600
const PRIVATE_UMASK = 0o077
/** LMDB's errors have the system's numbers, or its own: MDB_MAP_FULL (lmdb.h). */
const FULL_CODES: ReadonlySet<unknown> = new Set([
  constants.errno.ENOSPC,
  constants.errno.EDQUOT,
  constants.errno.EFBIG,
  -30_792,
])
/** A disk with less is full: a page has up to 64 KiB. */
const NO_ROOM_BYTES = 64 * 1024

type Table = Database<Buffer, Buffer>

const TABLE_OPTIONS = { encoding: 'binary', keyEncoding: 'binary', cache: false } as const

export class LmdbStore implements Store {
  readonly file: string
  readonly #root: RootDatabase<Buffer, Buffer>
  readonly #entries: Table
  readonly #history: Table
  readonly #about: Table
  /** What looks for new batches, with what ends it. */
  readonly #watchers: Map<() => void, Watch> = new Map()
  #closing: Promise<void> | null = null

  private constructor(file: string, root: RootDatabase<Buffer, Buffer>) {
    this.file = file
    this.#root = root
    this.#entries = root.openDB({ ...TABLE_OPTIONS, name: 'entries' })
    this.#history = root.openDB({ ...TABLE_OPTIONS, name: 'history' })
    this.#about = root.openDB({ ...TABLE_OPTIONS, name: 'about' })
  }

  /**
   * Opens a store; creates it where there is none.
   * @throws ERR_PORTOLAN_STORE_UNREADABLE, ERR_PORTOLAN_STORE_VERSION
   */
  static open(file: string): LmdbStore {
    refuseForeignFile(file)
    try {
      // LMDB itself would let everybody read a new file; domains hold the hashes of passwords.
      if (!existsSync(file)) closeSync(openSync(file, 'a', PRIVATE_MODE))
      const store = new LmdbStore(
        file,
        open<Buffer, Buffer>({ path: file, noSubdir: true, overlappingSync: false, maxDbs: 4, ...TABLE_OPTIONS }),
      )
      store.#checkFormat()
      return store
    } catch (error) {
      if (error instanceof PortolanError) throw error
      throw new PortolanError('ERR_PORTOLAN_STORE_UNREADABLE', `${file}: ${messageOf(error)}`, {
        hint: 'See that the folder exists and is yours to write to, and that the disk is not full.',
        cause: error,
      })
    }
  }

  revision(): number {
    const bytes = this.#about.getBinaryFast(REVISION_KEY)
    return bytes === undefined ? 0 : readNumber(bytes)
  }

  get(key: Uint8Array): Buffer | undefined {
    const value = this.#entries.getBinaryFast(asBuffer(key))
    // lmdb hands out one buffer again and again, longer than the value.
    return value?.subarray(0, this.#sizeOf(value))
  }

  range(range: KeyRange, options: RangeOptions = {}): Iterable<Entry> {
    return readRange(this.#entries, range, options)
  }

  refresh(): void {
    this.#root.resetReadTxn()
  }

  snapshot(): Snapshot {
    // A transaction that is being reused may be older than this store's newest batch.
    this.refresh()
    const transaction = this.#entries.useReadTransaction()
    let isOpen = true
    return {
      get: (key) => this.#entries.get(asBuffer(key), { transaction }),
      range: (range, options = {}) => readRange(this.#entries, range, options, transaction),
      close: () => {
        if (isOpen) transaction.done()
        isOpen = false
      },
    }
  }

  async commit(batch: Batch): Promise<number | null> {
    const revision = this.#write(() => {
      if (!batch.conditions.every((condition) => this.#holds(condition))) return null
      for (const [key, value] of batch.changes) {
        if (value === null) this.#entries.removeSync(asBuffer(key))
        else this.#entries.putSync(asBuffer(key), asBuffer(value))
      }
      const next = this.revision() + 1
      this.#about.putSync(REVISION_KEY, numberBytes(next))
      this.#remember(next, batch)
      return next
    })
    // The transaction compared with the newest batch. What is read next must be no older, or a caller that tries again would
    // fail again, without end: lmdb renews its reading only when the event loop turns.
    if (revision === null) this.refresh()
    else for (const look of this.#watchers.keys()) setImmediate(look)
    return revision
  }

  watch(afterRevision: number, listener: (change: StoreChange) => void): Watch {
    let seen = afterRevision
    let isStopped = false
    const deliver = (): void => {
      if (isStopped) return
      this.refresh()
      const now = this.revision()
      while (seen < now) {
        for (const change of this.#changesAfter(seen, Math.min(now, seen + WATCH_STEP))) {
          seen = change.revision
          listener(change)
          if (isStopped) return
        }
      }
    }
    this.refresh()
    this.#refuseForgotten(afterRevision)
    const timer = setInterval(deliver, WATCH_POLL_MS).unref()
    const stop = (): void => {
      isStopped = true
      clearInterval(timer)
      this.#watchers.delete(deliver)
    }
    this.#watchers.set(deliver, { stop })
    setImmediate(deliver)
    return { stop }
  }

  /** The pids of the other processes that have this store open. */
  otherProcesses(): readonly number[] {
    // Those that were killed are still in the list until somebody looks.
    this.#root.readerCheck()
    const lines = this.#root.readerList().split('\n').slice(1)
    const pids = lines.map((line) => Number(line.trim().split(/\s+/, 1)[0]))
    return [...new Set(pids)].filter((pid) => pid > 0 && pid !== process.pid)
  }

  async backup(file: string): Promise<void> {
    if (existsSync(file))
      throw new PortolanError('ERR_PORTOLAN_STORE_EXISTS', `${file} is there already.`, {
        hint: 'Name a file that does not exist yet.',
      })
    const partial = `${file}${PARTIAL_ENDING}`
    // What an earlier one has left that was cut off.
    rmSync(partial, { force: true })
    try {
      await asPrivate(() => this.#root.backup(partial, true))
      syncFile(partial)
      renameSync(partial, file)
      syncFolder(dirname(file))
    } catch (error) {
      rmSync(partial, { force: true })
      throw asFull(partial, error)
    }
  }

  /** Ends the watches, too. */
  async close(): Promise<void> {
    for (const { stop } of this.#watchers.values()) stop()
    this.#closing ??= this.#root.close()
    await this.#closing
  }

  #sizeOf(value: Buffer): number {
    const { lastSize } = this.#entries as Table & { readonly lastSize?: number }
    return lastSize ?? value.length
  }

  #checkFormat(): void {
    const found = this.#about.get(FORMAT_KEY)
    if (found === undefined) {
      this.#write(() => {
        if (this.#about.get(FORMAT_KEY) === undefined) this.#about.putSync(FORMAT_KEY, numberBytes(FORMAT_VERSION))
        return 0
      })
    } else if (readNumber(found) !== FORMAT_VERSION) {
      throw new PortolanError(
        'ERR_PORTOLAN_STORE_VERSION',
        `${this.file} has format ${readNumber(found)}, and this Portolan reads format ${FORMAT_VERSION}.`,
        { hint: 'Open it with the Portolan that wrote it, dump it there, and load it here.' },
      )
    }
  }

  /** Runs a transaction; a null undoes it. */
  #write<T>(work: () => T | null): T | null {
    try {
      let result: T | null = null
      this.#root.transactionSync(() => {
        result = work()
        return result === null ? ABORT : undefined
      })
      return result
    } catch (error) {
      throw asFull(this.file, error)
    }
  }

  #holds({ key, value }: Condition): boolean {
    const found = this.get(key)
    return value === null ? found === undefined : found !== undefined && found.equals(asBuffer(value))
  }

  #remember(revision: number, batch: Batch): void {
    const writer = new XdrWriter()
    const isTooMany = batch.changes.length > LIMITS.storeHistoryKeys
    writer.bool(!isTooMany)
    if (!isTooMany) {
      writer.u32(batch.changes.length)
      for (const [key] of batch.changes) writer.opaque(key)
    }
    this.#history.putSync(numberBytes(revision), writer.toBytes())
    if (revision > LIMITS.storeHistory) this.#history.removeSync(numberBytes(revision - LIMITS.storeHistory))
  }

  #refuseForgotten(afterRevision: number): void {
    const now = this.revision()
    if (afterRevision >= now || this.#history.get(numberBytes(afterRevision + 1)) !== undefined) return
    throw new PortolanError(
      'ERR_PORTOLAN_STORE_COMPACTED',
      `The changes after revision ${afterRevision} are no longer known; the store is at ${now}.`,
      { hint: 'Read what is of interest, then watch from the revision of that reading.' },
    )
  }

  /** The batches after one revision up to another; of those that are forgotten, no keys. */
  #changesAfter(after: number, last: number): StoreChange[] {
    const range = { start: numberBytes(after + 1), end: numberBytes(last + 1) }
    const known = new Map(this.#history.getRange(range).map(({ key, value }) => [readNumber(key), value]))
    return Array.from({ length: last - after }, (_, index) => {
      const revision = after + 1 + index
      const value = known.get(revision)
      return { revision, keys: value === undefined ? null : decodeKeys(value) }
    })
  }
}

/** Runs what makes a file, so that nobody else may read it. Threads other than the first cannot set this, and make no backups. */
async function asPrivate<T>(work: () => Promise<T>): Promise<T> {
  const before = isMainThread ? process.umask(PRIVATE_UMASK) : null
  try {
    return await work()
  } finally {
    if (before !== null) process.umask(before)
  }
}

function decodeKeys(value: Buffer): Buffer[] | null {
  const reader = new XdrReader(value)
  if (!reader.bool('history')) return null
  const count = reader.count('history', LIMITS.storeHistoryKeys, WORD)
  return Array.from({ length: count }, () => reader.opaque('history', LIMITS.storeKeyBytes))
}

/** An error that says so, where the disk was full; every other as it is. */
function asFull(file: string, error: unknown): unknown {
  if (!isFull(file, error)) return error
  return new PortolanError('ERR_PORTOLAN_STORE_FULL', `${file}: ${messageOf(error)}`, {
    hint: 'Make room on the disk; what was written before is safe.',
    cause: error,
  })
}

function isFull(file: string, error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (typeof code !== 'number') return systemCode(error) === 'ENOSPC'
  if (FULL_CODES.has(code)) return true
  // LMDB calls it an error of input and output when only a part of a page found room.
  return code === constants.errno.EIO && freeBytesAt(file) < NO_ROOM_BYTES
}

function freeBytesAt(file: string): number {
  const { bavail, bsize } = statfsSync(dirname(file))
  return bavail * bsize
}

function* readRange(
  table: Table,
  { from, to }: KeyRange,
  { isReverse = false, limit }: RangeOptions,
  transaction?: Transaction,
): Generator<Entry, void, undefined> {
  const bounds = isReverse
    ? { start: asBuffer(to), end: asBuffer(from), reverse: true, exclusiveStart: true, inclusiveEnd: true }
    : { start: asBuffer(from), end: asBuffer(to) }
  const options = { ...bounds, ...(limit === undefined ? {} : { limit }), ...(transaction ? { transaction } : {}) }
  for (const { key, value } of table.getRange(options)) yield { key, value }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Numbers as keys and values: eight bytes, so that their order is that of the bytes. */
function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32BE(Math.floor(value / 0x1_0000_0000), 0)
  bytes.writeUInt32BE(value >>> 0, 4)
  return bytes
}

function readNumber(bytes: Buffer): number {
  return bytes.readUInt32BE(0) * 0x1_0000_0000 + bytes.readUInt32BE(4)
}
