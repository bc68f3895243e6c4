/**
 * The journal of a domain: for each write who did it, when, from where, and what was before and after.
 *
 * Of a property only what changed is kept: the values between those that are the same at the start and at the end. Secret
 * values are never in it, only that they changed.
 */
import { DecodeError, XdrReader, XdrWriter } from '../core/index.ts'
import { MODEL_LIMITS, hasSameNames } from './model.ts'
import type { Properties } from './model.ts'
import type { Caller, WriteKind } from './operation.ts'
import { MASK, SECRET_NAME } from './secrets.ts'
import { decodeNames, encodeNames } from './xdr-properties.ts'

/** What happened to one property. */
export interface PropertyChange {
  readonly name: string
  /** How many values at the start are the same before and after. */
  readonly at: number
  /** The values that went; null where the property is new. */
  readonly before: readonly string[] | null
  /** The values that came; null where the property is gone. */
  readonly after: readonly string[] | null
}

export type JournalKind = WriteKind | 'replaceAll'

export interface JournalEntry {
  readonly revision: number
  /** Milliseconds since 1970. */
  readonly timeMs: number
  readonly who: string
  readonly from: string
  readonly kind: JournalKind
  /** The directory that changed, came or went. */
  readonly object: number
  /** Its path by names at that time: `/users/pia`. */
  readonly path: string
  readonly changes: readonly PropertyChange[]
}

const KINDS: readonly JournalKind[] = [
  'create',
  'destroy',
  'write',
  'createProperty',
  'destroyProperty',
  'writeProperty',
  'renameProperty',
  'createValue',
  'destroyValue',
  'writeValue',
  'replaceAll',
]
const TWO_32 = 0x1_0000_0000
const PATH_BYTES_MAX = 1024 * 1024
/** A longer path is cut off: three bytes of UTF-8 a unit at most. */
const PATH_CHARS_MAX = 65_536

export function encodeJournal(entry: Omit<JournalEntry, 'revision'>): Buffer {
  const writer = new XdrWriter()
  writer.u32(Math.floor(entry.timeMs / TWO_32)).u32(entry.timeMs % TWO_32)
  writer.text(entry.who).text(entry.from).u32(KINDS.indexOf(entry.kind)).u32(entry.object)
  writer.text(entry.path.slice(0, PATH_CHARS_MAX))
  writer.u32(entry.changes.length)
  for (const { name, at, before, after } of entry.changes) {
    writer.text(name).u32(at)
    for (const values of [before, after]) {
      writer.bool(values !== null)
      if (values !== null) encodeNames(writer, values)
    }
  }
  return writer.toBytes()
}

/** @throws DecodeError */
export function decodeJournal(revision: number, bytes: Buffer): JournalEntry {
  const reader = new XdrReader(bytes)
  const timeMs = reader.u32('time') * TWO_32 + reader.u32('time')
  const who = reader.text('who', MODEL_LIMITS.stringBytes)
  const from = reader.text('from', MODEL_LIMITS.stringBytes)
  const kind = KINDS[reader.u32('kind')]
  if (kind === undefined) throw new DecodeError('kind', reader.offset, 'an unknown kind of write')
  const object = reader.u32('object')
  const path = reader.text('path', PATH_BYTES_MAX)
  const count = reader.count('changes', 2 * MODEL_LIMITS.properties, 16)
  const changes = Array.from({ length: count }, () => ({
    name: reader.text('name', MODEL_LIMITS.stringBytes),
    at: reader.u32('at'),
    before: reader.bool('before') ? decodeNames(reader) : null,
    after: reader.bool('after') ? decodeNames(reader) : null,
  }))
  reader.finish('journal')
  return { revision, timeMs, who, from, kind, object, path, changes }
}

/** Who a journal names for a caller. */
export function whoIs({ kind, name }: Caller): string {
  return kind === 'anonymous' ? 'anonymous' : name
}

/** What changed from one property list to another; null stands for no directory. Properties of one name are paired in order. */
export function changesBetween(before: Properties | null, after: Properties | null): readonly PropertyChange[] {
  if (before !== null && after !== null && hasSameNames(before, after)) {
    return before.flatMap((old, index) => {
      const now = after[index]
      return old === now ? [] : (valuesChange(old.name, old.values, now?.values ?? null) ?? [])
    })
  }
  const changes: PropertyChange[] = []
  const list = after ?? []
  // By name, as there may be 65,535 of them; the first of each name stands last, for `pop`.
  const places = Map.groupBy([...list.keys()].toReversed(), (at) => list[at]?.name)
  const paired = new Set<number>()
  for (const old of before ?? []) {
    const at = places.get(old.name)?.pop()
    if (at !== undefined) paired.add(at)
    const change = valuesChange(old.name, old.values, at === undefined ? null : (list[at]?.values ?? null))
    if (change !== null) changes.push(change)
  }
  for (const [at, { name, values }] of list.entries())
    if (!paired.has(at)) changes.push({ name, at: 0, before: null, after: shown(name, values) })
  return changes
}

function valuesChange(name: string, before: readonly string[], after: readonly string[] | null): PropertyChange | null {
  if (after === null) return { name, at: 0, before: shown(name, before), after: null }
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1
  if (start === before.length && start === after.length) return null
  let end = 0
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end += 1
  return {
    name,
    at: start,
    before: shown(name, before.slice(start, before.length - end)),
    after: shown(name, after.slice(start, after.length - end)),
  }
}

function shown(name: string, values: readonly string[]): readonly string[] {
  return name === SECRET_NAME ? values.map(() => MASK) : values
}
