import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '../core/index.ts'
import { AnswerCache } from './answer-cache.ts'

const bytes = (length: number): Buffer => Buffer.alloc(length, 1)

test('an answer is given as long as generation, stamp and instance are the same', () => {
  const cache = new AnswerCache()
  cache.put('a', 16, 1, 2, bytes(10))
  assert.deepEqual(cache.get('a', 16, 1, 2), bytes(10))
  assert.equal(cache.get('b', 16, 1, 2), undefined)
  for (const [generation, stamp, instance] of [
    [17, 1, 2],
    [16, 2, 2],
    [16, 1, 3],
  ] as const) {
    cache.put('a', 16, 1, 2, bytes(10))
    assert.equal(cache.get('a', generation, stamp, instance), undefined)
    assert.equal(cache.get('a', 16, 1, 2), undefined, 'what is out of date is dropped')
  }
})

test('an answer takes the place of an older one of the same name', () => {
  const cache = new AnswerCache()
  cache.put('a', 16, 1, 2, bytes(10))
  cache.put('a', 16, 3, 4, bytes(20))
  assert.equal(cache.get('a', 16, 3, 4)?.length, 20)
})

test('the answers not used for longest make room', () => {
  const cache = new AnswerCache()
  const size = LIMITS.answerCacheBytes / 4
  for (const name of ['a', 'b', 'c']) cache.put(name, 16, 1, 1, bytes(size))
  assert.notEqual(cache.get('a', 16, 1, 1), undefined)
  for (const name of ['d', 'e']) cache.put(name, 16, 1, 1, bytes(size))
  assert.equal(cache.get('b', 16, 1, 1), undefined)
  assert.equal(cache.get('c', 16, 1, 1), undefined)
  for (const name of ['a', 'd', 'e']) assert.notEqual(cache.get(name, 16, 1, 1), undefined, name)
})

test('an answer that would take more than a quarter is not kept', () => {
  const cache = new AnswerCache()
  cache.put('small', 16, 1, 1, bytes(10))
  cache.put('large', 16, 1, 1, bytes(LIMITS.answerCacheBytes / 4 + 1))
  assert.equal(cache.get('large', 16, 1, 1), undefined)
  assert.notEqual(cache.get('small', 16, 1, 1), undefined)
})

test('long names, which clients choose, take room too', () => {
  const cache = new AnswerCache()
  const name = (index: number): string => `${index}`.padEnd(60_000, 'x')
  const count = Math.ceil(LIMITS.answerCacheBytes / 120_000) + 1
  for (let index = 0; index < count; index += 1) cache.put(name(index), 16, 1, 1, bytes(12))
  assert.equal(cache.get(name(0), 16, 1, 1), undefined)
  assert.notEqual(cache.get(name(count - 1), 16, 1, 1), undefined)
})
