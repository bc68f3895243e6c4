import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { textOf } from '../../core/index.ts'
import { formatValues, parseValue, parseValues } from './values-text.ts'

/** Any bytes but NUL, as values have them. */
const values = fc.array(
  fc
    .oneof(
      fc.uint8Array({ minLength: 1, maxLength: 12 }),
      fc
        .string({ unit: fc.constantFrom('\\', 'n', 'x', 'e', '4', '1', '\n', '\r', '\t', 'é', '😀') })
        .map((text) => Buffer.from(text)),
    )
    .map((bytes) => textOf(Buffer.from(bytes))),
  { maxLength: 5 },
)

describe('values as the text of a field', () => {
  test('come back as they were, whatever bytes they are', () => {
    fc.assert(
      fc.property(values, (list) => {
        assert.deepEqual(parseValues(formatValues(list)), list)
      }),
    )
  })

  test('come back as they were from a browser, which ends lines with CR and LF', () => {
    fc.assert(
      fc.property(values, (list) => {
        assert.deepEqual(parseValues(`${formatValues(list).replaceAll('\n', '\r\n')}\r\n`), list)
      }),
    )
  })

  test('are well-formed text that a form can carry', () => {
    fc.assert(fc.property(values, (list) => formatValues(list).isWellFormed()))
  })

  test('tell no values from one that is empty', () => {
    assert.equal(formatValues([]), '')
    assert.equal(formatValues(['']), String.raw`\e`)
    assert.deepEqual(parseValues('\n\n'), [])
  })

  test('are read from any text without failing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        assert.equal(typeof parseValue(text), 'string')
      }),
    )
    assert.equal(parseValue(String.raw`C:\data\x4`), String.raw`C:\data\x4`)
  })
})
