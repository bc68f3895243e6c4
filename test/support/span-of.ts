/** Bytes as they stand in a call. */
import type { Span } from '../../src/core/index.ts'

/** Where some bytes stand, with others before and after them. */
export function spanOf(bytes: Buffer): Span {
  return { bytes: Buffer.concat([Buffer.from('<<'), bytes, Buffer.from('>>')]), from: 2, to: 2 + bytes.length }
}
