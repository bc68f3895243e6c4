/**
 * A directory as the store keeps it: a head of our own, then exactly what READ answers after its status.
 *
 *     0   parent(4)          8   rank(8)           24  secret from(4)     32  object(4)       40  property list (XDR)
 *     4   children(4)        16  last rank(8)      28  secret to(4)       36  instance(4)
 *
 * `secret` is where the values of the one `passwd` property stand in the record, count included, so that an answer can be
 * copied around them; 0, 0 where there is none, or none with values; from = ALL_SECRET where the record must be decoded for that.
 */
import { DecodeError, XdrReader, XdrWriter, paddedLength, readU64, writeU64 } from '../core/index.ts'
import type { Rank } from './keys.ts'
import { MODEL_LIMITS } from './model.ts'
import type { Id, Properties } from './model.ts'
import { SECRET_NAME } from './secrets.ts'
import { decodeProperties } from './xdr-properties.ts'

export const HEAD_BYTES = 32
const PROPERTIES_AT = 40
const WORD = 4
const EMPTY_HEAD = Buffer.alloc(HEAD_BYTES)
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
  writer.raw(EMPTY_HEAD)
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
  writeU64(bytes, 8, record.rank)
  writeU64(bytes, 16, record.lastRank)
  bytes.writeUInt32BE(from, 24)
  bytes.writeUInt32BE(to, 28)
  return bytes
}

/**
 * The bytes of a record, long enough to have its head and a count.
 * @throws DecodeError
 */
export function requireRecord(bytes: Buffer): Buffer {
  if (bytes.length < PROPERTIES_AT + WORD) throw new DecodeError('record', bytes.length, 'the record is too short')
  return bytes
}

/** @throws DecodeError */
export function decodeRecord(bytes: Buffer): DirectoryRecord {
  const properties = propertiesIn(bytes)
  return {
    parent: parentIn(bytes),
    childCount: childCountIn(bytes),
    rank: readU64(bytes, 8),
    lastRank: readU64(bytes, 16),
    id: idIn(bytes),
    properties,
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

/** @throws DecodeError, also for a record too short to have a head */
export function propertiesIn(bytes: Buffer): Properties {
  const reader = new XdrReader(bytes, PROPERTIES_AT)
  const properties = decodeProperties(reader, 'record')
  reader.finish('record')
  return properties
}

/**
 * Where the values of the first property of a name stand in a record, count included; null where it has none. It decodes
 * nothing: LIST asks it of every child.
 * @throws DecodeError
 */
export function valuesIn(bytes: Buffer, name: Buffer): { readonly from: number; readonly to: number } | null {
  const count = wordAt(bytes, PROPERTIES_AT)
  let offset = PROPERTIES_AT + WORD
  for (let property = 0; property < count; property += 1) {
    const nameLength = wordAt(bytes, offset)
    const nameAt = offset + WORD
    const from = afterString(bytes, offset, nameLength)
    const isWanted = nameLength === name.length && bytes.compare(name, 0, nameLength, nameAt, nameAt + nameLength) === 0
    const values = wordAt(bytes, from)
    offset = from + WORD
    for (let value = 0; value < values; value += 1) offset = afterString(bytes, offset, wordAt(bytes, offset))
    if (isWanted) return values === 0 ? null : { from, to: offset }
  }
  return null
}

/** The first value of the first property of a name, without decoding the others. */
export function firstValueIn(bytes: Buffer, name: Buffer): string | undefined {
  const found = valuesIn(bytes, name)
  return found === null ? undefined : new XdrReader(bytes, found.from + WORD).text('record', MODEL_LIMITS.stringBytes)
}

function wordAt(bytes: Buffer, offset: number): number {
  if (offset + WORD > bytes.length) throw new DecodeError('record', offset, 'the record ends too early')
  return bytes.readUInt32BE(offset)
}

function afterString(bytes: Buffer, offset: number, lengthBytes: number): number {
  if (lengthBytes > bytes.length - offset - WORD) throw new DecodeError('record', offset, 'a string ends too late')
  return offset + WORD + paddedLength(lengthBytes)
}
