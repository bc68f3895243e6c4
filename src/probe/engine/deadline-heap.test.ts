import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DeadlineHeap } from './deadline-heap.ts'

const CAPACITY = 20

test('the heap gives what a sorted list gives, whatever is added, changed and taken out', () => {
  const item = fc.nat({ max: CAPACITY - 1 })
  const time = fc.nat({ max: 50 })
  const step = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), item, time }),
    fc.record({ kind: fc.constant('remove' as const), item, time }),
    fc.record({ kind: fc.constant('take' as const), item, time }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = new DeadlineHeap(CAPACITY)
      const model = new Map<number, number>()
      for (const { kind, item: which, time: at } of steps) {
        if (kind === 'set') {
          heap.set(which, at)
          model.set(which, at)
        } else if (kind === 'remove') {
          heap.remove(which)
          model.delete(which)
        } else {
          const taken = heap.takeDue(at)
          const first = Math.min(...model.values())
          if (first > at) assert.equal(taken, -1)
          else assert.equal(model.get(taken), first)
          model.delete(taken)
        }
        assert.equal(heap.size, model.size)
        assert.equal(heap.firstDeadline, Math.min(...model.values()))
      }
    }),
  )
})
