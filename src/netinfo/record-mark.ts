/**
 * Record marking (RFC 5531 §11): over TCP a message is a record of one or more fragments, each with a header of four bytes,
 * whose highest bit marks the last and whose other bits are the fragment's length.
 */
import { DecodeError } from '../core/index.ts'

export const MARK_BYTES = 4
export const LAST_FRAGMENT = 0x8000_0000

/** How many empty fragments one record may have: none is of use, and they would else go on for ever. */
const EMPTY_FRAGMENTS_MAX = 1024
const INITIAL_BYTES = 4096

/** The header of a fragment. */
export function fragmentMark(lengthBytes: number, isLast: boolean): number {
  return (isLast ? lengthBytes | LAST_FRAGMENT : lengthBytes) >>> 0
}

/** Gives the bodies of the fragments of a stream as they come, in pieces, and tells where records end. It keeps no body. */
export class PieceParser {
  readonly #recordBytesMax: number
  /** The header as far as it has come. */
  #mark = 0
  #markBytes = 0
  /** What the fragment still lacks. */
  #left = 0
  #isLast = false
  #isInside = false
  #recordBytes = 0
  #emptyFragments = 0

  constructor(recordBytesMax: number) {
    this.#recordBytesMax = recordBytesMax
  }

  /** True in the middle of a record: the peer owes the rest. */
  get isInside(): boolean {
    return this.#isInside
  }

  /**
   * Takes the next bytes. A piece is a view of `chunk`; the last piece of a record may be empty.
   * @throws DecodeError when a record is longer than allowed, judged by its header
   */
  push(chunk: Buffer, onPiece: (piece: Buffer, isEnd: boolean) => void): void {
    let offset = 0
    while (offset < chunk.length) {
      if (this.#left === 0) {
        offset = this.#readMark(chunk, offset)
        if (this.#markBytes < MARK_BYTES) return
        this.#markBytes = 0
        this.#beginFragment()
        if (this.#left === 0 && !this.#isLast) continue
      }
      const end = Math.min(offset + this.#left, chunk.length)
      if (end === offset && this.#left > 0) return
      const piece = chunk.subarray(offset, end)
      this.#left -= piece.length
      offset = end
      const isEnd = this.#isLast && this.#left === 0
      if (isEnd) this.#endRecord()
      onPiece(piece, isEnd)
    }
  }

  #readMark(chunk: Buffer, from: number): number {
    this.#isInside = true
    let offset = from
    while (this.#markBytes < MARK_BYTES && offset < chunk.length) {
      this.#mark = ((this.#mark << 8) | (chunk[offset] ?? 0)) >>> 0
      this.#markBytes += 1
      offset += 1
    }
    return offset
  }

  #beginFragment(): void {
    this.#left = this.#mark & ~LAST_FRAGMENT
    this.#isLast = this.#mark >= LAST_FRAGMENT
    const recordBytes = this.#recordBytes + this.#left
    if (recordBytes > this.#recordBytesMax)
      throw new DecodeError('record', this.#recordBytes, `${recordBytes} bytes are more than ${this.#recordBytesMax}`)
    this.#recordBytes = recordBytes
    if (this.#left > 0) return
    this.#emptyFragments += 1
    if (this.#emptyFragments > EMPTY_FRAGMENTS_MAX)
      throw new DecodeError('record', this.#recordBytes, `more than ${EMPTY_FRAGMENTS_MAX} empty fragments`)
  }

  #endRecord(): void {
    this.#isInside = false
    this.#recordBytes = 0
    this.#emptyFragments = 0
  }
}

/** Puts the fragments of a stream together into records, however the stream is cut. */
export class RecordParser {
  readonly #pieces: PieceParser
  /** What has come of a record that is not whole yet; it grows by doubling, so a header alone takes no memory. */
  #record: Buffer | null = null
  #length = 0

  constructor(recordBytesMax: number) {
    this.#pieces = new PieceParser(recordBytesMax)
  }

  /** True in the middle of a record: the peer owes the rest. */
  get isInside(): boolean {
    return this.#pieces.isInside
  }

  /**
   * Takes the next bytes and calls `onRecord` for each record that they complete. A record may be a view of `chunk`.
   * @throws DecodeError when a record is longer than allowed, judged by its header before anything is kept
   */
  push(chunk: Buffer, onRecord: (record: Buffer) => void): void {
    this.#pieces.push(chunk, (piece, isEnd) => {
      if (isEnd && this.#length === 0) onRecord(piece)
      else {
        this.#append(piece)
        if (isEnd) onRecord(this.#take())
      }
    })
  }

  #append(piece: Buffer): void {
    const needed = this.#length + piece.length
    const record = this.#record ?? Buffer.allocUnsafe(Math.max(INITIAL_BYTES, needed))
    this.#record = record
    if (needed > record.length) {
      this.#record = Buffer.allocUnsafe(Math.max(needed, record.length * 2))
      record.copy(this.#record, 0, 0, this.#length)
    }
    piece.copy(this.#record, this.#length)
    this.#length = needed
  }

  #take(): Buffer {
    const record = (this.#record ?? Buffer.alloc(0)).subarray(0, this.#length)
    this.#record = null
    this.#length = 0
    return record
  }
}
