import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { atEnd } from '../../test/support/at-end.ts'
import { tempFolder } from '../../test/support/temp-folder.ts'
import { LmdbStore, Overlay } from '../store/index.ts'
import { SECRET_PAIR, pairOf, readFirstInIndex, readIndex, updateIndex } from './index-pairs.ts'
import { indexKey, indexRange } from './keys.ts'
import { valuesOf } from './model.ts'
import type { Properties } from './model.ts'

const GENERATION = 16
const LONG = 'long '.repeat(120)
const NAMES = ['name', 'passwd', '', LONG]
const VALUES = ['a', 'b', '', LONG, `${LONG}b`]
const properties = fc.array(
  fc.record(
    { name: fc.constantFrom(...NAMES), values: fc.array(fc.constantFrom(...VALUES), { maxLength: 3 }) },
    { noNullPrototype: true },
  ),
  { maxLength: 4 },
)
/** What becomes of one of 60 children: another property list, or none. */
const step = fc.record({ child: fc.nat(59), after: fc.option(properties, { freq: 4 }) })

test('the index finds what a scan over the children in order would find, however many there are', (context) => {
  const store = LmdbStore.open(join(tempFolder(context), 'test.mdb'))
  atEnd(context, () => store.close())
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), properties, (steps, common) => {
      const overlay = new Overlay(store)
      const children = new Map<number, Properties>()
      const change = (child: number, after: Properties | null): void => {
        // The order of the children is not that of their numbers.
        const place = { generation: GENERATION, parent: 3, rank: 1000 - child, object: child }
        updateIndex(overlay, place, children.get(child) ?? null, after)
        if (after === null) children.delete(child)
        else children.set(child, after)
      }
      for (let child = 0; child < 45; child += 1) change(child, common)
      for (const { child, after } of steps) change(child, after)
      const ordered = [...children].toSorted(([a], [b]) => b - a)
      for (const name of NAMES) {
        for (const value of VALUES) {
          const expected = ordered.filter(([, list]) => valuesOf(list, name).includes(value)).map(([child]) => child)
          assert.deepEqual(readIndex(overlay, GENERATION, 3, pairOf(name, value)), expected)
          const key = indexKey(GENERATION, 3, pairOf(name, value))
          assert.equal(readFirstInIndex(overlay, key), expected[0] ?? -1)
        }
      }
      const secret = ordered.filter(([, list]) => valuesOf(list, 'passwd').length > 0).map(([child]) => child)
      assert.deepEqual(readIndex(overlay, GENERATION, 3, SECRET_PAIR), secret)
      for (const child of children.keys()) change(child, null)
      assert.deepEqual([...overlay.range(indexRange(GENERATION))], [], 'something is left')
    }),
    { numRuns: 60 },
  )
})

test('long pairs, of which the digest is kept, are told apart, and stand among no other pair', () => {
  const pairs = Array.from({ length: 3000 }, (_, number) => pairOf('name', `${LONG}${number}`))
  assert.equal(new Set(pairs.map((pair) => pair.toString('latin1'))).size, pairs.length)
  for (const pair of pairs) {
    assert.equal(pair.length, 34)
    assert.ok(pair[0] === 0 && pair[1] === 0 && pair[2] !== 0)
  }
})
