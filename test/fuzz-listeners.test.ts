import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TARGET_NAMES, fuzz, readSeeds, replay } from './fuzz/listeners-fuzz.ts'

const RUNS = 2000
const SEED = 973

for (const seed of readSeeds()) {
  test(`${seed.target} withstands what once was too much for it: ${seed.note}`, () => {
    assert.equal(replay(seed), null)
  })
}

for (const target of TARGET_NAMES) {
  test(`${target} withstands ${RUNS} mutated records of real output`, () => {
    assert.deepEqual(fuzz(target, RUNS, SEED).failure, null)
  })
}
