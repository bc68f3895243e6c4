/** Going through a whole domain, each directory before its children, with no more in memory than the way down to one. */
import type { Reader } from '../store/index.ts'
import { childRange, directoryKey, rankAtEnd } from './keys.ts'
import type { Rank } from './keys.ts'
import { ROOT_OBJECT } from './model.ts'
import type { DirectoryObject } from './model.ts'
import { childCountIn, decodeRecord } from './record.ts'

/** Children that are read at a time: of a level of the tree no more is in memory. */
const STEP = 256

/** Where the walk stands among the children of a directory. */
interface Way {
  readonly parent: number
  readonly children: number[]
  next: number
  /** The rank from which more are read; null when there are no more. */
  from: Rank | null
}

/** The records of a reader's moment, in the order of READALL (protocol.md §9), however deep they stand. */
export function* walkRecords(reader: Reader, generation: number): Generator<Buffer, void, undefined> {
  const ways: Way[] = []
  const enter = (object: number): Buffer | undefined => {
    const found = reader.get(directoryKey(generation, object))
    if (found === undefined) return undefined
    const bytes = Buffer.from(found)
    // Most directories have no children: to begin a range for them costs more than all else.
    if (childCountIn(bytes) > 0) ways.push({ parent: object, children: [], next: 0, from: 0 })
    return bytes
  }
  const root = enter(ROOT_OBJECT)
  if (root === undefined) return
  yield root
  for (let way = ways.at(-1); way !== undefined; way = ways.at(-1)) {
    if (way.next === way.children.length) readOn(reader, generation, way)
    const child = way.children[way.next]
    way.next += 1
    if (child === undefined) {
      ways.pop()
      continue
    }
    const record = enter(child)
    if (record !== undefined) yield record
  }
}

function readOn(reader: Reader, generation: number, way: Way): void {
  way.children.length = 0
  way.next = 0
  if (way.from === null) return
  let last: Rank = 0
  for (const { key, value } of reader.range(childRange(generation, way.parent, way.from), { limit: STEP })) {
    way.children.push(value.readUInt32BE(0))
    last = rankAtEnd(key)
  }
  way.from = way.children.length < STEP ? null : last + 1
}

export function* walkObjects(reader: Reader, generation: number): Generator<DirectoryObject, void, undefined> {
  for (const bytes of walkRecords(reader, generation)) {
    const { id, properties, parent, childCount } = decodeRecord(bytes)
    const children =
      childCount === 0
        ? []
        : [...reader.range(childRange(generation, id.object))].map(({ value }) => value.readUInt32BE(0))
    yield { id, properties, parent, children }
  }
}
