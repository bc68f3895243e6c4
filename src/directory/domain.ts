/**
 * A domain: a tree of directories in a store, with the protocol's reads and writes (protocol.md §2, §5.1, §8.3).
 *
 * Writes that come at about the same time are worked out one upon another over the store and become one batch, whose only
 * condition is that the domain is still what they were worked out on. Each has a revision of its own, its entry in the journal,
 * and an answer of its own, given when the batch is on disk.
 */
import { DecodeError, LIMITS, PortolanError } from '../core/index.ts'
import { Overlay } from '../store/index.ts'
import type { Reader, Store } from '../store/index.ts'
import { NEW_ABOUT, aboutIn, checksumAfter, encodeAbout } from './about.ts'
import type { About } from './about.ts'
import { applyOperation } from './apply.ts'
import type { Applied, Draft } from './apply.ts'
import { SECRET_PAIR, pairOf, readIndex } from './index-pairs.ts'
import { changesBetween, decodeJournal, encodeJournal, whoIs } from './journal.ts'
import type { JournalEntry } from './journal.ts'
import { ABOUT_KEY, LOADING_KEY, childRange, directoryKey, journalKey, journalRange, rankAtEnd } from './keys.ts'
import { loadCopy, sweepRemnants } from './load.ts'
import { ROOT_OBJECT } from './model.ts'
import type { DirectoryObject, Id, Properties } from './model.ts'
import type { Caller, WriteOperation, WriteResult } from './operation.ts'
import { childCountIn, encodeRecord, firstValueIn, idIn, parentIn, propertiesIn, requireRecord } from './record.ts'
import { disclosureOf } from './secrets.ts'
import type { Disclosure } from './secrets.ts'
import { DirectoryError, STATUS } from './status.ts'
import { walkObjects } from './walk.ts'

/** How many writes one batch takes: more make the wait of the first too long. */
const BATCH_WRITES_MAX = 1000
const PATH_DEPTH_MAX = 256
/** How far the journal is searched for one directory: 20 ms. */
const JOURNAL_LOOK_BACK = 10_000
/** What a path writes with a backslash before it. */
const ESCAPED = /[\\/=]/
const ESCAPED_ALL = /[\\/=]/g
const NAME = Buffer.from('name')
const JOURNAL_END = Number.MAX_SAFE_INTEGER

interface Pending {
  readonly operation: WriteOperation
  readonly caller: Caller
  readonly resolve: (result: WriteResult) => void
  readonly reject: (error: unknown) => void
}

type Outcome = { readonly applied: Applied; readonly revision: number } | { readonly error: unknown }

export type WriteListener = (operation: WriteOperation, result: WriteResult) => void

export class Domain {
  readonly tag: string
  readonly store: Store
  readonly #now: () => number
  readonly #queue: Pending[] = []
  /** The end of all that is done one after another: batches of writes, and taking a copy. */
  #last: Promise<unknown> = Promise.resolve()
  #isFlushDue = false
  #isClosing = false
  readonly #listeners: Set<WriteListener> = new Set()
  readonly #changeListeners: Set<() => void> = new Set()

  private constructor(tag: string, store: Store, now: () => number) {
    this.tag = tag
    this.store = store
    this.#now = now
  }

  /**
   * Opens the domain that a store holds; a new store gets an empty root directory.
   * @throws ERR_PORTOLAN_STORE_VERSION, ERR_PORTOLAN_STORE_UNREADABLE
   */
  static async open(store: Store, options: { readonly tag: string; readonly now?: () => number }): Promise<Domain> {
    const domain = new Domain(options.tag, store, options.now ?? Date.now)
    if (store.get(ABOUT_KEY) === undefined) await domain.#createRoot()
    // What is of another format is refused before anything is swept.
    domain.about()
    await sweepRemnants(store)
    return domain
  }

  /**
   * Opens a domain that another thread or process serves, to read it. Nothing is put in order here: a copy that is being loaded
   * there is not yet the domain's, and would be taken for a remnant.
   */
  static follow(store: Store, tag: string): Domain {
    return new Domain(tag, store, Date.now)
  }

  /** @throws ERR_PORTOLAN_STORE_UNREADABLE for a store that holds something else */
  about(): About {
    try {
      return aboutIn(this.store)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      throw new PortolanError('ERR_PORTOLAN_STORE_VERSION', `Domain ${this.tag}: ${error.message}.`, {
        hint: 'Open it with the Portolan that wrote it, dump it there, and load it here.',
        cause: error,
      })
    }
  }

  /** How many writes were ever done here; all front ends see them in this order. */
  revision(): number {
    return this.about().revision
  }

  checksum(): number {
    return this.about().checksum
  }

  /** The largest object number ever given out. */
  highestId(): number {
    return this.about().highest
  }

  /** The real data, secrets included: a front end masks them (secrets.ts). */
  read(object: number): { readonly id: Id; readonly properties: Properties } | undefined {
    const bytes = this.#record(object)
    return bytes === undefined ? undefined : { id: idIn(bytes), properties: propertiesIn(bytes) }
  }

  id(object: number): Id | undefined {
    const bytes = this.#record(object)
    return bytes === undefined ? undefined : idIn(bytes)
  }

  parentOf(object: number): number | undefined {
    const bytes = this.#record(object)
    return bytes === undefined ? undefined : parentIn(bytes)
  }

  /** Undefined where there is no such directory. */
  childCount(object: number): number | undefined {
    const bytes = this.#record(object)
    return bytes === undefined ? undefined : childCountIn(bytes)
  }

  /** The children in order; none where there is no such directory. */
  childrenOf(object: number): readonly number[] {
    return [...childrenIn(this.store, this.about().generation, object)]
  }

  /** LOOKUP on the real data: the children whose first property `key` contains `value`, in order. */
  find(parent: number, key: string, value: string): readonly number[] {
    return readIndex(this.store, this.about().generation, parent, pairOf(key, value))
  }

  /** The children that have a `passwd` with a value, in order. */
  findSecret(parent: number): readonly number[] {
    return readIndex(this.store, this.about().generation, parent, SECRET_PAIR)
  }

  /** The directory at the end of LOOKUPs, the first hit of each (protocol.md §7.5). */
  findPath(path: readonly (readonly [key: string, value: string])[]): number | undefined {
    let object: number | undefined = ROOT_OBJECT
    for (const [key, value] of path) {
      if (object === undefined) return undefined
      object = this.find(object, key, value)[0]
    }
    return object
  }

  /** `/users/pia`: the first names down to a directory, `dir:7` where one has none. */
  pathOf(object: number): string {
    return pathIn(this.store, this.about().generation, object)
  }

  /** What the root directory says of reading `passwd`. */
  disclosure(): Disclosure {
    return disclosureOf(this.read(ROOT_OBJECT)?.properties ?? [])
  }

  /**
   * Does a write; its promise is kept when it is on disk.
   * @throws DirectoryError with the protocol's status
   */
  write(operation: WriteOperation, caller: Caller): Promise<WriteResult> {
    return new Promise((resolve, reject) => {
      if (this.#isClosing) throw new DirectoryError(STATUS.MASTERBUSY, `the domain ${this.tag} is closed`)
      this.#queue.push({ operation, caller, resolve, reject })
      if (!this.#isFlushDue) this.#flushNext()
    })
  }

  /** Calls back for every write done through this object, in their order, as a clone has to do it; secrets are real. */
  onWrite(listener: WriteListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Takes notice of what another thread or process has written until now. */
  refresh(): void {
    this.store.refresh()
    this.#tellOfChange()
  }

  /**
   * Calls back whenever this object has changed the data, by a write or a copy, or was told that another has: what was read
   * before is out of date.
   */
  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener)
    return () => this.#changeListeners.delete(listener)
  }

  /** The journal from a revision on, oldest first, or the newest first. */
  *journal({
    afterRevision = 0,
    limit = Number.POSITIVE_INFINITY,
    isReverse = false,
  }: {
    readonly afterRevision?: number
    readonly limit?: number
    readonly isReverse?: boolean
  } = {}): Generator<JournalEntry, void, undefined> {
    const range = journalRange(afterRevision + 1, JOURNAL_END)
    const options = { isReverse, ...(limit === Number.POSITIVE_INFINITY ? {} : { limit }) }
    for (const { key, value } of this.store.range(range, options)) yield decodeJournal(rankAtEnd(key), value)
  }

  /** The journal's entry of a revision; undefined where it does not go back so far. */
  entryAt(revision: number): JournalEntry | undefined {
    const bytes = this.store.get(journalKey(revision))
    return bytes === undefined ? undefined : decodeJournal(revision, Buffer.from(bytes))
  }

  /** The newest entry about a directory, among the newest of the journal; undefined where none of those is about it. */
  lastEntryOf(object: number, lookBack: number = JOURNAL_LOOK_BACK): JournalEntry | undefined {
    for (const entry of this.journal({ isReverse: true, limit: lookBack })) {
      // What came before a copy was about other data.
      if (entry.kind === 'replaceAll') return undefined
      if (entry.object === object) return entry
    }
    return undefined
  }

  /** Every directory of one moment, each before its children (the order of READALL). */
  *objects(): Generator<DirectoryObject, void, undefined> {
    const snapshot = this.store.snapshot()
    try {
      yield* walkObjects(snapshot, aboutIn(snapshot).generation)
    } finally {
      snapshot.close()
    }
  }

  /**
   * Takes a copy of another server's data in place of its own, at once and whole, when all of it has come and is sound.
   * @throws DirectoryError SERIAL for a copy that is cut off, contradicts itself, or has another checksum; MASTERBUSY when
   *   another copy has begun to be loaded meanwhile
   */
  async replaceAll(objects: AsyncIterable<DirectoryObject>, checksum: number, from: string): Promise<void> {
    const loaded = await loadCopy(this.store, objects, checksum)
    await this.#inTurn(async () => {
      this.refresh()
      const now = this.about()
      const revision = now.revision + 1
      const about = { ...loaded.about, revision }
      const entry = { timeMs: this.#now(), who: 'master', from, kind: 'replaceAll', object: ROOT_OBJECT } as const
      const done = await this.store.commit({
        conditions: [{ key: ABOUT_KEY, value: encodeAbout(now) }, loaded.claim],
        changes: [
          [ABOUT_KEY, encodeAbout(about)],
          [LOADING_KEY, null],
          [journalKey(revision), encodeJournal({ ...entry, path: '/', changes: [] })],
          ...expiredJournal(revision),
        ],
      })
      if (done === null) throw new DirectoryError(STATUS.MASTERBUSY, 'the domain changed while its copy was loaded')
      this.#tellOfChange()
      await sweepRemnants(this.store)
    })
  }

  /** Waits for the writes under way, then closes the store. */
  async close(): Promise<void> {
    this.#isClosing = true
    while (this.#isFlushDue) await this.#last
    await this.#last
    this.#listeners.clear()
    this.#changeListeners.clear()
    await this.store.close()
  }

  #record(object: number): Buffer | undefined {
    const { generation } = this.about()
    const bytes = this.store.get(directoryKey(generation, object))
    return bytes === undefined ? undefined : requireRecord(bytes)
  }

  async #createRoot(): Promise<void> {
    const id = { object: ROOT_OBJECT, instance: 1 }
    const record = { parent: ROOT_OBJECT, childCount: 0, rank: 0, lastRank: 0, id, properties: [] }
    const about = { ...NEW_ABOUT, count: 1, checksum: checksumAfter(0, ROOT_OBJECT, 0, 1) }
    // Another process that was first has made the same root.
    await this.store.commit({
      conditions: [{ key: ABOUT_KEY, value: null }],
      changes: [
        [ABOUT_KEY, encodeAbout(about)],
        [directoryKey(about.generation, ROOT_OBJECT), encodeRecord(record)],
      ],
    })
  }

  /** Does something when all that was asked for before it is done. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }

  #flushNext(): void {
    this.#isFlushDue = true
    void this.#inTurn(() => this.#flush())
  }

  async #flush(): Promise<void> {
    // All requests that this turn of the event loop brings become one batch; and writers of this process, which need no turn to
    // ask again, do not keep it from turning.
    await new Promise(setImmediate)
    const pending = this.#queue.splice(0, BATCH_WRITES_MAX)
    this.#isFlushDue = false
    if (this.#queue.length > 0) this.#flushNext()
    try {
      await this.#commit(pending)
    } catch (error) {
      for (const { reject } of pending) reject(asStatus(error))
    }
  }

  async #commit(pending: readonly Pending[]): Promise<void> {
    for (;;) {
      // Refusals are not compared with anything: they too must be of what there is now.
      this.refresh()
      const about = this.about()
      const draft: Draft = { overlay: new Overlay(this.store), about }
      const outcomes = pending.map((each) => this.#workOut(draft, each))
      if (draft.about !== about) {
        const done = await this.store.commit({
          conditions: [{ key: ABOUT_KEY, value: encodeAbout(about) }],
          changes: [[ABOUT_KEY, encodeAbout(draft.about)], ...draft.overlay.changes()],
        })
        // Another process was quicker: work all of it out again on what there is now.
        if (done === null) continue
        this.#tellOfChange()
      }
      this.#answer(pending, outcomes)
      return
    }
  }

  #workOut(draft: Draft, { operation, caller }: Pending): Outcome {
    const about = draft.about
    const revision = about.revision + 1
    draft.about = { ...about, revision }
    try {
      const applied = draft.overlay.attempt(() => {
        // The path of what is destroyed must be known before.
        const early = operation.kind === 'destroy' ? this.#draftPath(draft, operation.child.object) : ''
        const done = applyOperation(draft, operation, caller)
        const path = operation.kind === 'destroy' ? early : this.#draftPath(draft, done.object)
        this.#enter(draft, done, caller, path)
        return done
      })
      return { applied, revision }
    } catch (error) {
      // The others of the batch are not to suffer for it.
      draft.about = about
      return { error: error instanceof DecodeError ? new DirectoryError(STATUS.SERIAL, error.message) : error }
    }
  }

  #tellOfChange(): void {
    for (const listener of this.#changeListeners) listener()
  }

  #draftPath({ overlay, about }: Draft, object: number): string {
    return pathIn(overlay, about.generation, object)
  }

  #enter(draft: Draft, { before, after, object, operation }: Applied, caller: Caller, path: string): void {
    const { overlay, about } = draft
    const entry = { timeMs: this.#now(), who: whoIs(caller), from: caller.from, kind: operation.kind, object, path }
    overlay.put(journalKey(about.revision), encodeJournal({ ...entry, changes: changesBetween(before, after) }))
    for (const [key] of expiredJournal(about.revision)) overlay.delete(key)
  }

  #answer(pending: readonly Pending[], outcomes: readonly Outcome[]): void {
    pending.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index]
      if (outcome === undefined) return
      if ('error' in outcome) {
        reject(outcome.error)
        return
      }
      const { applied, revision } = outcome
      const result = { id: applied.id, revision, ...(applied.child === undefined ? {} : { child: applied.child }) }
      for (const listener of this.#listeners) listener(applied.operation, result)
      resolve(result)
    })
  }
}

/** A full disk is a status of the protocol. */
function asStatus(error: unknown): unknown {
  const isFull = error instanceof PortolanError && error.code === 'ERR_PORTOLAN_STORE_FULL'
  return isFull ? new DirectoryError(STATUS.NOSPACE, error.message) : error
}

/** The entry that the journal gives up for that of a revision. */
function expiredJournal(revision: number): readonly (readonly [key: Buffer, value: null])[] {
  return revision > LIMITS.journalEntries ? [[journalKey(revision - LIMITS.journalEntries), null]] : []
}

/** The children of a directory, in order. */
export function* childrenIn(reader: Reader, generation: number, parent: number): Generator<number, void, undefined> {
  for (const { value } of reader.range(childRange(generation, parent))) yield value.readUInt32BE(0)
}

function pathIn(reader: Reader, generation: number, object: number): string {
  const names: string[] = []
  let next = object
  for (let depth = 0; next !== ROOT_OBJECT && depth < PATH_DEPTH_MAX; depth += 1) {
    const bytes = reader.get(directoryKey(generation, next))
    if (bytes === undefined) break
    const parent = parentIn(bytes)
    const name = firstValueIn(bytes, NAME) ?? `dir:${next}`
    names.push(ESCAPED.test(name) ? name.replaceAll(ESCAPED_ALL, String.raw`\$&`) : name)
    next = parent
  }
  return `/${names.toReversed().join('/')}`
}
