/**
 * XDR (RFC 4506), the form in which NetInfo speaks and Portolan stores: big-endian words of four bytes, counted strings
 * padded with zeros to a multiple of four.
 *
 * A reader owns its bounds: every length is checked against what is left, and against the caller's limit, before anything
 * is allocated. What does not decode is a `DecodeError` that names the offset and the place.
 */
// The global of this name is a getter, which code on a hot path pays for each time: 10 ns.
import { Buffer } from 'node:buffer'
import { byteLengthOf, bytesOf, textOf } from './text.ts'

const WORD = 4
const INITIAL_BYTES = 256
/** What a decoder of UTF-8 gives for bytes that are none. */
const REPLACEMENT = '\uFFFD'

/** Bytes from outside that are not what they should be: at which offset, and in which part. */
export class DecodeError extends Error {
  override readonly name: string = 'DecodeError'
  readonly code: string = 'ERR_PORTOLAN_DECODE'
  readonly offset: number
  readonly place: string

  constructor(place: string, offset: number, problem: string) {
    super(`${place}: ${problem}, at byte ${offset}`)
    this.offset = offset
    this.place = place
  }
}

/** The bytes that an opaque or a string of this length takes after its count. */
export function paddedLength(lengthBytes: number): number {
  return (lengthBytes + WORD - 1) & ~(WORD - 1)
}

/** Bytes that lie in a buffer among others: where they begin, and where they end. No view of them has to be made. */
export interface Span {
  readonly bytes: Buffer
  readonly from: number
  readonly to: number
}

/** Reads XDR from a view of bytes; it copies what it hands out, but for spans. */
export class XdrReader {
  readonly bytes: Buffer
  offset: number
  readonly end: number

  constructor(bytes: Uint8Array, offset = 0, end: number = bytes.byteLength) {
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.offset = offset
    this.end = end
  }

  get left(): number {
    return this.end - this.offset
  }

  u32(place: string): number {
    if (this.left < WORD) throw new DecodeError(place, this.offset, `needs 4 bytes and has ${this.left}`)
    const value = this.bytes.readUInt32BE(this.offset)
    this.offset += WORD
    return value
  }

  /** A boolean (RFC 4506 §4.4): anything but 0 and 1 is refused. */
  bool(place: string): boolean {
    const value = this.u32(place)
    if (value > 1) throw new DecodeError(place, this.offset - WORD, `${value} is no boolean`)
    return value === 1
  }

  /**
   * The count of an array whose elements take at least `elementBytes` each: more than can be there is refused before anything
   * is allocated.
   */
  count(place: string, max: number, elementBytes: number): number {
    const at = this.offset
    const count = this.u32(place)
    if (count > max) throw new DecodeError(place, at, `${count} elements are more than ${max}`)
    if (count * elementBytes > this.left)
      throw new DecodeError(place, at, `${count} elements do not fit in what is left`)
    return count
  }

  /** A variable-length opaque (RFC 4506 §4.10), copied. The padding is skipped, whatever it holds, as libtirpc does. */
  opaque(place: string, maxBytes: number): Buffer {
    const start = this.skipOpaque(place, maxBytes)
    return Buffer.from(this.bytes.subarray(start.from, start.to))
  }

  text(place: string, maxBytes: number): string {
    const { from, to } = this.skipOpaque(place, maxBytes)
    // As `textOf` does, but for the view of the bytes, which nearly no text needs.
    const text = this.bytes.toString('utf8', from, to)
    return text.includes(REPLACEMENT) ? textOf(this.bytes.subarray(from, to)) : text
  }

  /** Passes over an opaque; where its bytes stand, without the padding. */
  skipOpaque(place: string, maxBytes: number): Span {
    const at = this.offset
    const length = this.u32(place)
    if (length > maxBytes) throw new DecodeError(place, at, `${length} bytes are more than ${maxBytes}`)
    const padded = paddedLength(length)
    if (padded > this.left) throw new DecodeError(place, at, `${length} bytes are announced and ${this.left} are left`)
    const from = this.offset
    this.offset += padded
    return { bytes: this.bytes, from, to: from + length }
  }

  /** Bytes of a known length, copied; without padding. */
  fixed(place: string, lengthBytes: number): Buffer {
    if (lengthBytes > this.left)
      throw new DecodeError(place, this.offset, `needs ${lengthBytes} bytes and has ${this.left}`)
    const bytes = Buffer.from(this.bytes.subarray(this.offset, this.offset + lengthBytes))
    this.offset += lengthBytes
    return bytes
  }

  /** At the top of a message nothing may follow. */
  finish(place: string): void {
    if (this.left > 0) throw new DecodeError(place, this.offset, `${this.left} bytes follow the end`)
  }
}

/** Writes XDR into a buffer that grows. */
export class XdrWriter {
  #bytes: Buffer
  #length = 0

  constructor(initialBytes: number = INITIAL_BYTES) {
    this.#bytes = Buffer.allocUnsafe(initialBytes)
  }

  get length(): number {
    return this.#length
  }

  /** What has been written: a view that the next write may overwrite after `reset`. */
  get view(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** A copy of what has been written. */
  toBytes(): Buffer {
    return Buffer.from(this.view)
  }

  /** Begins anew in the same memory. */
  reset(): this {
    this.#length = 0
    return this
  }

  u32(value: number): this {
    this.#reserve(WORD)
    this.#length = this.#bytes.writeUInt32BE(value >>> 0, this.#length)
    return this
  }

  bool(value: boolean): this {
    return this.u32(value ? 1 : 0)
  }

  /** A variable-length opaque: count, bytes, padding. */
  opaque(bytes: Uint8Array): this {
    this.u32(bytes.length)
    this.raw(bytes)
    return this.#pad(bytes.length)
  }

  text(text: string): this {
    if (!text.isWellFormed()) return this.opaque(bytesOf(text))
    const lengthBytes = byteLengthOf(text)
    this.u32(lengthBytes)
    this.#reserve(lengthBytes)
    this.#bytes.write(text, this.#length, 'utf8')
    this.#length += lengthBytes
    return this.#pad(lengthBytes)
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    return this
  }

  /**
   * Bytes of a buffer from one offset to another, as they are. It makes no view of them, which costs as much as the copy.
   * @throws DecodeError where these are no offsets of it
   */
  part(bytes: Buffer, from: number, to: number): this {
    if (from > to || to > bytes.length) throw new DecodeError('part', from, `it ends at ${to} of ${bytes.length}`)
    this.#reserve(to - from)
    this.#length += bytes.copy(this.#bytes, this.#length, from, to)
    return this
  }

  /** Overwrites a word written before: a count known only at the end. */
  patchU32(offset: number, value: number): void {
    this.#bytes.writeUInt32BE(value >>> 0, offset)
  }

  #pad(lengthBytes: number): this {
    const padding = paddedLength(lengthBytes) - lengthBytes
    this.#reserve(padding)
    for (let index = 0; index < padding; index += 1) this.#bytes[this.#length + index] = 0
    this.#length += padding
    return this
  }

  #reserve(moreBytes: number): void {
    const needed = this.#length + moreBytes
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
    larger.set(this.view)
    this.#bytes = larger
  }
}
