/**
 * Works out one write over an overlay: the checks in the protocol's order (protocol.md §5.1, §8.3), then the changes.
 *
 * Nothing is changed before the last check has passed.
 */
import { writeU64 } from '../core/index.ts'
import type { Overlay } from '../store/index.ts'
import { requireDirectoryAccess, requirePropertyAccess } from './access.ts'
import { checksumAfter } from './about.ts'
import type { About } from './about.ts'
import { updateIndex } from './index-pairs.ts'
import { childKey, childRange, directoryKey, freeKey, freeRange, objectOf, rankAtEnd, stampKey } from './keys.ts'
import { ROOT_OBJECT } from './model.ts'
import type { Id, Properties, Property } from './model.ts'
import type { Caller, WriteOperation } from './operation.ts'
import { decodeRecord, encodeRecord } from './record.ts'
import type { DirectoryRecord } from './record.ts'
import { MASK, SECRET_NAME, unmaskProperties, unmaskValues } from './secrets.ts'
import { objectValue, rankFor } from './siblings.ts'
import { DirectoryError, STATUS } from './status.ts'
import { requireRoom, withinLimits } from './strings.ts'

/** The last instance of a number that no directory had: the first one is then 0 (protocol.md §2.1, line A). */
const NEVER_USED = 0xffff_ffff
/** How far beyond the highest number in use a master's target may lie: each number between is remembered as free. */
const TARGET_GAP_MAX = 100_000

/** A domain's state while writes are worked out. */
export interface Draft {
  readonly overlay: Overlay
  about: About
}

/** What a write did. */
export interface Applied {
  /** The new id of the directory written, or of the parent. */
  readonly id: Id
  readonly child?: Id
  /** The directory that changed, came or went, and its property lists; null where it was not, or is not any more. */
  readonly object: number
  readonly before: Properties | null
  readonly after: Properties | null
  /** As it was done: what a clone does to come to the same. */
  readonly operation: WriteOperation
}

/** @throws DirectoryError with the status that the protocol gives */
export function applyOperation(draft: Draft, given: WriteOperation, caller: Caller): Applied {
  const operation = withinLimits(given)
  if (operation.kind === 'create') return create(draft, operation, caller)
  if (operation.kind === 'destroy') return destroy(draft, operation, caller)
  const record = requireFresh(draft, operation.id)
  const changed = changeProperties(record.properties, operation, caller)
  const after = caller.isMaster === true ? changed : keepSecrets(record.properties, changed, operation)
  requireRoom(after)
  const canonical = asDone(operation, record.properties, after)
  const id = replaceProperties(draft, record, after)
  return { id, object: id.object, before: record.properties, after, operation: canonical }
}

type PropertyOperation = Exclude<WriteOperation, { readonly kind: 'create' | 'destroy' }>

/** The property list after an operation on it. */
function changeProperties(properties: Properties, operation: PropertyOperation, caller: Caller): Properties {
  switch (operation.kind) {
    case 'write':
      requireDirectoryAccess(properties, caller)
      return operation.properties
    case 'createProperty':
      requireDirectoryAccess(properties, caller)
      return inserted(properties, operation.where, operation.property)
    case 'destroyProperty':
      requireProperty(properties, operation.index)
      requireDirectoryAccess(properties, caller)
      return properties.toSpliced(operation.index, 1)
    case 'renameProperty': {
      const property = requireProperty(properties, operation.index)
      requireDirectoryAccess(properties, caller)
      return properties.with(operation.index, { name: operation.name, values: property.values })
    }
    case 'writeProperty': {
      const property = requireProperty(properties, operation.index)
      requirePropertyAccess(properties, property.name, caller, true)
      return properties.with(operation.index, { name: property.name, values: operation.values })
    }
    case 'createValue': {
      const property = requireProperty(properties, operation.index)
      requirePropertyAccess(properties, property.name, caller, false)
      const values = inserted(property.values, operation.where, operation.value)
      return properties.with(operation.index, { name: property.name, values })
    }
    case 'destroyValue': {
      const property = requireProperty(properties, operation.index)
      requireValue(property, operation.at)
      requirePropertyAccess(properties, property.name, caller, false)
      return properties.with(operation.index, {
        name: property.name,
        values: property.values.toSpliced(operation.at, 1),
      })
    }
    case 'writeValue':
      break
  }
  const property = requireProperty(properties, operation.index)
  requireValue(property, operation.at)
  requirePropertyAccess(properties, property.name, caller, false)
  const values = property.values.with(operation.at, operation.value)
  return properties.with(operation.index, { name: property.name, values })
}

/**
 * The property list that a client means: the mask that it read, written back, stands for what is there; and under another name a
 * secret would be shown, so that it does not go there.
 */
function keepSecrets(before: Properties, after: Properties, operation: PropertyOperation): Properties {
  if (operation.kind === 'write') return unmaskProperties(before, after)
  const index = 'index' in operation ? operation.index : -1
  const [old, now] = [before[index], after[index]]
  if (old?.name !== SECRET_NAME || now === undefined) return after
  if (operation.kind === 'renameProperty' && now.name !== SECRET_NAME && old.values.length > 0)
    return after.with(index, { name: now.name, values: [MASK] })
  // Of several values a client sees one mask, at the place of the first.
  if (operation.kind === 'writeValue' && operation.value === MASK) return before
  if (operation.kind !== 'writeProperty') return after
  return after.with(index, { name: now.name, values: unmaskValues(now.name, old.values, now.values) })
}

/** A mask that a client wrote back stands for the value that was there: a clone must be told that value. */
function asDone(operation: PropertyOperation, before: Properties, after: Properties): WriteOperation {
  const isSecretRenamed =
    operation.kind === 'renameProperty' && after[operation.index]?.values !== before[operation.index]?.values
  if (operation.kind === 'write' || isSecretRenamed) return { kind: 'write', id: operation.id, properties: after }
  if (operation.kind === 'writeProperty')
    return { ...operation, values: after[operation.index]?.values ?? operation.values }
  if (operation.kind === 'writeValue') {
    const value = after[operation.index]?.values[operation.at] ?? before[operation.index]?.values[operation.at]
    return { ...operation, value: value ?? operation.value }
  }
  return operation
}

function create(
  draft: Draft,
  operation: Extract<WriteOperation, { readonly kind: 'create' }>,
  caller: Caller,
): Applied {
  const { overlay } = draft
  const parent = requireFresh(draft, operation.parent)
  requireDirectoryAccess(parent.properties, caller)
  const { generation } = draft.about
  const child = operation.target ?? nextId(draft)
  if (overlay.get(directoryKey(generation, child.object)) !== undefined) throw new DirectoryError(STATUS.ALIVE)
  takeNumber(draft, child.object)
  const family = { generation, parent: parent.id.object, childCount: parent.childCount, lastRank: parent.lastRank }
  const rank = rankFor(overlay, family, operation.where)
  const record = {
    parent: parent.id.object,
    childCount: 0,
    rank,
    lastRank: 0,
    id: child,
    properties: operation.properties,
  }
  overlay.put(directoryKey(generation, child.object), encodeRecord(record))
  overlay.put(childKey(generation, parent.id.object, rank), objectValue(child.object))
  const place = { generation, parent: parent.id.object, rank, object: child.object }
  updateIndex(overlay, place, null, operation.properties)
  const lastRank =
    operation.where >= parent.childCount ? rank : Math.max(parent.lastRank, lastRankOf(draft, parent.id.object))
  const id = grown(draft, { ...parent, lastRank }, 1)
  draft.about = {
    ...draft.about,
    count: draft.about.count + 1,
    checksum: checksumAfter(draft.about.checksum, child.object, 0, child.instance),
  }
  return {
    id,
    child,
    object: child.object,
    before: null,
    after: operation.properties,
    operation: { ...operation, target: child },
  }
}

function destroy(
  draft: Draft,
  operation: Extract<WriteOperation, { readonly kind: 'destroy' }>,
  caller: Caller,
): Applied {
  const { overlay } = draft
  const parent = requireFresh(draft, operation.parent)
  requireDirectoryAccess(parent.properties, caller)
  const child = requireFresh(draft, operation.child)
  if (child.childCount > 0) throw new DirectoryError(STATUS.NOTEMPTY)
  const { object, instance } = child.id
  if (child.parent !== parent.id.object || object === ROOT_OBJECT) throw new DirectoryError(STATUS.UNRELATED)
  const { generation } = draft.about
  const place = { generation, parent: parent.id.object, rank: child.rank, object }
  updateIndex(overlay, place, child.properties, null)
  overlay.delete(directoryKey(generation, object))
  overlay.delete(childKey(generation, parent.id.object, child.rank))
  overlay.delete(stampKey(generation, object))
  // The number's last instance is kept, so that an id of its former life stays stale (protocol.md §2.1, line N).
  overlay.put(freeKey(generation, object), objectValue(instance))
  const id = grown(draft, parent, -1)
  draft.about = {
    ...draft.about,
    count: draft.about.count - 1,
    free: draft.about.free + 1,
    checksum: checksumAfter(draft.about.checksum, object, instance, 0),
  }
  return { id, object, before: child.properties, after: null, operation }
}

/** The directory of a write id. */
function requireFresh({ overlay, about }: Draft, id: Id): DirectoryRecord {
  const bytes = overlay.get(directoryKey(about.generation, id.object))
  if (bytes === undefined) throw new DirectoryError(STATUS.NODIR)
  const record = decodeRecord(bytes)
  if (record.id.instance !== id.instance) throw new DirectoryError(STATUS.STALE)
  return record
}

function requireProperty(properties: Properties, index: number): Property {
  const property = properties[index]
  if (property === undefined) throw new DirectoryError(STATUS.NOPROP)
  return property
}

function requireValue(property: Property, at: number): void {
  if (property.values[at] === undefined) throw new DirectoryError(STATUS.NONAME)
}

function inserted<T>(list: readonly T[], where: number, item: T): readonly T[] {
  return list.toSpliced(Math.min(where, list.length), 0, item)
}

/** Puts another property list into a directory; its instance goes up by one. */
function replaceProperties(draft: Draft, record: DirectoryRecord, properties: Properties): Id {
  const { overlay } = draft
  const { generation } = draft.about
  const id = raised(draft, record.id)
  overlay.put(directoryKey(generation, id.object), encodeRecord({ ...record, id, properties }))
  if (id.object !== ROOT_OBJECT) {
    const place = { generation, parent: record.parent, rank: record.rank, object: id.object }
    updateIndex(overlay, place, record.properties, properties)
    stamp(draft, record.parent)
  }
  return id
}

/** A parent with one child more or less; its instance goes up by one. */
function grown(draft: Draft, parent: DirectoryRecord, by: number): Id {
  const { generation } = draft.about
  const id = raised(draft, parent.id)
  const childCount = parent.childCount + by
  draft.overlay.put(directoryKey(generation, id.object), encodeRecord({ ...parent, id, childCount }))
  stamp(draft, id.object)
  return id
}

function raised(draft: Draft, { object, instance }: Id): Id {
  const next = (instance + 1) >>> 0
  draft.about = { ...draft.about, checksum: checksumAfter(draft.about.checksum, object, instance, next) }
  return { object, instance: next }
}

/** Notes that the children of a directory are not what they were: answers kept about them are out of date. */
function stamp({ overlay, about }: Draft, parent: number): void {
  const bytes = Buffer.allocUnsafe(8)
  writeU64(bytes, 0, about.revision)
  overlay.put(stampKey(about.generation, parent), bytes)
}

/** The lowest number that no directory has (protocol.md §2.1). */
function nextId({ overlay, about }: Draft): Id {
  if (about.free > 0) {
    for (const { key, value } of overlay.range(freeRange(about.generation), { limit: 1 }))
      return { object: objectOf(key), instance: (value.readUInt32BE(0) + 1) >>> 0 }
  }
  return { object: about.highest + 1, instance: 0 }
}

function takeNumber(draft: Draft, object: number): void {
  const { overlay, about } = draft
  const key = freeKey(about.generation, object)
  if (overlay.get(key) !== undefined) {
    overlay.delete(key)
    draft.about = { ...about, free: about.free - 1 }
    return
  }
  if (object > about.highest + TARGET_GAP_MAX) throw new DirectoryError(STATUS.NOSPACE, `the id ${object} is too large`)
  // A number beyond the next, which only a master's target names, leaves free ones behind.
  for (let skipped = about.highest + 1; skipped < object; skipped += 1)
    overlay.put(freeKey(about.generation, skipped), objectValue(NEVER_USED))
  draft.about = {
    ...about,
    free: about.free + Math.max(0, object - about.highest - 1),
    highest: Math.max(about.highest, object),
  }
}

function lastRankOf({ overlay, about }: Draft, parent: number): number {
  for (const { key } of overlay.range(childRange(about.generation, parent), { isReverse: true, limit: 1 }))
    return rankAtEnd(key)
  return 0
}
