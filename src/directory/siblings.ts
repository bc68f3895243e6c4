/**
 * The order of children: each has a rank, and a new one gets a rank between its neighbours', so that no other has to move.
 * Where there is no room left between two, the ranks around them are spread anew.
 */
import { DecodeError } from '../core/index.ts'
import type { Overlay } from '../store/index.ts'
import { childKey, childRange, childrenBefore, directoryKey, rankAtEnd } from './keys.ts'
import type { Rank } from './keys.ts'
import { updateIndex } from './index-pairs.ts'
import { decodeRecord, encodeRecord } from './record.ts'
import type { DirectoryRecord } from './record.ts'

/** Between a child and the next one: 20 halvings. 2^53 ranks have room for 2^32 children put at the end. */
const STEP: Rank = 2 ** 20
/** The first child's: as many can be put before it, one by one, without moving any. */
const FIRST: Rank = 2 ** 45
/** How many neighbours on each side are moved at first; twice as many until they have room. */
const WINDOW = 32
const ROOMY: Rank = 2 ** 10

/** The parent as it is before the child is added. */
export interface Family {
  readonly generation: number
  readonly parent: number
  readonly childCount: number
  readonly lastRank: Rank
}

/** The rank of a child in a row that is laid at once. */
export function rankInRow(index: number): Rank {
  return FIRST + index * STEP
}

/** The rank for a new child at a position; at the end where the position is beyond it. */
export function rankFor(overlay: Overlay, family: Family, where: number): Rank {
  if (where >= family.childCount) return family.lastRank === 0 ? FIRST : family.lastRank + STEP
  const found = rankBetween(overlay, family, where)
  if (found !== null) return found
  spread(overlay, family, where)
  const again = rankBetween(overlay, family, where)
  if (again === null) throw new RangeError(`no room at position ${where} among ${family.childCount} children`)
  return again
}

function rankBetween(overlay: Overlay, { generation, parent }: Family, where: number): Rank | null {
  let before: Rank | null = null
  let position = 0
  for (const { key } of overlay.range(childRange(generation, parent))) {
    const rank = rankAtEnd(key)
    if (position === where) {
      const low: Rank = before ?? Math.max(0, rank - 2 * STEP)
      const middle = low + Math.floor((rank - low) / 2)
      return middle > low && middle < rank ? middle : null
    }
    before = rank
    position += 1
  }
  return null
}

/** Gives the children around a position ranks with room between them. */
function spread(overlay: Overlay, family: Family, where: number): void {
  const { generation, parent, childCount } = family
  const spot = rankAtPosition(overlay, family, where)
  for (let window = WINDOW; ; window *= 2) {
    const left = [
      ...overlay.range(childrenBefore(generation, parent, spot), { isReverse: true, limit: window + 1 }),
    ].toReversed()
    const right = [...overlay.range(childRange(generation, parent, spot), { limit: window + 1 })]
    // The outermost on each side stay where they are, unless there is nothing beyond.
    const low = left.length > window ? rankAtEnd(left.shift()?.key ?? Buffer.alloc(8)) : 0
    const last = right.length > window ? right.pop() : undefined
    const moved = [...left, ...right]
    const high = last === undefined ? Math.max(family.lastRank, moved.length * STEP * 2) : rankAtEnd(last.key)
    const gap = Math.floor((high - low) / (moved.length + 1))
    if (gap < ROOMY && moved.length < childCount) continue
    const objects = moved.map(({ key, value }) => ({ key: Buffer.from(key), object: value.readUInt32BE(0) }))
    for (const { key } of objects) overlay.delete(key)
    // All leave their places before any takes a new one: the new rank of one may be the old rank of another.
    const leaving = objects.map(({ object }) => takeOut(overlay, family, object))
    leaving.forEach((record, index) => putIn(overlay, family, { ...record, rank: low + gap * (index + 1) }))
    return
  }
}

function rankAtPosition(overlay: Overlay, { generation, parent }: Family, where: number): Rank {
  let position = 0
  for (const { key } of overlay.range(childRange(generation, parent))) {
    if (position === where) return rankAtEnd(key)
    position += 1
  }
  return 0
}

/** A child's record, when it stands in the index no more. */
function takeOut(overlay: Overlay, { generation, parent }: Family, object: number): DirectoryRecord {
  const bytes = overlay.get(directoryKey(generation, object))
  if (bytes === undefined) throw new DecodeError('children', 0, `directory ${object} is not there`)
  const record = decodeRecord(bytes)
  updateIndex(overlay, { generation, parent, rank: record.rank, object }, record.properties, null)
  return record
}

function putIn(overlay: Overlay, { generation, parent }: Family, record: DirectoryRecord): void {
  const { object } = record.id
  updateIndex(overlay, { generation, parent, rank: record.rank, object }, null, record.properties)
  overlay.put(directoryKey(generation, object), encodeRecord(record))
  overlay.put(childKey(generation, parent, record.rank), objectValue(object))
}

/** An object number as a value. */
export function objectValue(object: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(object, 0)
  return bytes
}
