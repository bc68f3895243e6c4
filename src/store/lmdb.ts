/**
 * The embedded engine: one LMDB file a store, mapped into memory, used by several processes at once.
 *
 * Three tables: `entries` is what the contract shows; `history` has the keys of each of the last batches by revision, for
 * watchers; `about` has the format's version and the revision. A batch is one transaction, on disk when `commit` returns.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { ABORT, open } from 'lmdb'
import type { Database, RootDatabase, Transaction } from 'lmdb'
import { LIMITS, PortolanError, XdrReader, XdrWriter, messageOf, systemCode } from '../core/index.ts'
import type { Batch, Condition, Entry, KeyRange, RangeOptions, Snapshot, Store, StoreChange, Watch } from './store.ts'

/** Raised when the tables, or what they hold, change their form. */
const FORMAT_VERSION = 1
const FORMAT_KEY = Buffer.from('format')
const REVISION_KEY = Buffer.from('revision')
/** How often a watcher looks for batches of other processes. */
const WATCH_POLL_MS = 100
/** LMDB's magic number (lmdb.h, MDB_MAGIC), at byte 24 of the file, after the head of its first page, as this machine writes words. */
const LMDB_MAGIC = 0xbeefc0de
const MAGIC_OFFSET = 24
const DISK_FULL = /no space left|MDB_MAP_FULL|disk quota/i

type Table = Database<Buffer, Buffer>

const TABLE_OPTIONS = { encoding: 'binary', keyEncoding: 'binary', cache: false } as const

export class LmdbStore implements Store {
  readonly file: string
  readonly #root: RootDatabase<Buffer, Buffer>
  readonly #entries: Table
  readonly #history: Table
  readonly #about: Table
  readonly #watchers: Set<() => void> = new Set()

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
    if (revision !== null) for (const look of this.#watchers) setImmediate(look)
    return revision
  }

  watch(afterRevision: number, listener: (change: StoreChange) => void): Watch {
    let seen = afterRevision
    let isStopped = false
    const deliver = (): void => {
      if (isStopped) return
      this.refresh()
      for (const change of this.#changesAfter(seen)) {
        if (isStopped) return
        seen = change.revision
        listener(change)
      }
    }
    this.#refuseForgotten(afterRevision)
    const timer = setInterval(deliver, WATCH_POLL_MS).unref()
    this.#watchers.add(deliver)
    setImmediate(deliver)
    return {
      stop: () => {
        isStopped = true
        clearInterval(timer)
        this.#watchers.delete(deliver)
      },
    }
  }

  async backup(file: string): Promise<void> {
    if (existsSync(file))
      throw new PortolanError('ERR_PORTOLAN_STORE_EXISTS', `${file} is there already.`, {
        hint: 'Name a file that does not exist yet.',
      })
    await this.#root.backup(file, true)
  }

  async close(): Promise<void> {
    this.#watchers.clear()
    await this.#root.close()
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
      const isFull = systemCode(error) === 'ENOSPC' || DISK_FULL.test(messageOf(error))
      if (!isFull) throw error
      throw new PortolanError('ERR_PORTOLAN_STORE_FULL', `${this.file}: ${messageOf(error)}`, {
        hint: 'Make room on the disk; what was written before is safe.',
        cause: error,
      })
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

  #changesAfter(revision: number): StoreChange[] {
    const found: StoreChange[] = []
    if (this.revision() === revision) return found
    for (const { key, value } of this.#history.getRange({ start: numberBytes(revision + 1) })) {
      const reader = new XdrReader(value)
      const keys = reader.bool('history')
        ? Array.from({ length: reader.u32('history') }, () => reader.opaque('history', LIMITS.storeKeyBytes))
        : null
      found.push({ revision: readNumber(key), keys })
    }
    return found
  }
}

/** Bytes that lmdb would take for its own and crash upon, or overwrite, are refused here. */
function refuseForeignFile(file: string): void {
  if (!existsSync(file)) return
  const head = Buffer.alloc(MAGIC_OFFSET + 4)
  const descriptor = openSync(file, 'r')
  try {
    const length = readSync(descriptor, head, 0, head.length, 0)
    if (length === 0) return
    const isLmdb = length === head.length && head.readUInt32LE(MAGIC_OFFSET) === LMDB_MAGIC
    if (isLmdb) return
  } finally {
    closeSync(descriptor)
  }
  throw new PortolanError('ERR_PORTOLAN_STORE_UNREADABLE', `${file} is not a store of Portolan.`, {
    hint: 'Name a folder of its own for the data, or move that file away.',
  })
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
