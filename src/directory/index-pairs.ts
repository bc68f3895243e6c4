/**
 * The index that answers LOOKUP: for each directory, which of its children have a value under a key, in the children's order.
 *
 * It answers as a scan would (protocol.md §5.1): only the first property of a name counts, and a whole value must be equal. Up
 * to INLINE_MAX children stand together under one key, as rank(8) and object(4) each; more of them get a key of their own each,
 * and the shared key then holds their count(4).
 */
import { DecodeError, bytesOf, readU64, writeU64 } from '../core/index.ts'
import type { Overlay, Reader } from '../store/index.ts'
import { indexKey, overflowKey, overflowRange, pairBytes } from './keys.ts'
import type { Rank } from './keys.ts'
import { hasSameNames } from './model.ts'
import type { Properties } from './model.ts'
import { SECRET_NAME } from './secrets.ts'

const INLINE_MAX = 32
const ENTRY_BYTES = 12
const COUNT_BYTES = 4
/** Stands for "has a secret value", whichever: what a lookup of the mask finds. No digest is all ones. */
export const SECRET_PAIR: Buffer = Buffer.concat([Buffer.from([0, 0]), Buffer.alloc(32, 0xff)])

/** The key end for a name and a value. */
export function pairOf(name: string, value: string): Buffer {
  return pairBytes(bytesOf(name), bytesOf(value))
}

/** All pairs under which a directory is found, each once. */
export function pairsOf(properties: Properties): Map<string, Buffer> {
  const pairs = new Map<string, Buffer>()
  const names = new Set<string>()
  for (const { name, values } of properties) {
    if (names.has(name)) continue
    names.add(name)
    const nameBytes = bytesOf(name)
    for (const value of values) {
      const pair = pairBytes(nameBytes, bytesOf(value))
      pairs.set(pair.toString('latin1'), pair)
    }
    if (name === SECRET_NAME && values.length > 0) pairs.set(SECRET_PAIR.toString('latin1'), SECRET_PAIR)
  }
  return pairs
}

/** The first properties of their names that the other list, of the same names, does not have as they are. */
function differing(properties: Properties, other: Properties): Properties {
  return properties.filter(
    (property, index) =>
      property !== other[index] && properties.findIndex(({ name }) => name === property.name) === index,
  )
}

/** Where a child stands in the index. */
export interface IndexPlace {
  readonly generation: number
  readonly parent: number
  readonly rank: Rank
  readonly object: number
}

/** Brings the index from what a child was to what it is; null before for a new one, null after for one that is gone. */
export function updateIndex(
  overlay: Overlay,
  place: IndexPlace,
  before: Properties | null,
  after: Properties | null,
): void {
  const isSame = before !== null && after !== null && hasSameNames(before, after)
  const old = pairsOf(isSame ? differing(before, after) : (before ?? []))
  const now = pairsOf(isSame ? differing(after, before) : (after ?? []))
  for (const [text, pair] of old) if (!now.has(text)) removeEntry(overlay, place, pair)
  for (const [text, pair] of now) if (!old.has(text)) addEntry(overlay, place, pair)
}

function addEntry(overlay: Overlay, { generation, parent, rank, object }: IndexPlace, pair: Buffer): void {
  const key = indexKey(generation, parent, pair)
  const found = entriesIn(overlay, key)
  if (found === undefined) {
    overlay.put(key, entryBytes(rank, object))
  } else if (isOverflowing(found)) {
    overlay.put(overflowKey(key, rank), objectBytes(object))
    overlay.put(key, objectBytes(countIn(found) + 1))
  } else if (found.length / ENTRY_BYTES < INLINE_MAX) {
    overlay.put(key, insertSorted(found, rank, object))
  } else {
    const copy = Buffer.from(found)
    for (let at = 0; at < copy.length; at += ENTRY_BYTES)
      overlay.put(overflowKey(key, readU64(copy, at)), objectBytes(copy.readUInt32BE(at + 8)))
    overlay.put(overflowKey(key, rank), objectBytes(object))
    overlay.put(key, objectBytes(INLINE_MAX + 1))
  }
}

function removeEntry(overlay: Overlay, { generation, parent, rank, object }: IndexPlace, pair: Buffer): void {
  const key = indexKey(generation, parent, pair)
  const found = entriesIn(overlay, key)
  if (found === undefined) return
  if (isOverflowing(found)) {
    const left = countIn(found) - 1
    overlay.delete(overflowKey(key, rank))
    if (left === 0) overlay.delete(key)
    else overlay.put(key, objectBytes(left))
    return
  }
  const kept: Buffer[] = []
  for (let at = 0; at < found.length; at += ENTRY_BYTES)
    if (found.readUInt32BE(at + 8) !== object) kept.push(Buffer.from(found.subarray(at, at + ENTRY_BYTES)))
  if (kept.length === 0) overlay.delete(key)
  else overlay.put(key, Buffer.concat(kept))
}

/** The children found under a pair, in their order. */
export function readIndex(reader: Reader, generation: number, parent: number, pair: Buffer): number[] {
  return readIndexAt(reader, indexKey(generation, parent, pair))
}

/** The children under an index key, in their order. */
export function readIndexAt(reader: Reader, key: Buffer): number[] {
  const objects: number[] = []
  const found = entriesIn(reader, key)
  if (found === undefined) return objects
  if (isOverflowing(found)) {
    for (const { value } of reader.range(overflowRange(key))) objects.push(value.readUInt32BE(0))
    return objects
  }
  for (let at = 8; at < found.length; at += ENTRY_BYTES) objects.push(found.readUInt32BE(at))
  return objects
}

/** The first child under a pair; -1 where there is none. The hot path of LOOKUPREAD. */
export function readFirstInIndex(reader: Reader, key: Buffer): number {
  const found = entriesIn(reader, key)
  if (found === undefined) return -1
  if (found.length !== COUNT_BYTES) return found.readUInt32BE(8)
  for (const { value } of reader.range(overflowRange(key), { limit: 1 })) return value.readUInt32BE(0)
  return -1
}

/** What stands under an index key: a count, or whole entries. */
function entriesIn(reader: Reader, key: Buffer): Buffer | undefined {
  const found = reader.get(key)
  if (found === undefined || found.length === COUNT_BYTES) return found
  if (found.length === 0 || found.length % ENTRY_BYTES !== 0)
    throw new DecodeError('index', found.length, 'its length is none of whole entries')
  return found
}

function isOverflowing(value: Buffer): boolean {
  return value.length === COUNT_BYTES
}

function countIn(value: Buffer): number {
  const count = value.readUInt32BE(0)
  if (count === 0 || count === 0xffff_ffff) throw new DecodeError('index', 0, `${count} is no count`)
  return count
}

function objectBytes(object: number): Buffer {
  const bytes = Buffer.allocUnsafe(COUNT_BYTES)
  bytes.writeUInt32BE(object, 0)
  return bytes
}

function entryBytes(rank: Rank, object: number): Buffer {
  const bytes = Buffer.allocUnsafe(ENTRY_BYTES)
  writeU64(bytes, 0, rank)
  bytes.writeUInt32BE(object, 8)
  return bytes
}

function insertSorted(entries: Buffer, rank: Rank, object: number): Buffer {
  let at = entries.length
  while (at > 0 && readU64(entries, at - ENTRY_BYTES) > rank) at -= ENTRY_BYTES
  return Buffer.concat([entries.subarray(0, at), entryBytes(rank, object), entries.subarray(at)])
}
