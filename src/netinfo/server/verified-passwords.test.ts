import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VerifiedPasswords } from './verified-passwords.ts'

test('a password is known for a minute, with the very value that it fitted', () => {
  let nowMs = 0
  const verified = new VerifiedPasswords(() => nowMs)
  assert.ok(!verified.has('abc', 'stored'))
  verified.add('abc', 'stored')
  assert.ok(verified.has('abc', 'stored'))
  assert.ok(!verified.has('abd', 'stored'))
  assert.ok(!verified.has('abc', 'other'))
  nowMs = 60_000
  assert.ok(!verified.has('abc', 'stored'))
})

test('where password and value are cut apart makes a difference', () => {
  const verified = new VerifiedPasswords(() => 0)
  verified.add('bc', 'a')
  assert.ok(!verified.has('c', 'ab'))
})

test('no more than 1,024 are remembered: the oldest goes', () => {
  const verified = new VerifiedPasswords(() => 0)
  for (let index = 0; index <= 1024; index += 1) verified.add(`password ${index}`, 'stored')
  assert.ok(!verified.has('password 0', 'stored'))
  assert.ok(verified.has('password 1', 'stored'))
  assert.ok(verified.has('password 1024', 'stored'))
})
