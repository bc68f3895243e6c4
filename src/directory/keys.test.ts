import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { spanOf } from '../../test/support/span-of.ts'
import { directoryKey, directoryReadKey, indexKey, indexReadKey, pairBytes } from './keys.ts'

const bytes = fc.uint8Array({ maxLength: 700 }).map((each) => Buffer.from(each))
const word = fc.uint8Array({ min: 1, maxLength: 700 }).map((each) => Buffer.from(each))
const generation = fc.integer({ min: 16, max: 255 })
const parent = fc.integer({ min: 0, max: 0xffff_ffff })

function untilNul(text: Buffer): Buffer {
  const end = text.indexOf(0)
  return end === -1 ? text : text.subarray(0, end)
}

test('a key that is made to read once is that of the directory, each time anew', () => {
  fc.assert(
    fc.property(generation, parent, (g, object) => {
      assert.deepEqual(directoryReadKey(g, object), directoryKey(g, object))
    }),
  )
})

test('the index key of a name and a value is that of their pair', () => {
  fc.assert(
    fc.property(generation, parent, word, word, (g, object, name, value) => {
      assert.deepEqual(
        indexReadKey(g, object, spanOf(name), spanOf(value)),
        indexKey(g, object, pairBytes(name, value)),
      )
    }),
  )
})

test('what stands after a NUL in a name or a value is no part of the index key', () => {
  fc.assert(
    fc.property(generation, parent, bytes, bytes, (g, object, name, value) => {
      const expected = indexKey(g, object, pairBytes(untilNul(name), untilNul(value)))
      assert.deepEqual(indexReadKey(g, object, spanOf(name), spanOf(value)), expected)
    }),
  )
})
