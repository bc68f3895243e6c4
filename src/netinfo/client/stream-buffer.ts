/** Bytes of a stream that are not used yet, in one piece. */

const INITIAL_BYTES = 64 * 1024

export class StreamBuffer {
  #bytes: Buffer = Buffer.allocUnsafe(INITIAL_BYTES)
  #from = 0
  #to = 0

  /** How many bytes there are. */
  get length(): number {
    return this.#to - this.#from
  }

  /** All of them: a view that the next `push` may overwrite. */
  get view(): Buffer {
    return this.#bytes.subarray(this.#from, this.#to)
  }

  /** The word at an offset, which must be there. */
  u32(offset: number): number {
    return this.#bytes.readUInt32BE(this.#from + offset)
  }

  push(piece: Uint8Array): void {
    const needed = this.length + piece.length
    if (needed > this.#bytes.length) this.#moveTo(Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2)))
    else if (this.#to + piece.length > this.#bytes.length) this.#moveTo(this.#bytes)
    this.#bytes.set(piece, this.#to)
    this.#to += piece.length
  }

  /** Forgets bytes at the front. */
  drop(lengthBytes: number): void {
    this.#from += lengthBytes
  }

  #moveTo(target: Buffer): void {
    const { length } = this
    this.#bytes.copy(target, 0, this.#from, this.#to)
    this.#bytes = target
    this.#from = 0
    this.#to = length
  }
}
