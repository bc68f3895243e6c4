/**
 * Record marking (RFC 5531 §11): over TCP a message is a record of one or more fragments, each with a header of four bytes,
 * whose highest bit marks the last and whose other bits are the fragment's length.
 */
import { DecodeError } from '../core/index.ts'

export const MARK_BYTES = 4
export const LAST_FRAGMENT = 0x8000_0000

/** The most fragments that one record may be cut into: empty ones would else go on for ever. */
const FRAGMENTS_MAX = 4096

/** The header of a fragment. */
export function fragmentMark(lengthBytes: number, isLast: boolean): number {
  return (isLast ? lengthBytes | LAST_FRAGMENT : lengthBytes) >>> 0
}

/** Puts the fragments of a stream together into records, however the stream is cut. */
export class RecordParser {
  readonly #recordBytesMax: number
  /** What has come of the fragment header or body that is not whole yet. */
  #pending: Buffer | null = null
  #fragments: Buffer[] = []
  #fragmentCount = 0
  #recordBytes = 0

  constructor(recordBytesMax: number) {
    this.#recordBytesMax = recordBytesMax
  }

  /** True in the middle of a record: the peer owes the rest. */
  get isInside(): boolean {
    return this.#pending !== null || this.#fragmentCount > 0
  }

  /**
   * Takes the next bytes and calls `onRecord` for each record that they complete. A record may be a view of `chunk`.
   * @throws DecodeError when a record is longer than allowed, judged by its header before anything is kept
   */
  push(chunk: Buffer, onRecord: (record: Buffer) => void): void {
    let bytes = chunk
    if (this.#pending !== null) {
      bytes = Buffer.concat([this.#pending, chunk])
      this.#pending = null
    }
    let offset = 0
    while (bytes.length - offset >= MARK_BYTES) {
      const mark = bytes.readUInt32BE(offset)
      const length = mark & ~LAST_FRAGMENT
      if (this.#recordBytes + length > this.#recordBytesMax)
        throw new DecodeError(
          'record',
          offset,
          `${this.#recordBytes + length} bytes are more than ${this.#recordBytesMax}`,
        )
      const end = offset + MARK_BYTES + length
      if (end > bytes.length) break
      const body = bytes.subarray(offset + MARK_BYTES, end)
      offset = end
      if (mark >= LAST_FRAGMENT) {
        const record = this.#fragmentCount === 0 ? body : Buffer.concat([...this.#fragments, body])
        this.#fragments = []
        this.#fragmentCount = 0
        this.#recordBytes = 0
        onRecord(record)
      } else {
        this.#fragmentCount += 1
        if (this.#fragmentCount > FRAGMENTS_MAX)
          throw new DecodeError('record', offset, `more than ${FRAGMENTS_MAX} fragments`)
        this.#fragments.push(Buffer.from(body))
        this.#recordBytes += length
      }
    }
    if (offset < bytes.length)
      this.#pending = offset === 0 && bytes !== chunk ? bytes : Buffer.from(bytes.subarray(offset))
  }
}
