import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isToken, newToken } from './tokens.ts'

test('a token is told from other text by its form and its checksum', () => {
  const token = newToken()
  assert.match(token, /^ptl_[0-9a-f]{72}$/)
  assert.ok(isToken(token))
  assert.ok(!isToken(token.toUpperCase()))
  fc.assert(fc.property(fc.string(), (text) => !isToken(text)))
})

test('a token with one digit changed is none', () => {
  fc.assert(
    fc.property(fc.nat({ max: 71 }), fc.integer({ min: 1, max: 15 }), (at, by) => {
      const token = newToken()
      const place = 'ptl_'.length + at
      const digit = (Number.parseInt(token.charAt(place), 16) ^ by).toString(16)
      return !isToken(`${token.slice(0, place)}${digit}${token.slice(place + 1)}`)
    }),
  )
})
