import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { changesBetween } from './journal.ts'
import { MODEL_LIMITS } from './model.ts'
import type { Properties } from './model.ts'

const lists: fc.Arbitrary<Properties> = fc.array(
  fc.record(
    { name: fc.constantFrom('a', 'b', 'c'), values: fc.array(fc.constantFrom('1', '2', '3'), { maxLength: 4 }) },
    { noNullPrototype: true },
  ),
  { maxLength: 6 },
)

/** Applies what changed: what is left of each name, in order. */
function valuesAfter(before: Properties, after: Properties, name: string): readonly (readonly string[])[] {
  const old = before.filter((property) => property.name === name).map(({ values }) => values)
  const now = after.filter((property) => property.name === name).map(({ values }) => values)
  const changes = changesBetween(before, after).filter((change) => change.name === name)
  const changed = old.flatMap((values, index) => {
    if (index < now.length && String(values) === String(now[index])) return [values]
    const change = changes.shift()
    if (change === undefined || change.after === null) return []
    return [values.toSpliced(change.at, change.before?.length ?? 0, ...change.after)]
  })
  return [...changed, ...changes.map((change) => change.after ?? [])]
}

test('what a journal keeps of a change makes the new values of the old, properties of one name in their order', () => {
  fc.assert(
    fc.property(lists, lists, (before, after) => {
      for (const name of ['a', 'b', 'c']) {
        const expected = after.filter((property) => property.name === name).map(({ values }) => values)
        assert.deepEqual(valuesAfter(before, after, name), expected)
      }
    }),
  )
})

test('the longest lists are compared as well, in any order', () => {
  const before = Array.from({ length: MODEL_LIMITS.properties }, (_, index) => ({ name: `${index}`, values: ['x'] }))
  assert.deepEqual(changesBetween(before, before.toReversed()), [])
  assert.equal(changesBetween(before, before.slice(1).toReversed()).length, 1)
})

test('secrets are not in it, only that they changed', () => {
  const [before, after] = ['old', 'new'].map((secret) => [{ name: 'passwd', values: [secret, 'same'] }])
  assert.deepEqual(changesBetween(before ?? [], after ?? []), [{ name: 'passwd', at: 0, before: ['*'], after: ['*'] }])
})
