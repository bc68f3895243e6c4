import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { recordOf } from '../../test/support/rpc-calls.ts'
import { DecodeError } from '../core/index.ts'
import { fragmentMark } from './record-mark.ts'
import { RecordReader } from './record-reader.ts'

function readAll(reader: RecordReader): string[] {
  const found: string[] = []
  while (reader.next()) found.push(reader.bytes.toString('hex', reader.from, reader.to))
  return found
}

function markOf(lengthBytes: number, isLast: boolean): Buffer {
  const mark = Buffer.alloc(4)
  mark.writeUInt32BE(fragmentMark(lengthBytes, isLast))
  return mark
}

test('records come out whole, however they are cut into fragments and the stream into chunks', () => {
  const message = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))
  const records = fc.array(fc.tuple(message, fc.array(fc.nat(200), { maxLength: 4 })), { maxLength: 6 })
  fc.assert(
    fc.property(records, fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }), (all, sizes) => {
      const stream = Buffer.concat(
        all.map(([bytes, cuts]) =>
          recordOf(bytes, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b)),
        ),
      )
      const reader = new RecordReader(1000)
      const found: string[] = []
      for (let at = 0, turn = 0; at < stream.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1
        reader.push(stream.subarray(at, at + size))
        found.push(...readAll(reader))
        at += size
      }
      assert.deepEqual(
        found,
        all.map(([bytes]) => bytes.toString('hex')),
      )
      assert.equal(reader.isInside, false)
      assert.equal(reader.heldBytes, 0)
    }),
  )
})

test('a chunk pushed before the last was used up follows it', () => {
  const reader = new RecordReader(100)
  const [first, second] = [recordOf(Buffer.from('one')), recordOf(Buffer.from('two'))]
  reader.push(Buffer.concat([first, second.subarray(0, 2)]))
  reader.push(second.subarray(2))
  assert.deepEqual(readAll(reader), ['6f6e65', '74776f'])
})

test('a record that is too long is refused by its mark, before its bytes have come', () => {
  const reader = new RecordReader(100)
  reader.push(markOf(101, true))
  assert.throws(() => reader.next(), DecodeError)
})

test('a record is too long also when its fragments are so only together', () => {
  const reader = new RecordReader(100)
  reader.push(Buffer.concat([markOf(60, false), Buffer.alloc(60), markOf(41, true)]))
  assert.throws(() => reader.next(), /101 bytes are more than 100/)
})

test('a whole record in one chunk is refused as well when it is too long', () => {
  const reader = new RecordReader(100)
  reader.push(recordOf(Buffer.alloc(101)))
  assert.throws(() => reader.next(), DecodeError)
})

test('the memory of an unfinished record grows with what has come, not with what was announced', () => {
  const reader = new RecordReader(1_000_000)
  reader.push(markOf(1_000_000, true))
  assert.equal(reader.next(), false)
  reader.push(Buffer.alloc(1000))
  assert.equal(reader.next(), false)
  assert.equal(reader.isInside, true)
  assert.ok(reader.heldBytes <= 2048, `${reader.heldBytes}`)
})

test('a record of empty fragments without end is refused', () => {
  const reader = new RecordReader(100)
  reader.push(Buffer.concat(Array.from({ length: 5000 }, () => markOf(0, false))))
  assert.throws(() => reader.next(), /more than 1024 empty fragments/)
})

test('records come out whole at every point where the stream is cut in two', () => {
  const messages = ['one', 'two, cut', '', 'four'].map((text) => Buffer.from(text))
  const stream = Buffer.concat(messages.map((message, index) => recordOf(message, ...(index === 1 ? [5, 5, 8] : []))))
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const reader = new RecordReader(100)
    reader.push(stream.subarray(0, cut))
    const before = readAll(reader)
    reader.push(stream.subarray(cut))
    assert.deepEqual(
      [...before, ...readAll(reader)],
      messages.map((message) => message.toString('hex')),
    )
    assert.equal(reader.isInside, false)
  }
})

test('a stream that is cut off inside a record says so, and gives no record', () => {
  const stream = recordOf(Buffer.from('abcd'), 2)
  for (let end = 1; end < stream.length; end += 1) {
    const reader = new RecordReader(100)
    reader.push(stream.subarray(0, end))
    assert.equal(reader.next(), false)
    assert.equal(reader.isInside, true)
  }
})

test('a large record in ten thousand fragments is put together', () => {
  const message = Buffer.alloc(40_000_000, 7)
  const cuts = Array.from({ length: 9999 }, (_, index) => (index + 1) * 4000)
  const stream = recordOf(message, ...cuts)
  const reader = new RecordReader(64 * 1024 * 1024)
  let records = 0
  for (let offset = 0; offset < stream.length; offset += 65_536) {
    reader.push(stream.subarray(offset, offset + 65_536))
    while (reader.next()) {
      records += 1
      assert.ok(reader.record.equals(message))
    }
  }
  assert.equal(records, 1)
})

test('any bytes make records within the limit or a DecodeError', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }), (chunks) => {
      const reader = new RecordReader(100)
      try {
        for (const chunk of chunks) {
          reader.push(Buffer.from(chunk))
          while (reader.next()) assert.ok(reader.record.length <= 100)
        }
      } catch (error) {
        assert.ok(error instanceof DecodeError)
      }
    }),
    { numRuns: 1000 },
  )
})
