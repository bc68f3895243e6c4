/** A short run of the fuzz program in the ordinary suite; the long one is `node test/fuzz/directory-fuzz.ts`. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TARGETS, fuzz } from './fuzz/directory-fuzz.ts'

const RUNS = 3000
/** Another each day, so that every day of work looks elsewhere; it is printed, and repeats on the day. */
const SEED = Math.floor(Date.now() / 86_400_000)

describe('broken bytes of a domain are refused as such, and break nothing', () => {
  for (const target of Object.keys(TARGETS)) {
    test(`as ${target}`, (context) => {
      context.diagnostic(`seed ${SEED}, ${RUNS} inputs`)
      const { failures, runs, decoded } = fuzz(target, RUNS, SEED)
      assert.deepEqual(failures, [])
      assert.equal(runs, RUNS)
      assert.ok(decoded > RUNS / 50, `only ${decoded} were decoded`)
    })
  }
})
