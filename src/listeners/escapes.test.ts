import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { unescapeBytes } from './escapes.ts'

test('reads bytes as UTF-8, however many make one character', () => {
  assert.equal(unescapeBytes(String.raw`Google\x20Chrome`), 'Google Chrome')
  assert.equal(unescapeBytes(String.raw`Caf\xc3\xa9`), 'Café')
  assert.equal(unescapeBytes(String.raw`\xF0\x9F\x93\xA6`), '📦')
  assert.equal(unescapeBytes(String.raw`dev-disk-by\x2duuid.device`), 'dev-disk-by-uuid.device')
})

test('reads the letters and the doubled backslash that lsof writes', () => {
  assert.equal(unescapeBytes(String.raw`a\tb\nc\rd\fe\bf`), 'a\tb\nc\rd\fe\bf')
  assert.equal(unescapeBytes(String.raw`C:\\x20`), String.raw`C:\x20`)
})

test('leaves what is no escape as it is', () => {
  for (const text of ['', 'plain', String.raw`\q`, String.raw`\x2`, String.raw`\xzz`, '\\'])
    assert.equal(unescapeBytes(text), text)
})

test('reads back every name that is escaped byte by byte', () => {
  const escape = (name: string): string =>
    [...Buffer.from(name)].map((each) => `\\x${each.toString(16).padStart(2, '0')}`).join('')
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (name) => unescapeBytes(escape(name)) === name))
})
