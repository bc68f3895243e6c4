import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { contestedIn, mergeChoice } from './conflict.ts'

const value = fc.constantFrom('x', 'y', '')
const properties = fc.array(
  fc.record(
    { name: fc.constantFrom('a', 'b', 'c', 'd'), values: fc.array(value, { maxLength: 2 }) },
    { noNullPrototype: true },
  ),
  { maxLength: 5 },
)

const of = (text: string): { name: string; values: string[] }[] =>
  text.split(' ').map((pair) => ({ name: pair.slice(0, 1), values: [pair.slice(2)] }))

describe('two versions of a directory', () => {
  test('are told apart by who changed what', () => {
    const contested = contestedIn(of('a=1 b=1 c=1'), of('a=2 b=1 c=2'), of('a=1 b=3 c=3'))
    assert.deepEqual(
      contested.map(({ name, proposed }) => [name, proposed]),
      [
        ['a', 'theirs'],
        ['b', 'yours'],
        ['c', 'theirs'],
      ],
    )
  })

  test('become one with what each alone has changed', () => {
    const merged = mergeChoice(of('a=1 b=1'), of('a=2 b=1 n=1'), of('b=3 a=1 m=1'), ({ proposed }) => proposed)
    assert.deepEqual(merged, of('b=3 a=2 m=1 n=1'))
  })

  test('become theirs, or yours, when all is chosen so, but for the order', () => {
    fc.assert(
      fc.property(properties, properties, properties, (base, theirs, yours) => {
        const sorted = (list: readonly object[]): string[] => list.map((each) => JSON.stringify(each)).toSorted()
        assert.deepEqual(
          mergeChoice(base, theirs, yours, () => 'yours'),
          yours,
        )
        assert.deepEqual(sorted(mergeChoice(base, theirs, yours, () => 'theirs')), sorted(theirs))
      }),
    )
  })

  test('have nothing between them when they are the same', () => {
    fc.assert(
      fc.property(properties, properties, (base, now) => {
        assert.deepEqual(contestedIn(base, now, now), [])
        assert.deepEqual(
          mergeChoice(base, now, now, () => 'theirs'),
          now,
        )
      }),
    )
  })
})
