/** A short run of the fuzz program in the ordinary suite; the long one is `node test/fuzz/rpc-fuzz.ts`. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ATTACKS } from './fuzz/rpc-attacks.ts'
import { attack, fuzzCalls } from './fuzz/rpc-fuzz.ts'

const RUNS = 10_000
const ATTACK_SECONDS = 0.3
/** Another each day, so that every day of work looks elsewhere; it is printed, and repeats on the day. */
const SEED = Math.floor(Date.now() / 86_400_000)

describe('a server of NetInfo', () => {
  test('answers or refuses whatever it is sent, and its domain stays sound', async (context) => {
    context.diagnostic(`seed ${SEED}, ${RUNS} calls`)
    const { calls, replies, failures } = await fuzzCalls(RUNS, SEED)
    assert.deepEqual(failures, [])
    assert.ok(calls >= RUNS && replies > RUNS / 10)
  })

  test('answers a client that behaves, whatever others do meanwhile', async (context) => {
    const { results, failures } = await attack(ATTACK_SECONDS)
    for (const { name, latencies } of results) context.diagnostic(`${name}: worst ${latencies.worstMs.toFixed(0)} ms`)
    assert.deepEqual(failures, [])
    assert.deepEqual(
      results.map(({ name }) => name),
      Object.keys(ATTACKS),
    )
    for (const { name, latencies } of results) assert.ok(latencies.calls > 0, name)
  })
})
