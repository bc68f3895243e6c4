/**
 * The tables of a store in an LMDB file: `entries` is what the contract shows; `history` has the keys of each of the last
 * batches by revision, for watchers; `about` has the format's version, the store's identity and the revision.
 */
import { randomBytes } from 'node:crypto'
import { ABORT, open } from 'lmdb'
import type { Database, RootDatabase, Transaction } from 'lmdb'
import { LIMITS, PortolanError, XdrReader, XdrWriter, readU64, writeU64 } from '../core/index.ts'
import { STORE_ID_BYTES } from './commit-log.ts'
import { asFull } from './lmdb-errors.ts'
import type { Batch, Entry, KeyRange, RangeOptions, Reader, StoreChange } from './store.ts'

/** Raised when the tables, or what they hold, change their form; 1 had no log beside the file, and becomes 2. */
const FORMAT_VERSION = 2
const FORMAT_WITHOUT_LOG = 1
const FORMAT_KEY = Buffer.from('format')
const REVISION_KEY = Buffer.from('revision')
const IDENTITY_KEY = Buffer.from('store')
const WORD = 4
/** Views of longer values are made each time: a thousand of them take some 100 kB. */
const KEPT_VIEW_BYTES_MAX = 1024

type Table = Database<Buffer, Buffer>

const TABLE_OPTIONS = { encoding: 'binary', keyEncoding: 'binary', cache: false } as const

/** The tables as they are at one moment, until it is closed. */
export interface TablesView extends Reader {
  /** That of the last batch that the tables have. */
  readonly revision: number
  readonly close: () => void
}

export class LmdbTables implements Reader {
  readonly file: string
  readonly #root: RootDatabase<Buffer, Buffer>
  readonly #entries: Table
  readonly #history: Table
  readonly #about: Table
  /** Views of the beginning of what lmdb handed out last, by their length: to make one costs a quarter of a read. */
  #viewed: Buffer | null = null
  readonly #views: Buffer[] = []

  /**
   * Opens the tables, or makes them.
   * @throws ERR_PORTOLAN_STORE_VERSION, and LMDB's own errors
   */
  constructor(file: string) {
    this.file = file
    this.#root = open<Buffer, Buffer>({
      path: file,
      noSubdir: true,
      overlappingSync: false,
      maxDbs: 4,
      ...TABLE_OPTIONS,
    })
    this.#entries = this.#root.openDB({ ...TABLE_OPTIONS, name: 'entries' })
    this.#history = this.#root.openDB({ ...TABLE_OPTIONS, name: 'history' })
    this.#about = this.#root.openDB({ ...TABLE_OPTIONS, name: 'about' })
    this.#checkFormat()
  }

  /** That of the last batch that the tables have. */
  revision(): number {
    return numberOf(this.#about.getBinaryFast(REVISION_KEY))
  }

  /** What tells this store, its copies included, from all others. */
  identity(): Buffer {
    return this.#about.get(IDENTITY_KEY) ?? Buffer.alloc(STORE_ID_BYTES)
  }

  get(key: Uint8Array): Buffer | undefined {
    return this.#cut(this.#entries.getBinaryFast(asBuffer(key)))
  }

  range(range: KeyRange, options: RangeOptions = {}): Iterable<Entry> {
    return readRange(this.#entries, range, options)
  }

  /** Reads from now on are of no earlier moment than this call. */
  refresh(): void {
    this.#root.resetReadTxn()
  }

  /** What there is now. */
  view(): TablesView {
    // A transaction that is being reused may be older than the newest batch.
    this.refresh()
    const transaction = this.#entries.useReadTransaction()
    let isOpen = true
    return {
      revision: numberOf(this.#about.get(REVISION_KEY, { transaction })),
      get: (key) => this.#entries.get(asBuffer(key), { transaction }),
      range: (range, options = {}) => readRange(this.#entries, range, options, transaction),
      close: () => {
        if (isOpen) transaction.done()
        isOpen = false
      },
    }
  }

  /**
   * Runs work that nobody else's can come between, in this process or another; what it has put is on disk when this returns. A
   * null undoes it.
   */
  transact<T>(work: () => T | null): T | null {
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

  /** Puts what batches have changed; in a transaction only. */
  put(changes: Batch['changes']): void {
    for (const [key, value] of changes) {
      if (value === null) this.#entries.removeSync(asBuffer(key))
      else this.#entries.putSync(asBuffer(key), asBuffer(value))
    }
  }

  /** Notes batches for watchers, and the revision of the last; in a transaction only. */
  note(changes: readonly StoreChange[]): void {
    for (const { revision, keys } of changes) {
      this.#history.putSync(numberBytes(revision), encodeKeys(keys))
      if (revision > LIMITS.storeHistory) this.#history.removeSync(numberBytes(revision - LIMITS.storeHistory))
    }
    const last = changes.at(-1)
    if (last !== undefined) this.#about.putSync(REVISION_KEY, numberBytes(last.revision))
  }

  isKnown(revision: number): boolean {
    return this.#history.get(numberBytes(revision)) !== undefined
  }

  /** The batches after one revision up to another; of those that are forgotten, no keys. */
  changesAfter(after: number, last: number): StoreChange[] {
    const range = { start: numberBytes(after + 1), end: numberBytes(last + 1) }
    const known = new Map(this.#history.getRange(range).map(({ key, value }) => [numberOf(key), value]))
    return Array.from({ length: last - after }, (_, index) => {
      const revision = after + 1 + index
      const value = known.get(revision)
      return { revision, keys: value === undefined ? null : decodeKeys(value) }
    })
  }

  /** The pids of the other processes that have the tables open. */
  otherProcesses(): readonly number[] {
    // Those that were killed are still in the list until somebody looks.
    this.#root.readerCheck()
    const lines = this.#root.readerList().split('\n').slice(1)
    const pids = lines.map((line) => Number(line.trim().split(/\s+/, 1)[0]))
    return [...new Set(pids)].filter((pid) => pid > 0 && pid !== process.pid)
  }

  async backup(file: string): Promise<void> {
    await this.#root.backup(file, true)
  }

  async close(): Promise<void> {
    await this.#root.close()
  }

  /** lmdb hands out one buffer again and again, longer than the value. So a view of its beginning serves every value as long. */
  #cut(value: Buffer | undefined): Buffer | undefined {
    if (value === undefined) return undefined
    const { lastSize = value.length } = this.#entries as Table & { readonly lastSize?: number }
    if (lastSize > KEPT_VIEW_BYTES_MAX) return value.subarray(0, lastSize)
    if (value !== this.#viewed) {
      this.#viewed = value
      this.#views.length = 0
    }
    return (this.#views[lastSize] ??= value.subarray(0, lastSize))
  }

  #checkFormat(): void {
    const found = this.#about.get(FORMAT_KEY)
    const format = found === undefined ? null : numberOf(found)
    if (format === FORMAT_VERSION) return
    if (format !== null && format !== FORMAT_WITHOUT_LOG)
      throw new PortolanError(
        'ERR_PORTOLAN_STORE_VERSION',
        `${this.file} has format ${format}, and this Portolan reads format ${FORMAT_VERSION}.`,
        { hint: 'Open it with the Portolan that wrote it, dump it there, and load it here.' },
      )
    this.transact(() => {
      if (this.#about.get(IDENTITY_KEY) !== undefined) return null
      this.#about.putSync(IDENTITY_KEY, randomBytes(STORE_ID_BYTES))
      this.#about.putSync(FORMAT_KEY, numberBytes(FORMAT_VERSION))
      return FORMAT_VERSION
    })
  }
}

function encodeKeys(keys: readonly Buffer[] | null): Buffer {
  const writer = new XdrWriter()
  writer.bool(keys !== null)
  if (keys !== null) {
    writer.u32(keys.length)
    for (const key of keys) writer.opaque(key)
  }
  return writer.view
}

function decodeKeys(value: Buffer): Buffer[] | null {
  const reader = new XdrReader(value)
  if (!reader.bool('history')) return null
  const count = reader.count('history', LIMITS.storeHistoryKeys, WORD)
  return Array.from({ length: count }, () => reader.opaque('history', LIMITS.storeKeyBytes))
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
  const bytes = Buffer.allocUnsafe(8)
  writeU64(bytes, 0, value)
  return bytes
}

function numberOf(bytes: Buffer | undefined): number {
  return bytes === undefined ? 0 : readU64(bytes, 0)
}
