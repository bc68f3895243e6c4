import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DecodeError, XdrReader, XdrWriter, bytesOf, textOf } from '../core/index.ts'
import { firstValue, valuesOf } from './model.ts'
import {
  ALL_SECRET,
  HEAD_BYTES,
  childCountIn,
  decodeRecord,
  encodeRecord,
  firstValueIn,
  idIn,
  parentIn,
  secretIn,
  valuesIn,
} from './record.ts'
import { decodeNames, encodeId, encodeProperties } from './xdr-properties.ts'

const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const text = fc.oneof(fc.constantFrom('name', 'passwd', ''), fc.uint8Array({ min: 1, maxLength: 9 }).map(textOf))
const properties = fc.array(
  fc.record({ name: text, values: fc.array(text, { maxLength: 3 }) }, { noNullPrototype: true }),
  { maxLength: 5 },
)
const records = fc.record(
  {
    parent: u32,
    childCount: u32,
    rank: fc.maxSafeNat(),
    lastRank: fc.maxSafeNat(),
    id: fc.record({ object: u32, instance: u32 }, { noNullPrototype: true }),
    properties,
  },
  { noNullPrototype: true },
)

test('a record is what was put into it, and after its head what READ answers', () => {
  fc.assert(
    fc.property(records, (record) => {
      const bytes = encodeRecord(record)
      assert.deepEqual(decodeRecord(bytes), record)
      assert.deepEqual(
        [parentIn(bytes), childCountIn(bytes), idIn(bytes)],
        [record.parent, record.childCount, record.id],
      )
      const writer = new XdrWriter()
      encodeId(writer, record.id)
      encodeProperties(writer, record.properties)
      assert.ok(bytes.subarray(HEAD_BYTES).equals(writer.toBytes()))
    }),
  )
})

test('the values of a name are found without decoding the rest', () => {
  fc.assert(
    fc.property(records, text, (record, name) => {
      const bytes = encodeRecord(record)
      for (const each of [name, ...record.properties.map((property) => property.name)]) {
        const expected = valuesOf(record.properties, each)
        const found = valuesIn(bytes, bytesOf(each))
        if (found === null) assert.deepEqual(expected, [])
        else assert.deepEqual(decodeNames(new XdrReader(bytes.subarray(found.from, found.to))), expected)
        assert.equal(firstValueIn(bytes, bytesOf(each)), firstValue(record.properties, each))
      }
    }),
  )
})

test('a record says where its secret is, if it has one', () => {
  fc.assert(
    fc.property(records, (record) => {
      const secrets = record.properties.filter(({ name, values }) => name === 'passwd' && values.length > 0)
      const bytes = encodeRecord(record)
      const { from, to } = secretIn(bytes)
      if (secrets.length === 0) assert.deepEqual([from, to], [0, 0])
      else if (secrets.length > 1) assert.equal(from, ALL_SECRET)
      else assert.deepEqual(decodeNames(new XdrReader(bytes.subarray(from, to))), secrets[0]?.values)
    }),
  )
})

test('a record that is cut off anywhere is refused', () => {
  fc.assert(
    fc.property(records, (record) => {
      const bytes = encodeRecord(record)
      for (let length = 0; length < bytes.length; length += 1)
        assert.throws(() => decodeRecord(bytes.subarray(0, length)), DecodeError)
      assert.throws(() => decodeRecord(Buffer.concat([bytes, Buffer.alloc(4)])), DecodeError)
    }),
    { numRuns: 30 },
  )
})
