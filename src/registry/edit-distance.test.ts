import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { editDistance } from './edit-distance.ts'

/** Optimal string alignment by its definition: the whole matrix, no limit, no shortcut. */
function wholeMatrix(a: string, b: string): number {
  const matrix = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0))
  const at = (i: number, j: number): number => matrix[i]?.[j] ?? Infinity
  for (let i = 0; i <= a.length; i += 1) {
    for (let j = 0; j <= b.length; j += 1) {
      const choices =
        i === 0 && j === 0
          ? [0]
          : [at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)]
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) choices.push(at(i - 2, j - 2) + 1)
      const row = matrix[i]
      assert.ok(row !== undefined)
      row[j] = Math.min(...choices)
    }
  }
  return at(a.length, b.length)
}

describe('editDistance', () => {
  test('counts an insertion, a deletion, a substitution and a swap of neighbours as one each', () => {
    assert.equal(editDistance('port', 'ports', 2), 1)
    assert.equal(editDistance('ports', 'port', 2), 1)
    assert.equal(editDistance('port', 'part', 2), 1)
    assert.equal(editDistance('port', 'prot', 2), 1)
    assert.equal(editDistance('port', 'port', 2), 0)
  })

  test('counts the length of the other for an empty word', () => {
    assert.equal(editDistance('', 'ab', 2), 2)
    assert.equal(editDistance('ab', '', 2), 2)
    assert.equal(editDistance('', '', 0), 0)
  })

  test('answers more than the limit for words further apart', () => {
    assert.equal(editDistance('telnet', 'gopher', 2), 3)
    assert.equal(editDistance('a', 'abcdef', 2), 3)
    assert.equal(editDistance('ab', 'ba', 0), 1)
  })

  test('does not edit between the two of a swap (optimal string alignment)', () => {
    assert.equal(editDistance('ca', 'abc', 3), 3)
  })

  test('agrees with the whole matrix within the limit, and exceeds it where that does', () => {
    const word = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 }),
      fc.string({ maxLength: 9 }),
    )
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 10 }), (a, b, max) => {
        assert.equal(Math.min(editDistance(a, b, max), max + 1), Math.min(wholeMatrix(a, b), max + 1))
      }),
      { numRuns: 5000 },
    )
  })
})
