import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PasswordQueue } from './password-queue.ts'

test('two run at once, some wait in their order, and all others are told so at once', async () => {
  const queue = new PasswordQueue()
  const ends: (() => void)[] = []
  let running = 0
  let most = 0
  const order: number[] = []
  const results = Array.from({ length: 100 }, (_, index) =>
    queue.run(async () => {
      running += 1
      most = Math.max(most, running)
      order.push(index)
      await new Promise<void>((resolve) => ends.push(resolve))
      running -= 1
      return index
    }),
  )
  const refused = await Promise.all(results.slice(66))
  assert.ok(refused.every((result) => result === null))
  while (order.length < 66 || ends.length > 0) {
    ends.shift()?.()
    await new Promise(setImmediate)
  }
  assert.deepEqual(await Promise.all(results.slice(0, 66)), order)
  assert.deepEqual(
    order,
    Array.from({ length: 66 }, (_, index) => index),
  )
  assert.equal(most, 2)
})

test('work that fails gives its place to the next', async () => {
  const queue = new PasswordQueue()
  const failing = Array.from({ length: 3 }, () => queue.run(() => Promise.reject(new Error('no'))))
  for (const each of failing) await assert.rejects(each, /no/)
  assert.equal(await queue.run(() => Promise.resolve('done')), 'done')
})
