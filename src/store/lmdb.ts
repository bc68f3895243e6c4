/**
 * The embedded engine: an LMDB file, mapped into memory, and a log beside it; several processes use them at once.
 *
 * A batch is done when it is in the log, on disk (commit-log.ts). Until it is in the file, every process holds it in memory over
 * what the file has (unapplied.ts). All that the log holds goes into the file as one transaction: when the log is full, a moment
 * after the last batch, and when the store is closed. A large batch goes there at once. LMDB's write lock, which a killed
 * process gives up, keeps those who write apart.
 */
import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { LIMITS, PortolanError, messageOf, syncFile, syncFolder } from '../core/index.ts'
import { CommitLog } from './commit-log.ts'
import { asFull } from './lmdb-errors.ts'
import { refuseForeignFile } from './lmdb-file.ts'
import { LmdbTables } from './lmdb-tables.ts'
import type { TablesView } from './lmdb-tables.ts'
import type {
  Batch,
  Condition,
  Entry,
  KeyRange,
  RangeOptions,
  Reader,
  Snapshot,
  Store,
  StoreChange,
  Watch,
} from './store.ts'
import { Unapplied, encodeChanges } from './unapplied.ts'

/** Beside the file. */
const LOG_ENDING = '-log'
const LOCK_ENDING = '-lock'
/** A batch of more goes into the file at once: the log is there for those whose pages would cost more than themselves. */
const LOGGED_BYTES_MAX = 128 * 1024
/** How long the last batches may wait for the file: as long as nobody would notice the stop. */
const APPLY_MS = 200
/** How often a watcher looks for batches of other processes. */
const WATCH_POLL_MS = 100
/** Batches that a watcher takes up at once: their keys are in memory meanwhile. */
const WATCH_STEP = 256
/** A backup that is not whole yet: beside its place, so that it can be renamed. */
const PARTIAL_ENDING = '.partial'
/** For this user alone. */
const PRIVATE_MODE = 0o600
const PRIVATE_UMASK = 0o077

export class LmdbStore implements Store {
  readonly file: string
  readonly #tables: LmdbTables
  readonly #log: CommitLog
  /** The moment of the file that `#unapplied` lies over; null where that is empty, and the file is read as it is. */
  #view: TablesView | null = null
  readonly #below: Reader
  #unapplied: Unapplied
  /** The revisions of the file, and of the log's base, that `#unapplied` continues. */
  #applied = 0
  #base = 0
  #applyTimer: NodeJS.Timeout | null = null
  /** Set while the event loop has not turned since the log was read. */
  #turnEnd: NodeJS.Immediate | null = null
  /** What looks for new batches, with what ends it. */
  readonly #watchers: Map<() => void, Watch> = new Map()
  #closing: Promise<void> | null = null

  private constructor(tables: LmdbTables, log: CommitLog) {
    this.file = tables.file
    this.#tables = tables
    this.#log = log
    this.#below = {
      get: (key) => (this.#view ?? tables).get(key),
      range: (range, options) => (this.#view ?? tables).range(range, options),
    }
    this.#unapplied = new Unapplied(this.#below)
    this.refresh()
  }

  /**
   * Opens a store; creates it where there is none.
   * @throws ERR_PORTOLAN_STORE_UNREADABLE, ERR_PORTOLAN_STORE_VERSION, ERR_PORTOLAN_STORE_FULL
   */
  static open(file: string): LmdbStore {
    refuseForeignFile(file)
    try {
      // LMDB itself would let everybody read a new file; domains hold the hashes of passwords.
      if (!existsSync(file)) closeSync(openSync(file, 'a', PRIVATE_MODE))
      const tables = new LmdbTables(file)
      return new LmdbStore(tables, openLog(tables))
    } catch (error) {
      if (error instanceof PortolanError) throw error
      throw new PortolanError('ERR_PORTOLAN_STORE_UNREADABLE', `${file}: ${messageOf(error)}`, {
        hint: 'See that the folder exists and is yours to write to, and that the disk is not full.',
        cause: error,
      })
    }
  }

  /** Removes a store for good; nobody may have it open. */
  static remove(file: string): void {
    for (const ending of ['', LOG_ENDING, LOCK_ENDING]) rmSync(`${file}${ending}`, { force: true })
  }

  revision(): number {
    this.#renew()
    return this.#revision()
  }

  get(key: Uint8Array): Buffer | undefined {
    this.#renew()
    return this.#get(key)
  }

  range(range: KeyRange, options: RangeOptions = {}): Iterable<Entry> {
    this.#renew()
    return this.#unapplied.isEmpty ? this.#tables.range(range, options) : this.#unapplied.overlay.range(range, options)
  }

  refresh(): void {
    for (;;) {
      const base = this.#log.base()
      this.#tables.refresh()
      const applied = this.#tables.revision()
      this.#readLog(base, applied)
      // Meanwhile another process may have begun the log anew, and have written over what was not read yet.
      if (this.#log.base() !== base) continue
      if (this.#unapplied.isEmpty) return
      this.#view ??= this.#tables.view()
      if (this.#view.revision === applied) break
      this.#release()
    }
    this.#applySoon()
    this.#turnEnd ??= setImmediate(() => (this.#turnEnd = null)).unref()
  }

  snapshot(): Snapshot {
    for (;;) {
      this.refresh()
      const view = this.#tables.view()
      if (this.#unapplied.isEmpty) return view
      if (view.revision === this.#applied) {
        const overlay = this.#unapplied.overlay.over(view)
        return { get: (key) => overlay.get(key), range: (...asked) => overlay.range(...asked), close: view.close }
      }
      view.close()
    }
  }

  async commit(batch: Batch): Promise<number | null> {
    const payload = encodeChanges(batch.changes, LOGGED_BYTES_MAX)
    let revision: number | null = null
    let isLogged = false
    this.#tables.transact(() => {
      this.#readLog(this.#log.base(), this.#tables.revision())
      if (!batch.conditions.every((condition) => this.#holds(condition))) return null
      revision = this.#revision() + 1
      isLogged = payload !== null && this.#append(payload)
      // The file then has nothing new.
      if (isLogged) return null
      this.#apply(batch.changes)
      return revision
    })
    // What is read next has this batch, or is of no earlier moment than what its conditions were compared with: a caller that
    // tries again would else fail again, without end.
    if (!isLogged || this.#view === null) this.refresh()
    if (revision !== null) for (const look of this.#watchers.keys()) setImmediate(look)
    return revision
  }

  watch(afterRevision: number, listener: (change: StoreChange) => void): Watch {
    let seen = afterRevision
    let isStopped = false
    const deliver = (): void => {
      if (isStopped) return
      this.refresh()
      const now = this.#revision()
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
    return this.#tables.otherProcesses()
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
      this.#applyLog()
      await asPrivate(() => this.#tables.backup(partial))
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
    this.#closing ??= this.#close()
    await this.#closing
  }

  async #close(): Promise<void> {
    if (!this.#unapplied.isEmpty) this.#tryToApplyLog()
    if (this.#applyTimer !== null) clearTimeout(this.#applyTimer)
    this.#release()
    this.#log.close()
    await this.#tables.close()
  }

  /** As lmdb renews its reading when the event loop has turned, so that of the log is renewed: others may have written. */
  #renew(): void {
    if (this.#turnEnd === null && !this.#unapplied.isEmpty) this.refresh()
  }

  #revision(): number {
    return this.#unapplied.revision ?? this.#tables.revision()
  }

  #get(key: Uint8Array): Buffer | undefined {
    return this.#unapplied.isEmpty ? this.#tables.get(key) : this.#unapplied.overlay.get(key)
  }

  /** Takes up what the log has beyond a revision of the file. */
  #readLog(base: number, applied: number): void {
    // With the same base, a file that has more has all that the log has: who adds to a log of which all is applied restarts it.
    if (base !== this.#base || applied !== this.#applied) this.#forget(applied)
    if (base !== this.#base) this.#log.rewind(base)
    this.#base = base
    for (let record = this.#log.read(); record !== null; record = this.#log.read())
      if (record.revision > applied) this.#unapplied.add(record)
  }

  /** Holds nothing over the file, which has all batches up to a revision. */
  #forget(applied: number): void {
    this.#release()
    this.#unapplied = new Unapplied(this.#below)
    this.#applied = applied
  }

  #release(): void {
    this.#view?.close()
    this.#view = null
  }

  /** Puts a batch into the log, if it has room; with the write lock only. */
  #append(payload: Buffer): boolean {
    if (this.#unapplied.isEmpty && this.#base !== this.#applied) {
      this.#log.restart(this.#applied)
      this.#base = this.#applied
    }
    if (!this.#log.hasRoom(payload.length)) return false
    this.#unapplied.add(this.#log.append(payload))
    return true
  }

  /** Puts all that the log has into the file, and then a batch where there is one; in a transaction only. */
  #apply(changes: Batch['changes'] | null): void {
    this.#tables.put(this.#unapplied.overlay.changes())
    this.#tables.note(this.#unapplied.changes)
    if (changes === null) return
    this.#tables.put(changes)
    const keys = changes.length > LIMITS.storeHistoryKeys ? null : changes.map(([key]) => Buffer.from(key))
    this.#tables.note([{ revision: this.#revision() + 1, keys }])
  }

  #applyLog(): void {
    this.#tables.transact(() => {
      this.#readLog(this.#log.base(), this.#tables.revision())
      if (this.#unapplied.isEmpty) return null
      this.#apply(null)
      return 'applied'
    })
    this.refresh()
  }

  /** What cannot be put into the file now stays in the log, on disk; the batch that needs its room will tell why. */
  #tryToApplyLog(): void {
    try {
      this.#applyLog()
    } catch {
      this.refresh()
    }
  }

  #applySoon(): void {
    if (this.#closing !== null) return
    this.#applyTimer ??= setTimeout(() => {
      this.#applyTimer = null
      this.#tryToApplyLog()
    }, APPLY_MS).unref()
  }

  #holds({ key, value }: Condition): boolean {
    const found = this.#get(key)
    return value === null ? found === undefined : found !== undefined && found.equals(value)
  }

  #refuseForgotten(afterRevision: number): void {
    if (afterRevision >= this.#applied || this.#tables.isKnown(afterRevision + 1)) return
    throw new PortolanError(
      'ERR_PORTOLAN_STORE_COMPACTED',
      `The changes after revision ${afterRevision} are no longer known; the store is at ${this.#revision()}.`,
      { hint: 'Read what is of interest, then watch from the revision of that reading.' },
    )
  }

  /** The batches after one revision up to another; of those that are forgotten, no keys. */
  #changesAfter(after: number, last: number): readonly StoreChange[] {
    const inLog = this.#unapplied.changes.filter(({ revision }) => revision > after && revision <= last)
    const lastInFile = (inLog[0]?.revision ?? last + 1) - 1
    return [...this.#tables.changesAfter(after, lastInFile), ...inLog]
  }
}

function openLog(tables: LmdbTables): CommitLog {
  // With the write lock, so that two processes do not make it at once.
  const log = tables.transact(() => CommitLog.open(`${tables.file}${LOG_ENDING}`, tables.identity()))
  if (log === null) throw new Error('no log')
  return log
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
