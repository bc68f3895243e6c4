/**
 * Many messages for one call (sendmmsg(2), recvmmsg(2)), in memory that the kernel reads and writes by address:
 *
 *     mmsghdr of 64 bytes: u64 name, u32 its length, u64 iovec, u64 count of them, u64 control, u64 its length, s32 flags,
 *     u32 at 56 how many bytes were received; iovec of 16 bytes: u64 base, u64 length
 */
import type { LibC } from './libc.ts'

const HEADER_BYTES = 64
const NAME_LENGTH_AT = 8
const IOVEC_AT = 16
const IOVEC_COUNT_AT = 24
const RECEIVED_AT = 56
const IOVEC_BYTES = 16

export class MessageVector {
  readonly capacity: number
  /** The messages' bytes, one after the other, `dataBytes` each. */
  readonly data: Buffer
  readonly dataBytes: number
  /** The addresses that they go to or came from, `nameBytes` each. */
  readonly names: Buffer
  readonly nameBytes: number
  readonly #headers: Buffer

  constructor(libc: LibC, capacity: number, dataBytes: number, nameBytes: number) {
    this.capacity = capacity
    this.dataBytes = dataBytes
    this.nameBytes = nameBytes
    // Memory of their own, and not a part of a pool: the kernel is given its address.
    this.data = Buffer.allocUnsafeSlow(capacity * dataBytes).fill(0)
    this.names = Buffer.allocUnsafeSlow(capacity * nameBytes).fill(0)
    this.#headers = Buffer.allocUnsafeSlow(capacity * (HEADER_BYTES + IOVEC_BYTES)).fill(0)
    const [data, names, headers] = [this.data, this.names, this.#headers].map((bytes) => libc.addressOf(bytes))
    if (data === undefined || names === undefined || headers === undefined) throw new RangeError('no address')
    for (let index = 0; index < capacity; index += 1) {
      const at = index * HEADER_BYTES
      const iovecAt = capacity * HEADER_BYTES + index * IOVEC_BYTES
      this.#headers.writeBigUInt64LE(names + BigInt(index * nameBytes), at)
      this.#headers.writeUInt32LE(nameBytes, at + NAME_LENGTH_AT)
      this.#headers.writeBigUInt64LE(headers + BigInt(iovecAt), at + IOVEC_AT)
      this.#headers.writeBigUInt64LE(1n, at + IOVEC_COUNT_AT)
      this.#headers.writeBigUInt64LE(data + BigInt(index * dataBytes), iovecAt)
      this.#headers.writeBigUInt64LE(BigInt(dataBytes), iovecAt + 8)
    }
  }

  /** The headers of the messages from this one on, for the call. */
  from(index: number): Buffer {
    return index === 0 ? this.#headers : this.#headers.subarray(index * HEADER_BYTES)
  }

  /** How many bytes the last call received into a message. */
  receivedOf(index: number): number {
    return this.#headers.readUInt32LE(index * HEADER_BYTES + RECEIVED_AT)
  }
}
