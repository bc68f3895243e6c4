/**
 * A directory as the store keeps it: a head of our own, then exactly what READ answers after its status.
 *
 *     0   parent(4)          8   rank(8)           24  secret from(4)     32  object(4)       40  property list (XDR)
 *     4   children(4)        16  last rank(8)      28  secret to(4)       36  instance(4)
 *
 * `secret` is where the values of the one `passwd` property stand in the record, count included, so that an answer can be
 * copied around them; 0, 0 where there is none, or none with values; from = ALL_SECRET where the record must be decoded for that.
 */
import { XdrReader, XdrWriter, paddedLength } from '../core/index.ts'
import { readRank, writeRank } from './keys.ts'
import type { Rank } from './keys.ts'
import type { Id, Properties } from './model.ts'
import { SECRET_NAME } from './secrets.ts'
import { decodeProperties } from './xdr-properties.ts'

export const HEAD_BYTES = 32
const PROPERTIES_AT = 40
/** More than one property is secret. */
export const ALL_SECRET = 0xffff_ffff

export interface DirectoryRecord {
  readonly parent: number
  readonly childCount: number
  /** Where the directory stands among its siblings. */
  readonly rank: Rank
  /** The highest rank that a child ever had. */
  readonly lastRank: Rank
  readonly id: Id
  readonly properties: Properties
}

export function encodeRecord(record: DirectoryRecord): Buffer {
  const writer = new XdrWriter()
  writer.raw(Buffer.alloc(HEAD_BYTES))
  writer.u32(record.id.object).u32(record.id.instance).u32(record.properties.length)
  let from = 0
  let to = 0
  for (const { name, values } of record.properties) {
    writer.text(name)
    const start = writer.length
    writer.u32(values.length)
    for (const value of values) writer.text(value)
    if (name === SECRET_NAME && values.length > 0) {
      from = from === 0 ? start : ALL_SECRET
      to = writer.length
    }
  }
  const bytes = writer.toBytes()
  bytes.writeUInt32BE(record.parent, 0)
  bytes.writeUInt32BE(record.childCount, 4)
  writeRank(bytes, 8, record.rank)
  writeRank(bytes, 16, record.lastRank)
  bytes.writeUInt32BE(from, 24)
  bytes.writeUInt32BE(to, 28)
  return bytes
}

export function decodeRecord(bytes: Buffer): DirectoryRecord {
  return {
    parent: parentIn(bytes),
    childCount: childCountIn(bytes),
    rank: readRank(bytes, 8),
    lastRank: readRank(bytes, 16),
    id: idIn(bytes),
    properties: propertiesIn(bytes),
  }
}

export function parentIn(bytes: Buffer): number {
  return bytes.readUInt32BE(0)
}

export function childCountIn(bytes: Buffer): number {
  return bytes.readUInt32BE(4)
}

export function instanceIn(bytes: Buffer): number {
  return bytes.readUInt32BE(36)
}

export function idIn(bytes: Buffer): Id {
  return { object: bytes.readUInt32BE(32), instance: instanceIn(bytes) }
}

export function secretIn(bytes: Buffer): { readonly from: number; readonly to: number } {
  return { from: bytes.readUInt32BE(24), to: bytes.readUInt32BE(28) }
}

export function propertiesIn(bytes: Buffer): Properties {
  return decodeProperties(new XdrReader(bytes, PROPERTIES_AT))
}

/**
 * Where the values of the first property of a name stand in a record, count included; null where it has none. It decodes
 * nothing: LIST asks it of every child.
 */
export function valuesIn(bytes: Buffer, name: Buffer): { readonly from: number; readonly to: number } | null {
  const count = bytes.readUInt32BE(PROPERTIES_AT)
  let offset = PROPERTIES_AT + 4
  for (let property = 0; property < count; property += 1) {
    const nameLength = bytes.readUInt32BE(offset)
    offset += 4
    const isWanted = nameLength === name.length && bytes.compare(name, 0, nameLength, offset, offset + nameLength) === 0
    offset += paddedLength(nameLength)
    const from = offset
    const values = bytes.readUInt32BE(offset)
    offset += 4
    for (let value = 0; value < values; value += 1) offset += 4 + paddedLength(bytes.readUInt32BE(offset))
    if (isWanted) return values === 0 ? null : { from, to: offset }
  }
  return null
}
