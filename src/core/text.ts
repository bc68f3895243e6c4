/**
 * Byte strings as text, without loss.
 *
 * NetInfo's names and values are NUL-free bytes, UTF-8 in practice but not by rule. A byte that is not part of valid UTF-8
 * becomes the lone surrogate U+DC00 + byte (as Python's `surrogateescape` does), and goes back to that byte: any bytes make
 * a string, and the string makes the same bytes again.
 */

const REPLACEMENT = '\uFFFD'
const ESCAPE_BASE = 0xdc00
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of some bytes; `bytesOf` gives the bytes back. */
export function textOf(bytes: Uint8Array): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = view.toString('utf8')
  return text.includes(REPLACEMENT) ? decodeEscaping(view) : text
}

/** The bytes of a text; for a text that `textOf` made, the very bytes it was made of. */
export function bytesOf(text: string): Buffer {
  return text.isWellFormed() ? Buffer.from(text, 'utf8') : encodeEscaped(text)
}

/** How many bytes `bytesOf` gives. */
export function byteLengthOf(text: string): number {
  return text.isWellFormed() ? Buffer.byteLength(text, 'utf8') : encodeEscaped(text).length
}

/** The length that the first byte of a UTF-8 sequence announces; 1 for a byte that can begin none. */
function announcedLength(first: number): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1
}

function decodeEscaping(bytes: Buffer): string {
  let text = ''
  let offset = 0
  while (offset < bytes.length) {
    const first = bytes[offset] ?? 0
    const end = offset + announcedLength(first)
    const sequence = end <= bytes.length ? decodeStrictly(bytes.subarray(offset, end)) : null
    if (sequence === null) {
      text += String.fromCharCode(ESCAPE_BASE + first)
      offset += 1
    } else {
      text += sequence
      offset = end
    }
  }
  return text
}

function decodeStrictly(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

function encodeEscaped(text: string): Buffer {
  const parts: Buffer[] = []
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const isEscape = code >= ESCAPE_BASE + 0x80 && code <= ESCAPE_BASE + 0xff
    parts.push(isEscape ? Buffer.from([code - ESCAPE_BASE]) : Buffer.from(character, 'utf8'))
  }
  return Buffer.concat(parts)
}
