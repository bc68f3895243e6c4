import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { XdrReader, XdrWriter } from './xdr.ts'

test('a part of a buffer is written as it stands, whatever the writer held before', () => {
  const bytes = fc.uint8Array({ maxLength: 600 }).map((each) => Buffer.from(each))
  fc.assert(
    fc.property(bytes, bytes, fc.nat(), fc.nat(), (before, source, one, other) => {
      const ends = [one % (source.length + 1), other % (source.length + 1)]
      const from = Math.min(...ends)
      const to = Math.max(...ends)
      const writer = new XdrWriter(8).raw(before).part(source, from, to)
      assert.deepEqual(writer.toBytes(), Buffer.concat([before, source.subarray(from, to)]))
    }),
  )
})

test('a span of a message says where its bytes stand, without their count and padding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (given) => {
      const reader = new XdrReader(new XdrWriter().u32(7).opaque(given).u32(9).toBytes(), 4)
      const { bytes, from, to } = reader.skipOpaque('test', given.length)
      assert.deepEqual(bytes.subarray(from, to), Buffer.from(given))
      assert.equal(reader.u32('test'), 9)
    }),
  )
})
