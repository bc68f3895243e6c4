import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RateLimits, rateKindOf } from './rate-limits.ts'

test('a client has its burst, then as much as its rate, and knows when to come back', () => {
  let nowMs = 0
  const limits = new RateLimits(() => nowMs, { probe: { burst: 3, perSecond: 0.5 } })
  assert.deepEqual(
    [1, 2, 3, 4].map(() => limits.take('probe', 'a')),
    [0, 0, 0, 2],
  )
  assert.equal(limits.take('probe', 'b'), 0)
  nowMs += 2000
  assert.deepEqual([limits.take('probe', 'a'), limits.take('probe', 'a')], [0, 2])
  nowMs += 3_600_000
  assert.deepEqual(
    [1, 2, 3, 4].map(() => limits.take('probe', 'a')),
    [0, 0, 0, 2],
  )
})

test('a clock that is set back gives nothing, and takes nothing', () => {
  let nowMs = 10_000
  const limits = new RateLimits(() => nowMs, { write: { burst: 1, perSecond: 1 } })
  assert.equal(limits.take('write', 'a'), 0)
  nowMs = 0
  assert.equal(limits.take('write', 'a'), 1)
})

test('what costs more is told from what costs less', () => {
  for (const [method, path, kind] of [
    ['GET', '/ports/973', 'page'],
    ['GET', '/search', 'search'],
    ['GET', '/search/suggest', 'search'],
    ['GET', '/searching', 'page'],
    ['GET', '/sign-in', 'page'],
    ['POST', '/sign-in', 'signIn'],
    ['POST', '/ports/973/feedback', 'feedback'],
    ['POST', '/api/v1/probe', 'probe'],
    ['PUT', '/api/v1/domains/local/directories/users', 'write'],
  ] as const)
    assert.equal(rateKindOf(method, path), kind, `${method} ${path}`)
})
