/**
 * Record marking (RFC 5531 §11): over TCP a message is a record of one or more fragments, each with a header of four bytes,
 * whose highest bit marks the last and whose other bits are the fragment's length.
 */
import { DecodeError } from '../core/index.ts'

export const MARK_BYTES = 4
export const LAST_FRAGMENT = 0x8000_0000

/** How many empty fragments one record may have: none is of use, and they would never end. Others end with the record's length. */
const EMPTY_FRAGMENTS_MAX = 1024

/** The header of a fragment. */
export function fragmentMark(lengthBytes: number, isLast: boolean): number {
  return (isLast ? lengthBytes | LAST_FRAGMENT : lengthBytes) >>> 0
}

/** Finds the bodies of fragments in a stream, in pieces as they come, and where records end. It keeps none of them. */
export class PieceReader {
  /** Where the piece stands that `read` found; it may be empty. */
  from = 0
  to = 0
  /** True where a record ends with that piece. */
  isEnd = false

  readonly #recordBytesMax: number
  #isInside = false
  #recordBytes = 0
  #emptyFragments = 0
  /** The fragment that is not whole yet: how many bytes of its mark have come, and how many of its body are missing. */
  #markBytes = 0
  #mark = 0
  #missing = 0

  constructor(recordBytesMax: number) {
    this.#recordBytesMax = recordBytesMax
  }

  /** True in the middle of a record: the peer owes the rest. */
  get isInside(): boolean {
    return this.#isInside
  }

  /**
   * Reads on from an offset of a chunk, up to the end of the next piece.
   * @returns where it stopped; the caller goes on there
   * @throws DecodeError when a record is longer than allowed, judged by its marks
   */
  read(chunk: Buffer, offset: number): number {
    const start = this.#markBytes < MARK_BYTES ? this.#readMark(chunk, offset) : offset
    const end = Math.min(start + this.#missing, chunk.length)
    this.from = start
    this.to = end
    this.#missing -= end - start
    const isFragmentEnd = this.#markBytes === MARK_BYTES && this.#missing === 0
    if (isFragmentEnd) this.#markBytes = 0
    this.isEnd = isFragmentEnd && this.#mark >= LAST_FRAGMENT
    if (this.isEnd) this.#endRecord()
    return end
  }

  #readMark(chunk: Buffer, from: number): number {
    let offset = from
    while (this.#markBytes < MARK_BYTES && offset < chunk.length) {
      this.#isInside = true
      this.#mark = ((this.#mark << 8) | (chunk[offset] ?? 0)) >>> 0
      this.#markBytes += 1
      offset += 1
      if (this.#markBytes === MARK_BYTES) this.#beginFragment()
    }
    return offset
  }

  #beginFragment(): void {
    this.#missing = this.#mark % LAST_FRAGMENT
    const recordBytes = this.#recordBytes + this.#missing
    if (recordBytes > this.#recordBytesMax)
      throw new DecodeError('record', this.#recordBytes, `${recordBytes} bytes are more than ${this.#recordBytesMax}`)
    this.#recordBytes = recordBytes
    if (this.#missing > 0) return
    this.#emptyFragments += 1
    if (this.#emptyFragments > EMPTY_FRAGMENTS_MAX)
      throw new DecodeError('record', recordBytes, `more than ${EMPTY_FRAGMENTS_MAX} empty fragments`)
  }

  #endRecord(): void {
    this.#isInside = false
    this.#recordBytes = 0
    this.#emptyFragments = 0
  }
}
