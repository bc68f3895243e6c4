import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Slots } from './slots.ts'

test('no more tasks run at once than there are slots, and they begin in their order', async () => {
  const slots = new Slots(() => 3)
  const begun: number[] = []
  let most = 0
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      slots.use(async () => {
        begun.push(index)
        most = Math.max(most, slots.taken)
        await new Promise(setImmediate)
      }),
    ),
  )
  assert.equal(most, 3)
  assert.deepEqual(
    begun,
    [...begun].toSorted((one, other) => one - other),
  )
  assert.equal(slots.taken, 0)
})

test('a task that fails gives its slot back', async () => {
  const slots = new Slots(() => 1)
  const failing = slots.use(async () => {
    throw new Error('no')
  })
  const next = slots.use(async () => 'done')
  await assert.rejects(failing)
  assert.equal(await next, 'done')
})
