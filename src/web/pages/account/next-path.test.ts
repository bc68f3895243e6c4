import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { safeNext } from './next-path.ts'

test('a path of ours is where one goes on', () => {
  for (const path of ['/', '/ports/973', '/bn/directory/local/users?page=2']) assert.equal(safeNext(path), path)
  assert.equal(safeNext(undefined), null)
})

test('nothing leads to another site, as a browser understands it', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    'evil.example',
    ':',
    'http',
    '//',
    '\t',
    '\n',
    '@',
    '.',
    '..',
    '?',
    '#',
    '%2f',
    'a',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 8 }).map((all) => all.join('')),
      ),
      (text) => {
        const next = safeNext(text)
        return next === null || new URL(next, 'http://ours.example/sign-in').origin === 'http://ours.example'
      },
    ),
    { numRuns: 2000 },
  )
})
