/** Bytes in network order, put together by hand: what a datagram is written with. */

export function u8(...values: readonly number[]): Buffer {
  return Buffer.from(values)
}

export function u16(...values: readonly number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >>> 8, value & 255]))
}

export function u24(value: number): Buffer {
  return Buffer.from([value >>> 16, (value >>> 8) & 255, value & 255])
}

export function u32(...values: readonly number[]): Buffer {
  return Buffer.concat(values.map((value) => u16(value >>> 16, value & 0xffff)))
}

export function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

export function zeros(count: number): Buffer {
  return Buffer.alloc(count)
}

/**
 * Stands where a protocol wants a number that tells one asker from another. It says who asks, and is the same each time: an
 * answer is matched by the socket that it comes to.
 */
export function mark(count: number): Buffer {
  return Buffer.alloc(count, 'portolan')
}

export function join(...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts)
}

/** The part with its length before it, of one, two or three bytes. */
export function sized(lengthBytes: 1 | 2 | 3, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const length = lengthBytes === 1 ? u8(body.length) : lengthBytes === 2 ? u16(body.length) : u24(body.length)
  return join(length, body)
}
