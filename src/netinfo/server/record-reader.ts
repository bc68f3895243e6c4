/**
 * Records off a stream (RFC 5531 §11), pulled one at a time, so that a server may stop between two of them.
 *
 * A record that is one fragment and lies whole in one chunk, as nearly all do, is not copied. Any other is put together in
 * memory that grows with what has come, never with what was announced.
 */
import { DecodeError } from '../../core/index.ts'
import { LAST_FRAGMENT, MARK_BYTES } from '../record-mark.ts'

/** The most fragments of one record: libtirpc sends fragments of 4000 bytes and more, and empty ones would never end. */
const FRAGMENTS_MAX = 4096
const EMPTY = Buffer.alloc(0)
const FIRST_BYTES = 1024

export class RecordReader {
  /** Where the record stands that `next` found, from `from` to `to`. */
  bytes: Buffer = EMPTY
  from = 0
  to = 0

  readonly #recordBytesMax: number
  #chunk: Buffer = EMPTY
  #offset = 0
  /** The record that is not whole yet. */
  #isInside = false
  #part: Buffer = EMPTY
  #partLength = 0
  #fragments = 0
  /** The fragment that is not whole yet: how many bytes of its mark have come, and how many of its body are missing. */
  #markBytes = 0
  #mark = 0
  #missing = 0

  constructor(recordBytesMax: number) {
    this.#recordBytesMax = recordBytesMax
  }

  /** True in the middle of a record, once `next` has said that there is no whole one: the peer owes the rest. */
  get isInside(): boolean {
    return this.#isInside
  }

  /** The memory that the record in the making takes. */
  get heldBytes(): number {
    return this.#part.length
  }

  /** Takes the bytes that came next; they are kept as a view. */
  push(chunk: Buffer): void {
    this.#chunk = this.#offset < this.#chunk.length ? Buffer.concat([this.#chunk.subarray(this.#offset), chunk]) : chunk
    this.#offset = 0
  }

  /**
   * Finds the next whole record; false when more bytes are needed.
   * @throws DecodeError when a record is longer than allowed, judged by its marks before anything is kept
   */
  next(): boolean {
    const chunk = this.#chunk
    const at = this.#offset
    if (!this.#isInside && chunk.length - at >= MARK_BYTES) {
      const mark = chunk.readUInt32BE(at)
      if (mark >= LAST_FRAGMENT) {
        const end = at + MARK_BYTES + (mark - LAST_FRAGMENT)
        if (end <= chunk.length) {
          if (mark - LAST_FRAGMENT > this.#recordBytesMax) throw this.#refuseLength(mark - LAST_FRAGMENT)
          this.bytes = chunk
          this.from = at + MARK_BYTES
          this.to = end
          this.#offset = end
          return true
        }
      }
    }
    return this.#assemble()
  }

  #assemble(): boolean {
    const chunk = this.#chunk
    while (this.#offset < chunk.length) {
      this.#isInside = true
      if (this.#markBytes < MARK_BYTES) {
        this.#mark = ((this.#mark << 8) | (chunk[this.#offset] ?? 0)) >>> 0
        this.#offset += 1
        this.#markBytes += 1
        if (this.#markBytes < MARK_BYTES) continue
        this.#beginFragment()
      } else this.#append(chunk)
      if (this.#missing > 0) continue
      this.#markBytes = 0
      if (this.#mark >= LAST_FRAGMENT) return this.#deliver()
    }
    // Nothing of the chunk is needed any more: what came of the record lies in the part.
    this.#chunk = EMPTY
    this.#offset = 0
    return false
  }

  #beginFragment(): void {
    this.#missing = this.#mark % LAST_FRAGMENT
    if (this.#partLength + this.#missing > this.#recordBytesMax)
      throw this.#refuseLength(this.#partLength + this.#missing)
    this.#fragments += 1
    if (this.#fragments > FRAGMENTS_MAX)
      throw new DecodeError('record', this.#offset, `more than ${FRAGMENTS_MAX} fragments`)
  }

  #append(chunk: Buffer): void {
    const taken = Math.min(this.#missing, chunk.length - this.#offset)
    const needed = this.#partLength + taken
    if (needed > this.#part.length) {
      const larger = Buffer.allocUnsafe(
        Math.max(needed, FIRST_BYTES, Math.min(this.#part.length * 2, this.#recordBytesMax)),
      )
      larger.set(this.#part.subarray(0, this.#partLength))
      this.#part = larger
    }
    this.#part.set(chunk.subarray(this.#offset, this.#offset + taken), this.#partLength)
    this.#partLength = needed
    this.#offset += taken
    this.#missing -= taken
  }

  #deliver(): boolean {
    this.bytes = this.#part
    this.from = 0
    this.to = this.#partLength
    this.#part = EMPTY
    this.#partLength = 0
    this.#fragments = 0
    this.#isInside = false
    return true
  }

  #refuseLength(lengthBytes: number): DecodeError {
    return new DecodeError('record', this.#offset, `${lengthBytes} bytes are more than ${this.#recordBytesMax}`)
  }
}
