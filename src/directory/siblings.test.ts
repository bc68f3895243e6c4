import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { atEnd } from '../../test/support/at-end.ts'
import { tempFolder } from '../../test/support/temp-folder.ts'
import { LmdbStore, Overlay } from '../store/index.ts'
import { pairOf, readIndex, updateIndex } from './index-pairs.ts'
import { childKey, childRange, directoryKey, rankAtEnd } from './keys.ts'
import type { Rank } from './keys.ts'
import { decodeRecord, encodeRecord } from './record.ts'
import { objectValue, rankFor, rankInRow } from './siblings.ts'

const GENERATION = 16
const PARENT = 0
const PAIR = pairOf('name', 'everyone')

function newOverlay(context: TestContext): Overlay {
  const store = LmdbStore.open(join(tempFolder(context), 'test.mdb'))
  atEnd(context, () => store.close())
  return new Overlay(store)
}

function put(overlay: Overlay, object: number, rank: Rank): void {
  const properties = [{ name: 'name', values: ['everyone', `number ${object}`] }]
  const record = { parent: PARENT, childCount: 0, rank, lastRank: 0, id: { object, instance: 0 }, properties }
  overlay.put(directoryKey(GENERATION, object), encodeRecord(record))
  overlay.put(childKey(GENERATION, PARENT, rank), objectValue(object))
  updateIndex(overlay, { generation: GENERATION, parent: PARENT, rank, object }, null, properties)
}

/** The children in order; each of its places says the same. */
function childrenOf(overlay: Overlay): number[] {
  const children = [...overlay.range(childRange(GENERATION, PARENT))].map(({ key, value }) => ({
    object: value.readUInt32BE(0),
    rank: rankAtEnd(key),
  }))
  for (const { object, rank } of children) {
    const record = overlay.get(directoryKey(GENERATION, object))
    assert.ok(record !== undefined)
    assert.equal(decodeRecord(record).rank, rank)
    assert.deepEqual(readIndex(overlay, GENERATION, PARENT, pairOf('name', `number ${object}`)), [object])
  }
  const objects = children.map(({ object }) => object)
  assert.deepEqual(readIndex(overlay, GENERATION, PARENT, PAIR), objects)
  return objects
}

/** Puts a new child at a position, as a CREATE does. */
function insert(overlay: Overlay, object: number, where: number, lastRank: Rank): Rank {
  const childCount = [...overlay.range(childRange(GENERATION, PARENT))].length
  const rank = rankFor(overlay, { generation: GENERATION, parent: PARENT, childCount, lastRank }, where)
  put(overlay, object, rank)
  const ranks = [...overlay.range(childRange(GENERATION, PARENT))].map(({ key }) => rankAtEnd(key))
  return Math.max(lastRank, ...ranks)
}

test('children stand where they were put, wherever and however often', (context) => {
  const places = fc.oneof(
    fc.array(fc.nat(80), { maxLength: 90 }),
    fc
      .tuple(fc.nat(40), fc.nat(3))
      .map(([at, step]) => Array.from({ length: 90 }, (_, index) => at + (index % (step + 1)))),
    fc.constant(Array.from({ length: 90 }, () => 0)),
  )
  fc.assert(
    fc.property(places, fc.nat(40), (list, before) => {
      const overlay = newOverlay(context)
      const expected: number[] = []
      let lastRank: Rank = 0
      for (const where of [...Array.from({ length: before }, () => 0xffff_ffff), ...list]) {
        const object = expected.length + 1
        lastRank = insert(overlay, object, where, lastRank)
        expected.splice(Math.min(where, expected.length), 0, object)
      }
      assert.deepEqual(childrenOf(overlay), expected)
    }),
    { numRuns: 20 },
  )
})

test('ranks are spread although the new rank of one child is the old rank of the next', (context) => {
  const overlay = newOverlay(context)
  const gap = 2 ** 22
  const count = 33
  // No room between the first two; each other one stands where the spreading puts the one before it.
  const ranks = [1, 2, ...Array.from({ length: count - 2 }, (_, index) => (index + 2) * gap)]
  for (const [index, rank] of ranks.entries()) put(overlay, index + 1, rank)
  const before = childrenOf(overlay)
  insert(overlay, 100, 1, (count + 1) * gap)
  assert.deepEqual(childrenOf(overlay), before.toSpliced(1, 0, 100))
})

test('children in a row that is laid at once leave room between them', () => {
  assert.ok(rankInRow(0) > 2 ** 30)
  assert.ok(rankInRow(1) - rankInRow(0) > 2 ** 10)
  assert.ok(rankInRow(2 ** 32) < Number.MAX_SAFE_INTEGER)
})
