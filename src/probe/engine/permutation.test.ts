import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { permute } from './permutation.ts'

test('a permutation gives each number once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer(), (size, seed) => {
      const seen = new Set(Array.from({ length: size }, (_, index) => permute(index, size, seed)))
      assert.equal(seen.size, size)
      for (const value of seen) assert.ok(Number.isInteger(value) && value >= 0 && value < size)
    }),
    { numRuns: 50 },
  )
})

test('a permutation of all ports gives each once, for a seed that a job may have', () => {
  const seen = new Uint8Array(131_072)
  for (let index = 0; index < seen.length; index += 1) {
    const value = permute(index, seen.length, 973)
    seen[value] = (seen[value] ?? 0) + 1
  }
  assert.ok(seen.every((count) => count === 1))
})

test('numbers beyond 32 bits stay whole and within the size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 52 }), fc.nat(), fc.integer(), (size, at, seed) => {
      const value = permute(at % size, size, seed)
      assert.ok(Number.isSafeInteger(value) && value >= 0 && value < size)
    }),
  )
})

test('the order is the seed’s, and not the natural one', () => {
  const orderOf = (seed: number): string =>
    Array.from({ length: 100 }, (_, index) => permute(index, 100, seed)).join(' ')
  assert.equal(orderOf(1), orderOf(1))
  assert.notEqual(orderOf(1), orderOf(2))
  const neighbours = Array.from({ length: 999 }, (_, index) => permute(index + 1, 1000, 7) - permute(index, 1000, 7))
  assert.ok(neighbours.filter((step) => step === 1).length < 20)
})
