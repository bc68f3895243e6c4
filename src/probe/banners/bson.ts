/** As much of BSON (bsonspec.org, 1.1) as a question to MongoDB needs: flat documents out, and of what comes the simple values. */
import { LIMITS } from '../../core/index.ts'

export type BsonValue = number | string | boolean

const DOUBLE = 0x01
const STRING = 0x02
const BOOLEAN = 0x08
const INT32 = 0x10
const INT64 = 0x12
/** Kinds whose value has a length of its own that it does not say: in bytes. */
const FIXED_BYTES: ReadonlyMap<number, number> = new Map([
  [0x06, 0],
  [0x07, 12],
  [0x09, 8],
  [0x0a, 0],
  [0x11, 8],
  [0x13, 16],
  [0x7f, 0],
  [0xff, 0],
])
const FIELDS_MAX = 256

/** A document of these fields; numbers become int32. */
export function encodeBson(fields: Readonly<Record<string, BsonValue>>): Buffer {
  const parts: Buffer[] = []
  for (const [name, value] of Object.entries(fields)) {
    const kind = typeof value === 'string' ? STRING : typeof value === 'number' ? INT32 : BOOLEAN
    parts.push(Buffer.of(kind), Buffer.from(`${name}\0`), encodeValue(value))
  }
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(4)
  head.writeInt32LE(body.length + 5)
  return Buffer.concat([head, body, Buffer.of(0)])
}

function encodeValue(value: BsonValue): Buffer {
  if (typeof value === 'boolean') return Buffer.of(value ? 1 : 0)
  const bytes = Buffer.alloc(4)
  if (typeof value === 'number') {
    bytes.writeInt32LE(value)
    return bytes
  }
  const text = Buffer.from(`${value}\0`)
  bytes.writeInt32LE(text.length)
  return Buffer.concat([bytes, text])
}

/**
 * The numbers, texts and booleans at the top of a document; what is nested is passed over by its length.
 * @throws RangeError where it is cut short or a kind is unknown
 */
export function decodeBson(bytes: Buffer): ReadonlyMap<string, BsonValue> {
  const end = bytes.readInt32LE(0) - 1
  if (end < 4 || end >= bytes.length || end > LIMITS.bannerBytes) throw new RangeError('the document is cut short')
  const values = new Map<string, BsonValue>()
  let at = 4
  for (let count = 0; at < end && count < FIELDS_MAX; count += 1) {
    const kind = bytes.readUInt8(at)
    const nameEnd = bytes.indexOf(0, at + 1)
    if (nameEnd === -1 || nameEnd >= end) throw new RangeError('a name has no end')
    const from = nameEnd + 1
    const value = readValue(bytes, kind, from)
    if (value !== null) values.set(bytes.toString('utf8', at + 1, nameEnd), value)
    at = from + valueBytes(bytes, kind, from)
  }
  return values
}

function readValue(bytes: Buffer, kind: number, from: number): BsonValue | null {
  if (kind === DOUBLE) return bytes.readDoubleLE(from)
  if (kind === INT32) return bytes.readInt32LE(from)
  if (kind === INT64) return Number(bytes.readBigInt64LE(from))
  if (kind === BOOLEAN) return bytes.readUInt8(from) === 1
  return kind === STRING ? bytes.toString('utf8', from + 4, from + valueBytes(bytes, kind, from) - 1) : null
}

function valueBytes(bytes: Buffer, kind: number, from: number): number {
  if (kind === DOUBLE || kind === INT64) return 8
  if (kind === INT32) return 4
  if (kind === BOOLEAN) return 1
  const fixed = FIXED_BYTES.get(kind)
  if (fixed !== undefined) return fixed
  const lengthBytes = bytes.readInt32LE(from)
  if (lengthBytes < 0 || lengthBytes > bytes.length) throw new RangeError('a length is no length')
  // A document and an array count themselves in; a string does not; a binary has a byte for its kind besides.
  if (kind === 0x03 || kind === 0x04) return Math.max(lengthBytes, 5)
  if (kind === STRING || kind === 0x0d || kind === 0x0e) return 4 + lengthBytes
  if (kind === 0x05) return 5 + lengthBytes
  throw new RangeError(`kind ${kind} is unknown`)
}
