/**
 * Byte strings as text, without loss.
 *
 * NetInfo's names and values are NUL-free bytes, UTF-8 in practice but not by rule. A byte that is not part of valid UTF-8
 * becomes the lone surrogate U+DC00 + byte (as Python's `surrogateescape` does), and goes back to that byte: any bytes make
 * a string, and the string makes the same bytes again.
 */

const REPLACEMENT = '\uFFFD'
const ESCAPE_BASE = 0xdc00
const SURROGATES = 0xd800
const LOW_SURROGATES = 0xdc00
const SURROGATES_END = 0xe000
/** UTF-8 needs three bytes for a UTF-16 unit at the most. */
const BYTES_PER_UNIT = 3

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

/**
 * Decodes unit by unit: whoever sends megabytes that are no UTF-8 must not keep a server busy (TextDecoder and its exceptions take
 * 5 µs for each such byte, this 10 ns).
 */
function decodeEscaping(bytes: Buffer): string {
  const units = new Uint16Array(bytes.length)
  let length = 0
  let offset = 0
  while (offset < bytes.length) {
    const first = bytes[offset] ?? 0
    const size = first < 0x80 ? 1 : sequenceLength(bytes, offset)
    if (size === 0) {
      units[length] = ESCAPE_BASE + first
      length += 1
      offset += 1
      continue
    }
    const code = size === 1 ? first : codePointAt(bytes, offset, size)
    if (code > 0xffff) {
      units[length] = SURROGATES + ((code - 0x1_0000) >> 10)
      length += 1
    }
    units[length] = code > 0xffff ? LOW_SURROGATES + (code & 0x3ff) : code
    length += 1
    offset += size
  }
  return Buffer.from(units.buffer, 0, 2 * length).toString('utf16le')
}

/** The bytes of the UTF-8 sequence that begins here, two to four; 0 where none does (RFC 3629 §4). */
function sequenceLength(bytes: Buffer, offset: number): number {
  const first = bytes[offset] ?? 0
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4 || offset + size > bytes.length) return 0
  // Of the second byte less is allowed where the form would be too long, a surrogate, or beyond U+10FFFF.
  const second = bytes[offset + 1] ?? 0
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most) return 0
  for (let at = offset + 2; at < offset + size; at += 1) if (((bytes[at] ?? 0) & 0xc0) !== 0x80) return 0
  return size
}

function codePointAt(bytes: Buffer, offset: number, size: number): number {
  let code = (bytes[offset] ?? 0) & (0xff >> (size + 1))
  for (let at = offset + 1; at < offset + size; at += 1) code = (code << 6) | ((bytes[at] ?? 0) & 0x3f)
  return code
}

function encodeEscaped(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(text.length * BYTES_PER_UNIT)
  let length = 0
  let from = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit < SURROGATES || unit >= SURROGATES_END) continue
    const isHigh = unit < LOW_SURROGATES
    const next = isHigh ? text.charCodeAt(at + 1) : 0
    if (isHigh && next >= LOW_SURROGATES && next < SURROGATES_END) {
      at += 1
    } else if (unit >= ESCAPE_BASE + 0x80 && unit <= ESCAPE_BASE + 0xff) {
      // What stands between two escapes is encoded at once.
      if (from < at) length += bytes.write(text.slice(from, at), length, 'utf8')
      bytes[length] = unit - ESCAPE_BASE
      length += 1
      from = at + 1
    }
  }
  length += bytes.write(text.slice(from), length, 'utf8')
  return bytes.subarray(0, length)
}
