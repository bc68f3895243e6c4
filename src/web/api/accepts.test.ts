import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isAccepted } from './accepts.ts'

test('without the header everything is taken', () => {
  assert.ok(isAccepted(undefined, 'application/json'))
  assert.ok(isAccepted(' ', 'application/json'))
})

test('the most exact range decides, whatever stands around it', () => {
  assert.ok(isAccepted('*/*', 'application/json'))
  assert.ok(isAccepted('text/html, application/*;q=0.1', 'application/json'))
  assert.ok(!isAccepted('text/html', 'application/json'))
  assert.ok(!isAccepted('*/*, application/json;q=0', 'application/json'))
  assert.ok(isAccepted('*/*;q=0, application/json', 'application/json'))
})

test('any text is a header that can be read', () => {
  fc.assert(fc.property(fc.string(), (text) => typeof isAccepted(text, 'application/json') === 'boolean'))
})
