import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { byteLengthOf, bytesOf, textOf } from './text.ts'

const RUNS = 5000
/** Bytes where UTF-8's rules have their borders (RFC 3629 §4), and any others. */
const byte = fc.oneof(
  fc.constantFrom(0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf),
  fc.constantFrom(0xe0, 0xed, 0xef, 0xbb, 0xbd, 0xf0, 0xf4, 0xf5, 0xff),
  fc.integer({ min: 0, max: 0xff }),
)
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The longest sequence of UTF-8 that begins with these bytes and is one character; null where there is none. */
function characterAt(bytes: Buffer, offset: number): string | null {
  for (let size = Math.min(4, bytes.length - offset); size > 0; size -= 1) {
    try {
      const text = strict.decode(bytes.subarray(offset, offset + size))
      if (text.length === String.fromCodePoint(text.codePointAt(0) ?? 0).length) return text
    } catch {
      continue
    }
  }
  return null
}

/** As `textOf`, by the platform's decoder alone. */
function textByPlatform(bytes: Buffer): string {
  let text = ''
  for (let offset = 0; offset < bytes.length;) {
    const character = characterAt(bytes, offset)
    text += character ?? String.fromCharCode(0xdc00 + (bytes[offset] ?? 0))
    offset += character === null ? 1 : Buffer.byteLength(character)
  }
  return text
}

describe('textOf and bytesOf', () => {
  test('keep any bytes', () => {
    const property = fc.property(fc.array(byte, { maxLength: 24 }), (numbers) => {
      const bytes = Buffer.from(numbers)
      const text = textOf(bytes)
      assert.deepEqual(bytesOf(text), bytes)
      assert.equal(byteLengthOf(text), bytes.length)
      assert.equal(text, textByPlatform(bytes))
    })
    fc.assert(property, { numRuns: RUNS })
  })

  test('keep any text that is well formed, as UTF-8', () => {
    const property = fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.deepEqual(bytesOf(text), Buffer.from(text, 'utf8'))
      assert.equal(textOf(bytesOf(text)), text)
    })
    fc.assert(property, { numRuns: RUNS })
  })

  test('keep a replacement character and a byte order mark as what they are', () => {
    assert.equal(textOf(Buffer.from('\uFFFDa\uFEFF')), '\uFFFDa\uFEFF')
    assert.equal(textOf(Buffer.from('\uFEFF\uFFFD')), '\uFEFF\uFFFD')
  })

  test('write a surrogate that stands for no byte as a replacement character', () => {
    assert.deepEqual(bytesOf('a\ud800b\udc00c'), Buffer.from('a\uFFFDb\uFFFDc'))
    assert.deepEqual(bytesOf('\ud800'), Buffer.from('\uFFFD'))
    assert.equal(byteLengthOf('\udc80'), 1)
  })

  test('take megabytes that are no UTF-8', () => {
    const bytes = Buffer.alloc(8 * 1024 * 1024, 0xff)
    assert.ok(bytesOf(textOf(bytes)).equals(bytes))
  })
})
