/**
 * What the site itself keeps: sessions, tokens, the audit list, what visitors said of pages. The directory's domains have stores of
 * their own; this one lies in a folder beside them, for a file beside them would be taken for a domain.
 *
 * Keys are ASCII, each part's behind a prefix of its own: `audit/`, `failed/`, `feedback/`, `session/`, `token/`.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { LmdbStore } from '../store/index.ts'
import type { KeyRange, Store } from '../store/index.ts'

const FOLDER = 'web'
const FILE = 'site.mdb'
const PRIVATE_MODE = 0o700
/** Sorts after every key that begins with the prefix: ASCII ends below it. */
const AFTER_ASCII = 0xff

/**
 * Opens the store of the site that serves a data folder.
 * @throws ERR_PORTOLAN_STORE_UNREADABLE, ERR_PORTOLAN_STORE_VERSION
 */
export function openWebStore(dataFolder: string): LmdbStore {
  const folder = join(dataFolder, FOLDER)
  mkdirSync(folder, { recursive: true, mode: PRIVATE_MODE })
  return LmdbStore.open(join(folder, FILE))
}

/** All keys that begin with a prefix. */
export function keysFrom(prefix: string): KeyRange {
  const from = Buffer.from(prefix, 'latin1')
  return { from, to: Buffer.concat([from, Buffer.of(AFTER_ASCII)]) }
}

/** The records of one prefix, as JSON: read from the store each time, so that what another process ends is ended here too. */
export class WebTable<T> {
  readonly #store: Store
  readonly #prefix: string
  readonly #schema: v.GenericSchema<unknown, T>

  constructor(store: Store, prefix: string, schema: v.GenericSchema<unknown, T>) {
    this.#store = store
    this.#prefix = prefix
    this.#schema = schema
  }

  /** Undefined where there is none, or one of another version that cannot be read. */
  get(key: string): T | undefined {
    const bytes = this.#store.get(this.#keyOf(key))
    return bytes === undefined ? undefined : this.#read(bytes)
  }

  /** In order of their keys. */
  *all({ isReverse = false, limit }: { readonly isReverse?: boolean; readonly limit?: number } = {}): Generator<
    readonly [key: string, record: T],
    void,
    undefined
  > {
    const range = keysFrom(this.#prefix)
    for (const { key, value } of this.#store.range(range, { isReverse, ...(limit === undefined ? {} : { limit }) })) {
      const record = this.#read(value)
      if (record !== undefined) yield [key.toString('latin1').slice(this.#prefix.length), record]
    }
  }

  /** Kept when it is on disk. @throws ERR_PORTOLAN_STORE_FULL */
  async put(key: string, record: T): Promise<void> {
    await this.#store.commit({
      conditions: [],
      changes: [[this.#keyOf(key), Buffer.from(JSON.stringify(record))]],
    })
  }

  /** Puts a record in place of one that is still there; false where it was removed meanwhile. */
  async replace(key: string, change: (record: T) => T): Promise<boolean> {
    const bytes = this.#store.get(this.#keyOf(key))
    if (bytes === undefined) return false
    const value = Buffer.from(bytes)
    const record = this.#read(value)
    if (record === undefined) return false
    const revision = await this.#store.commit({
      conditions: [{ key: this.#keyOf(key), value }],
      changes: [[this.#keyOf(key), Buffer.from(JSON.stringify(change(record)))]],
    })
    return revision !== null
  }

  async remove(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return
    await this.#store.commit({ conditions: [], changes: keys.map((key) => [this.#keyOf(key), null] as const) })
  }

  #keyOf(key: string): Buffer {
    return Buffer.from(`${this.#prefix}${key}`, 'latin1')
  }

  #read(bytes: Buffer): T | undefined {
    try {
      const result = v.safeParse(this.#schema, JSON.parse(bytes.toString()))
      return result.success ? result.output : undefined
    } catch {
      // Damaged: it counts as none, and is swept when its time is over.
      return undefined
    }
  }
}
