import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { atEnd } from '../../test/support/at-end.ts'
import { tempFolder } from '../../test/support/temp-folder.ts'
import { LmdbStore } from './lmdb.ts'
import { Overlay } from './overlay.ts'

const key = fc
  .array(fc.constantFrom(0, 1, 0x61, 0x80, 0xff), { minLength: 1, maxLength: 3 })
  .map((list) => Buffer.from(list).toString('latin1'))
const change = fc.tuple(key, fc.option(fc.constantFrom('', '1', '2')))
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

/** One step on an overlay: changes, some of them undone, then a look. */
const step = fc.record({
  changes: fc.array(change, { maxLength: 6 }),
  undone: fc.array(change, { maxLength: 4 }),
  from: key,
  to: key,
  isReverse: fc.boolean(),
  limit: fc.option(fc.nat(5), { nil: undefined }),
})

test('what is read through an overlay is what is read when its changes are done', async (context) => {
  const store = LmdbStore.open(join(tempFolder(context), 'test.mdb'))
  atEnd(context, () => store.close())
  const model = new Map<string, string>()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const overlay = new Overlay(store)
      const apply = ([name, value]: readonly [string, string | null]): void => {
        if (value === null) overlay.delete(bytes(name))
        else overlay.put(bytes(name), bytes(value))
      }
      for (const { changes, undone, from, to, isReverse, limit } of steps) {
        for (const [name, value] of changes) {
          apply([name, value])
          if (value === null) model.delete(name)
          else model.set(name, value)
        }
        assert.throws(
          () =>
            overlay.attempt(() => {
              undone.forEach(apply)
              throw new Error('undo')
            }),
          /undo/,
        )
        const names = [...model.keys()].filter((name) => name >= from && name < to).toSorted()
        const expected = (isReverse ? names.toReversed() : names).slice(0, limit)
        const options = limit === undefined ? { isReverse } : { isReverse, limit }
        assert.deepEqual(
          [...overlay.range({ from: bytes(from), to: bytes(to) }, options)].map((entry) => [
            entry.key.toString('latin1'),
            entry.value.toString('latin1'),
          ]),
          expected.map((name) => [name, model.get(name)]),
        )
        for (const [name] of [...changes, ...undone])
          assert.equal(overlay.get(bytes(name))?.toString('latin1'), model.get(name))
      }
      const changes = overlay.changes()
      const keys = changes.map(([each]) => Buffer.from(each).toString('latin1'))
      assert.deepEqual(keys, [...new Set(keys)].toSorted(), 'each key once, in order')
      await store.commit({ conditions: [], changes })
      const all = [...store.range({ from: Buffer.from([0]), to: Buffer.from([0xff, 0xff, 0xff, 0xff]) })]
      assert.deepEqual(
        all.map((entry) => [entry.key.toString('latin1'), entry.value.toString('latin1')]),
        [...model].toSorted(([a], [b]) => (a < b ? -1 : 1)),
      )
    }),
    { numRuns: 150, endOnFailure: true },
  )
})

test('what an attempt does stays when it ends well', (context) => {
  const store = LmdbStore.open(join(tempFolder(context), 'test.mdb'))
  atEnd(context, () => store.close())
  const overlay = new Overlay(store)
  assert.equal(
    overlay.attempt(() => {
      overlay.put(bytes('a'), bytes('1'))
      return 'done'
    }),
    'done',
  )
  assert.equal(overlay.get(bytes('a'))?.toString(), '1')
  assert.equal(overlay.size, 1)
})
