/**
 * Records off a stream (RFC 5531 §11), pulled one at a time, so that a server may stop between two of them.
 *
 * A record that is one fragment and lies whole in one chunk, as nearly all do, is not copied. Any other is put together in
 * memory that grows with what has come, never with what was announced.
 */
import { DecodeError } from '../core/index.ts'
import { LAST_FRAGMENT, MARK_BYTES, PieceReader } from './record-mark.ts'

const EMPTY = Buffer.alloc(0)
const FIRST_BYTES = 1024

export class RecordReader {
  /** Where the record stands that `next` found, from `from` to `to`. */
  bytes: Buffer = EMPTY
  from = 0
  to = 0

  readonly #recordBytesMax: number
  readonly #pieces: PieceReader
  #chunk: Buffer = EMPTY
  #offset = 0
  /** The record that is not whole yet. */
  #part: Buffer = EMPTY
  #partLength = 0

  constructor(recordBytesMax: number) {
    this.#recordBytesMax = recordBytesMax
    this.#pieces = new PieceReader(recordBytesMax)
  }

  /** True in the middle of a record, once `next` has said that there is no whole one: the peer owes the rest. */
  get isInside(): boolean {
    return this.#pieces.isInside
  }

  /** The memory that the record in the making takes. */
  get heldBytes(): number {
    return this.#part.length
  }

  /** The record that `next` found: a view, which may be of the chunk that was pushed last. */
  get record(): Buffer {
    return this.bytes.subarray(this.from, this.to)
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
    if (!this.#pieces.isInside && chunk.length - at >= MARK_BYTES) {
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
    const pieces = this.#pieces
    while (this.#offset < chunk.length) {
      this.#offset = pieces.read(chunk, this.#offset)
      this.#append(chunk, pieces.from, pieces.to)
      if (pieces.isEnd) return this.#deliver()
    }
    // Nothing of the chunk is needed any more: what came of the record lies in the part.
    this.#chunk = EMPTY
    this.#offset = 0
    return false
  }

  #append(chunk: Buffer, from: number, to: number): void {
    const needed = this.#partLength + to - from
    if (needed > this.#part.length) {
      const larger = Buffer.allocUnsafe(
        Math.max(needed, FIRST_BYTES, Math.min(this.#part.length * 2, this.#recordBytesMax)),
      )
      larger.set(this.#part.subarray(0, this.#partLength))
      this.#part = larger
    }
    chunk.copy(this.#part, this.#partLength, from, to)
    this.#partLength = needed
  }

  #deliver(): boolean {
    this.bytes = this.#part
    this.from = 0
    this.to = this.#partLength
    this.#part = EMPTY
    this.#partLength = 0
    return true
  }

  #refuseLength(lengthBytes: number): DecodeError {
    return new DecodeError('record', this.#offset, `${lengthBytes} bytes are more than ${this.#recordBytesMax}`)
  }
}
