/** Going through a whole domain, each directory before its children, with no more in memory than the way down to one. */
import type { Reader } from '../store/index.ts'
import { childRange, directoryKey } from './keys.ts'
import { ROOT_OBJECT } from './model.ts'
import type { DirectoryObject } from './model.ts'
import { childCountIn, decodeRecord } from './record.ts'

/** The protocol knows no depth; a tree of people and machines has five levels. */
const DEPTH_MAX = 10_000

/** The records of a reader's moment, in the order of READALL (protocol.md §9). */
export function* walkRecords(reader: Reader, generation: number): Generator<Buffer, void, undefined> {
  const ways: Iterator<{ readonly value: Buffer }>[] = []
  const enter = (object: number): Buffer | undefined => {
    const found = reader.get(directoryKey(generation, object))
    if (found === undefined) return undefined
    const bytes = Buffer.from(found)
    // Most directories have no children: to begin a range for them costs more than all else.
    if (childCountIn(bytes) > 0 && ways.length < DEPTH_MAX)
      ways.push(reader.range(childRange(generation, object))[Symbol.iterator]())
    return bytes
  }
  const root = enter(ROOT_OBJECT)
  if (root === undefined) return
  yield root
  try {
    for (let way = ways.at(-1); way !== undefined; way = ways.at(-1)) {
      const next = way.next()
      if (next.done === true) {
        ways.pop()
        continue
      }
      const record = enter(next.value.value.readUInt32BE(0))
      if (record !== undefined) yield record
    }
  } finally {
    for (const way of ways) way.return?.()
  }
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
