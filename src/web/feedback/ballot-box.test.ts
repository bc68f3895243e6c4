import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '../../core/index.ts'
import { BallotBox, isVisitorId } from './ballot-box.ts'

const DAY_MS = 86_400_000
const ORIGIN = { address: '192.0.2.1', userAgent: 'Mozilla/5.0', page: '/en/ports/973' }

test('a cookie of ours says who answers', () => {
  const box = new BallotBox(() => 0)
  const cookie = 'A'.repeat(22)
  assert.equal(box.visitorOf(cookie, ORIGIN), cookie)
})

test('a cookie that is none of ours counts as none', () => {
  const box = new BallotBox(() => 0)
  for (const cookie of ['', 'x', '<script>', 'A'.repeat(23), `${'A'.repeat(21)}/`]) {
    const visitor = box.visitorOf(cookie, ORIGIN)
    assert.notEqual(visitor, cookie)
    assert.ok(isVisitorId(visitor))
  }
})

test('without a cookie, one browser is one visitor of a page for a day', () => {
  let nowMs = 0
  const box = new BallotBox(() => nowMs)
  const first = box.visitorOf(undefined, ORIGIN)
  assert.equal(box.visitorOf(undefined, ORIGIN), first)
  assert.notEqual(box.visitorOf(undefined, { ...ORIGIN, address: '192.0.2.2' }), first)
  assert.notEqual(box.visitorOf(undefined, { ...ORIGIN, userAgent: 'Mozilla/6.0' }), first)
  assert.notEqual(box.visitorOf(undefined, { ...ORIGIN, page: '/en/ports/22' }), first)
  nowMs = DAY_MS
  assert.notEqual(box.visitorOf(undefined, ORIGIN), first)
})

test('the visitors of a day that are remembered are bounded', () => {
  const box = new BallotBox(() => 0)
  const first = box.visitorOf(undefined, ORIGIN)
  for (let index = 0; index < LIMITS.feedbackOrigins; index += 1) {
    box.visitorOf(undefined, { ...ORIGIN, address: String(index) })
  }
  assert.notEqual(box.visitorOf(undefined, ORIGIN), first)
})
