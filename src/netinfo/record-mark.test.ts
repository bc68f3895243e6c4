import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { recordOf } from '../../test/support/rpc-calls.ts'
import { DecodeError } from '../core/index.ts'
import { LAST_FRAGMENT, PieceReader, fragmentMark } from './record-mark.ts'

const RECORD_BYTES_MAX = 1000

interface Pieces {
  readonly records: readonly Buffer[]
  /** What came of a record that did not end. */
  readonly rest: Buffer
  readonly reader: PieceReader
}

function readPieces(chunks: readonly Buffer[]): Pieces {
  const reader = new PieceReader(RECORD_BYTES_MAX)
  const records: Buffer[] = []
  let rest = Buffer.alloc(0)
  for (const chunk of chunks)
    for (let offset = 0; offset < chunk.length;) {
      offset = reader.read(chunk, offset)
      rest = Buffer.concat([rest, chunk.subarray(reader.from, reader.to)])
      if (!reader.isEnd) continue
      records.push(rest)
      rest = Buffer.alloc(0)
    }
  return { records, rest, reader }
}

test('the header of the last fragment has its highest bit set', () => {
  assert.equal(fragmentMark(5, false), 5)
  assert.equal(fragmentMark(5, true), LAST_FRAGMENT + 5)
  assert.equal(fragmentMark(0x7fff_ffff, true), 0xffff_ffff)
})

test('pieces are the bytes of the records in order, however the stream is cut, and the end is told once', () => {
  const record = fc.tuple(fc.uint8Array({ maxLength: 60 }), fc.array(fc.nat(60), { maxLength: 5 }))
  fc.assert(
    fc.property(fc.array(record, { maxLength: 4 }), fc.integer({ min: 1, max: 9 }), (records, size) => {
      const messages = records.map(([bytes]) => Buffer.from(bytes))
      const stream = Buffer.concat(
        messages.map((message, index) => {
          const cuts = (records[index]?.[1] ?? []).map((cut) => Math.min(cut, message.length))
          return recordOf(message, ...cuts.toSorted((a, b) => a - b))
        }),
      )
      const chunks: Buffer[] = []
      for (let offset = 0; offset < stream.length; offset += size) chunks.push(stream.subarray(offset, offset + size))
      const found = readPieces(chunks)
      assert.deepEqual(found.records, messages)
      assert.equal(found.reader.isInside, false)
    }),
  )
})

test('what has come of a record is given before the rest is there', () => {
  const stream = recordOf(Buffer.from('abcd'), 2)
  const { records, rest, reader } = readPieces([stream.subarray(0, stream.length - 1)])
  assert.deepEqual([records.length, String(rest), reader.isInside], [0, 'abc', true])
})

test('empty fragments do not go on for ever, and a record may have some', () => {
  const cuts = Array.from({ length: 1024 }, () => 0)
  assert.deepEqual(readPieces([recordOf(Buffer.from('a'), ...cuts)]).records.map(String), ['a'])
  assert.throws(() => readPieces([recordOf(Buffer.from('a'), ...cuts, 0)]), /more than 1024 empty fragments/)
})

test('any bytes make records within the limit or a DecodeError', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }), (chunks) => {
      try {
        const { records } = readPieces(chunks.map((chunk) => Buffer.from(chunk)))
        for (const record of records) assert.ok(record.length <= RECORD_BYTES_MAX)
      } catch (error) {
        assert.ok(error instanceof DecodeError)
      }
    }),
    { numRuns: 1000 },
  )
})
