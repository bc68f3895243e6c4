import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ReadySet } from './ready-set.ts'

test('the set holds what was added and not removed, and draws nothing else', () => {
  const step = fc.tuple(fc.boolean(), fc.nat({ max: 9 }))
  fc.assert(
    fc.property(fc.array(step), fc.integer(), (steps, seed) => {
      const ready = new ReadySet(10, seed)
      const model = new Set<number>()
      for (const [isAdded, item] of steps) {
        if (isAdded) ready.add(item)
        else ready.remove(item)
        if (isAdded) model.add(item)
        else model.delete(item)
        assert.equal(ready.size, model.size)
        for (let each = 0; each < 10; each += 1) assert.equal(ready.has(each), model.has(each))
        const drawn = ready.draw()
        assert.ok(model.size === 0 ? drawn === -1 : model.has(drawn))
      }
    }),
  )
})

test('each member is drawn about as often', () => {
  const ready = new ReadySet(4, 1)
  for (let item = 0; item < 4; item += 1) ready.add(item)
  const counts = [0, 0, 0, 0]
  for (let draw = 0; draw < 4000; draw += 1) {
    const drawn = ready.draw()
    counts[drawn] = (counts[drawn] ?? 0) + 1
  }
  for (const count of counts) assert.ok(count > 800 && count < 1200, counts.join(' '))
})
