import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UnreachPacer } from './unreach-pacer.ts'

function pacerOf(): UnreachPacer {
  const pacer = new UnreachPacer(1)
  pacer.reset(0)
  return pacer
}

test('a host that sends no errors is not slowed by silence', () => {
  const pacer = pacerOf()
  for (let silence = 0; silence < 100; silence += 1) pacer.noteSilence(0, silence, silence + 1)
  assert.equal(pacer.readyAt(0), -Infinity)
})

test('silence after an error begins a test, and four silences end it for good', () => {
  const pacer = pacerOf()
  pacer.noteError(0, false, 0)
  pacer.noteSilence(0, 1, 100)
  assert.equal(pacer.readyAt(0), 1200)
  assert.equal(pacer.slowedAt(0), 100)
  // What was sent before the test began says nothing.
  for (let silence = 0; silence < 10; silence += 1) pacer.noteSilence(0, 2, 110)
  for (const at of [1200, 2300, 3400, 4500]) {
    assert.equal(pacer.readyAt(0), at)
    pacer.noteSent(0, at)
    pacer.noteSilence(0, at, at + 100)
  }
  assert.equal(pacer.readyAt(0), -Infinity)
  pacer.noteSilence(0, 5000, 5100)
  assert.equal(pacer.readyAt(0), -Infinity)
})

test('a limit that is shown makes one attempt a second, which is tried to be less and taken back', () => {
  const pacer = pacerOf()
  pacer.noteError(0, false, 0)
  pacer.noteSilence(0, 1, 100)
  pacer.noteError(0, true, 1201)
  let now = pacer.readyAt(0)
  assert.equal(now, 2201)
  for (let answer = 0; answer < 4; answer += 1) {
    pacer.noteSent(0, now)
    pacer.noteError(0, false, now + 1)
    assert.equal(pacer.readyAt(0), answer < 3 ? now + 1000 : now + 501)
    now = pacer.readyAt(0)
  }
  pacer.noteSent(0, now)
  pacer.noteSilence(0, now, now + 100)
  assert.equal(pacer.readyAt(0), now + 1100)
  assert.equal(pacer.slowedAt(0), now + 100)
})

test('a host whose errors all come is free again', () => {
  const pacer = pacerOf()
  pacer.noteError(0, true, 0)
  for (let answer = 0; answer < 120; answer += 1) pacer.noteError(0, false, answer)
  assert.equal(pacer.readyAt(0), -Infinity)
})
