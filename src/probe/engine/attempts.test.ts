import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Attempts, NONE } from './attempts.ts'

test('slots are given out once, and the waiting come in their order', () => {
  const step = fc.record({
    kind: fc.constantFrom('open', 'wait', 'first', 'take', 'close', 'unwait'),
    flow: fc.nat({ max: 2 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const attempts = new Attempts(8, 3)
      const held: number[][] = [[], [], []]
      const waiting: number[][] = [[], [], []]
      for (const { kind, flow } of steps) {
        const mine = held[flow] ?? []
        const line = waiting[flow] ?? []
        if (kind === 'open' && attempts.hasFree) mine.push(attempts.open(flow, 1))
        if (kind === 'take') {
          const taken = attempts.takeWaiting(flow)
          assert.equal(taken, line.shift() ?? NONE)
          if (taken !== NONE) mine.push(taken)
        }
        if (kind === 'unwait') {
          const [out] = line.splice(line.length >> 1, 1)
          if (out !== undefined) attempts.unwait(out)
          if (out !== undefined) mine.push(out)
        }
        const slot = kind === 'unwait' || kind === 'open' || kind === 'take' ? undefined : mine.pop()
        if (slot === undefined) continue
        if (kind === 'wait') line.push(slot)
        if (kind === 'wait') attempts.wait(slot)
        if (kind === 'first') line.unshift(slot)
        if (kind === 'first') attempts.waitFirst(slot)
        if (kind === 'close') attempts.close(slot)
      }
      const used = [...held.flat(), ...waiting.flat()].toSorted((a, b) => a - b)
      assert.deepEqual([...attempts.used()], used)
      assert.equal(attempts.hasFree, used.length < 8)
    }),
  )
})
