/** Whole numbers in eight bytes, the highest first, so that the order of the bytes is theirs. */

const TWO_32 = 0x1_0000_0000

/** @param value up to 2^53, beyond which numbers are not exact */
export function writeU64(bytes: Buffer, offset: number, value: number): void {
  bytes.writeUInt32BE(Math.floor(value / TWO_32), offset)
  bytes.writeUInt32BE(value % TWO_32, offset + 4)
}

export function readU64(bytes: Buffer, offset: number): number {
  return bytes.readUInt32BE(offset) * TWO_32 + bytes.readUInt32BE(offset + 4)
}
