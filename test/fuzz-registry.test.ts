/** A short run of the fuzz program in the ordinary suite; the long one is `node test/fuzz/registry-fuzz.ts`. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fuzz, replaySeeds } from './fuzz/registry-fuzz.ts'
import type { TargetName } from './fuzz/registry-fuzz.ts'

const RUNS = 2000
/** Another each day, so that every day of work looks elsewhere; it is printed, and repeats on the day. */
const SEED = Math.floor(Date.now() / 86_400_000)

describe('broken input is refused with a code, and breaks nothing', () => {
  const targets: readonly (readonly [TargetName, string])[] = [
    ['csv', "IANA's CSV"],
    ['registry', 'the compiled registry'],
    ['lore', 'the compiled lore'],
  ]
  for (const [target, what] of targets) {
    test(`as ${what}`, (context) => {
      context.diagnostic(`seed ${SEED}, ${RUNS} inputs`)
      const { failures, runs } = fuzz(target, RUNS, SEED)
      assert.deepEqual(failures, [])
      assert.equal(runs, RUNS)
    })
  }

  test('as what once broke something', () => {
    assert.deepEqual(replaySeeds(), [])
  })
})
