/** Batches of the log that the engine's own file does not have yet: as they read, and as a watcher learns of them. */
import { LIMITS, XdrReader, XdrWriter } from '../core/index.ts'
import type { LogRecord } from './commit-log.ts'
import { Overlay } from './overlay.ts'
import type { Batch, Reader, StoreChange } from './store.ts'

const WORD = 4
/** Two counts, a boolean, and what both are padded with, at most. */
const CHANGE_BYTES_MORE = 5 * WORD

export class Unapplied {
  /** What the batches do to `below`, which has all batches before them. */
  readonly overlay: Overlay
  /** One a batch, in order. */
  readonly changes: readonly StoreChange[]
  readonly #changes: StoreChange[] = []

  constructor(below: Reader) {
    this.overlay = new Overlay(below)
    this.changes = this.#changes
  }

  get isEmpty(): boolean {
    return this.#changes.length === 0
  }

  /** The revision of the last batch; undefined where there is none. */
  get revision(): number | undefined {
    return this.#changes.at(-1)?.revision
  }

  /** @throws DecodeError */
  add({ revision, payload }: LogRecord): void {
    const reader = new XdrReader(payload)
    const count = reader.count('batch', payload.length, 2 * WORD)
    const keys: Buffer[] = []
    for (let change = 0; change < count; change += 1) {
      const key = view(reader, LIMITS.storeKeyBytes)
      keys.push(key)
      if (reader.bool('batch')) this.overlay.put(key, view(reader, payload.length))
      else this.overlay.delete(key)
    }
    reader.finish('batch')
    this.#changes.push({ revision, keys: keys.length > LIMITS.storeHistoryKeys ? null : keys })
  }
}

/**
 * The changes of a batch as a record of the log has them: a count, then of each the key, and the value where it is no deletion.
 * Null where they may take more than these bytes.
 */
export function encodeChanges(changes: Batch['changes'], bytesMax: number): Buffer | null {
  const bytes = changes.reduce((sum, [key, value]) => sum + key.length + (value?.length ?? 0) + CHANGE_BYTES_MORE, 0)
  if (bytes > bytesMax) return null
  const writer = new XdrWriter(WORD + bytes)
  writer.u32(changes.length)
  for (const [key, value] of changes) {
    writer.opaque(key).bool(value !== null)
    if (value !== null) writer.opaque(value)
  }
  return writer.view
}

/** An opaque where it stands: the payload is the record's own. */
function view(reader: XdrReader, maxBytes: number): Buffer {
  const { from, to } = reader.skipOpaque('batch', maxBytes)
  return reader.bytes.subarray(from, to)
}
