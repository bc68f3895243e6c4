import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DecodeError } from '../core/index.ts'
import { LAST_FRAGMENT, MARK_BYTES, PieceParser, RecordParser, fragmentMark } from './record-mark.ts'

const RECORD_BYTES_MAX = 1000

function fragment(body: Uint8Array, isLast: boolean): Buffer {
  const header = Buffer.alloc(MARK_BYTES)
  header.writeUInt32BE(fragmentMark(body.length, isLast))
  return Buffer.concat([header, body])
}

/** A record in fragments of these bodies. */
function markRecord(bodies: readonly Uint8Array[]): Buffer {
  return Buffer.concat(bodies.map((body, index) => fragment(body, index === bodies.length - 1)))
}

function parse(chunks: readonly Buffer[], max = RECORD_BYTES_MAX): { records: Buffer[]; parser: RecordParser } {
  const parser = new RecordParser(max)
  const records: Buffer[] = []
  for (const chunk of chunks) parser.push(chunk, (record) => records.push(Buffer.from(record)))
  return { records, parser }
}

const bodies = fc.array(fc.uint8Array({ maxLength: 30 }), { minLength: 1, maxLength: 5 })

test('the header of the last fragment has its highest bit set', () => {
  assert.equal(fragmentMark(5, false), 5)
  assert.equal(fragmentMark(5, true), LAST_FRAGMENT + 5)
  assert.equal(fragmentMark(0x7fff_ffff, true), 0xffff_ffff)
})

test('records come out whole at every point where the stream is cut in two', () => {
  const stream = Buffer.concat([
    markRecord([Buffer.from('one')]),
    markRecord([Buffer.from('two, '), Buffer.alloc(0), Buffer.from('cut'), Buffer.alloc(0)]),
    markRecord([Buffer.alloc(0)]),
    markRecord([Buffer.from('four')]),
  ])
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const { records, parser } = parse([stream.subarray(0, cut), stream.subarray(cut)])
    assert.deepEqual(records.map(String), ['one', 'two, cut', '', 'four'])
    assert.equal(parser.isInside, false)
  }
})

test('records come out whole whatever their fragments and however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(bodies, { maxLength: 4 }), fc.array(fc.nat(40)), (records, sizes) => {
      const stream = Buffer.concat(records.map(markRecord))
      const chunks: Buffer[] = []
      let offset = 0
      for (const size of sizes) {
        chunks.push(stream.subarray(offset, offset + size))
        offset = Math.min(offset + size, stream.length)
      }
      chunks.push(stream.subarray(offset))
      assert.deepEqual(
        parse(chunks).records,
        records.map((record) => Buffer.concat(record)),
      )
    }),
  )
})

test('a stream that is cut off inside a record says so, and gives no record', () => {
  const stream = markRecord([Buffer.from('ab'), Buffer.from('cd')])
  for (let end = 1; end < stream.length; end += 1) {
    const { records, parser } = parse([stream.subarray(0, end)])
    assert.deepEqual(records, [])
    assert.equal(parser.isInside, true)
  }
})

test('a record longer than allowed is refused by its header', () => {
  const header = Buffer.alloc(MARK_BYTES)
  header.writeUInt32BE(fragmentMark(RECORD_BYTES_MAX + 1, true))
  assert.throws(() => parse([header]), DecodeError)
  const whole = markRecord([Buffer.alloc(RECORD_BYTES_MAX)])
  assert.equal(parse([whole]).records.length, 1)
})

test('a record longer than allowed is refused when only its fragments together exceed', () => {
  assert.throws(() => parse([markRecord([Buffer.alloc(RECORD_BYTES_MAX), Buffer.alloc(1)])]), DecodeError)
})

test('empty fragments do not go on for ever', () => {
  const empty = fragment(Buffer.alloc(0), false)
  assert.throws(() => parse([Buffer.concat(Array.from({ length: 2000 }, () => empty))]), DecodeError)
})

test('a large record in ten thousand fragments is put together', () => {
  const part = Buffer.alloc(4000, 7)
  const stream = markRecord(Array.from({ length: 10_000 }, () => part))
  const chunks: Buffer[] = []
  for (let offset = 0; offset < stream.length; offset += 65_536) chunks.push(stream.subarray(offset, offset + 65_536))
  const { records } = parse(chunks, 64 * 1024 * 1024)
  assert.equal(records[0]?.length, 40_000_000)
})

test('pieces are the bytes of the record in order, and the end is told once', () => {
  fc.assert(
    fc.property(bodies, fc.integer({ min: 1, max: 9 }), (record, size) => {
      const parser = new PieceParser(RECORD_BYTES_MAX)
      const stream = markRecord(record)
      const pieces: Buffer[] = []
      let ends = 0
      for (let offset = 0; offset < stream.length; offset += size)
        parser.push(stream.subarray(offset, offset + size), (piece, isEnd) => {
          assert.equal(ends, 0)
          pieces.push(piece)
          if (isEnd) ends += 1
        })
      assert.equal(ends, 1)
      assert.deepEqual(Buffer.concat(pieces), Buffer.concat(record))
    }),
  )
})

test('any bytes make records within the limit or a DecodeError', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }), (chunks) => {
      try {
        for (const record of parse(chunks.map((chunk) => Buffer.from(chunk))).records)
          assert(record.length <= RECORD_BYTES_MAX)
      } catch (error) {
        assert(error instanceof DecodeError)
      }
    }),
    { numRuns: 1000 },
  )
})
