import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Attempts } from './attempts.ts'

function guessing(attempts: Attempts, client: string, user: string, times: number): void {
  for (let at = 0; at < times; at += 1) attempts.begin(client, user)
}

test('a few wrong passwords cost nothing, and each one more twice as long', () => {
  let nowMs = 0
  const attempts = new Attempts(() => nowMs)
  guessing(attempts, 'a', 'pia', 4)
  assert.equal(attempts.waitMs('a', 'pia'), 0)
  const waits = [1, 2, 3].map(() => {
    attempts.begin('a', 'pia')
    const waitMs = attempts.waitMs('a', 'pia')
    nowMs += waitMs
    return waitMs
  })
  assert.deepEqual(waits, [1000, 2000, 4000])
  assert.equal(attempts.waitMs('a', 'pia'), 0)
})

test('no number of guesses holds up another client, or makes a user wait elsewhere', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 200 }), (guesses) => {
      const attempts = new Attempts(() => 0)
      for (const [client, user] of guesses) attempts.begin(`other ${client}`, user)
      return guesses.every(([, user]) => attempts.waitMs('mine', user) === 0)
    }),
  )
})

test('a client that guesses at many users waits a minute at most', () => {
  const attempts = new Attempts(() => 0)
  for (let at = 0; at < 1000; at += 1) attempts.begin('a', `user${at}`)
  assert.equal(attempts.waitMs('a', 'pia'), 60_000)
})

test('a right password takes back what was counted, and time forgets the rest', () => {
  let nowMs = 0
  const attempts = new Attempts(() => nowMs)
  guessing(attempts, 'a', 'pia', 4)
  attempts.begin('a', 'pia')()
  guessing(attempts, 'a', 'pia', 4)
  assert.equal(attempts.waitMs('a', 'pia'), 0)
  guessing(attempts, 'a', 'pia', 30)
  assert.equal(attempts.waitMs('a', 'pia'), 15 * 60_000)
  nowMs += 4 * 60 * 60_000
  assert.equal(attempts.waitMs('a', 'pia'), 0)
})
