import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { splitWords } from './nicl-words.ts'

describe('splitWords', () => {
  test('splits at blanks and tabs, however many', () => {
    assert.deepEqual(splitWords('  read\t/users/pia   name '), ['read', '/users/pia', 'name'])
    assert.deepEqual(splitWords(''), [])
    assert.deepEqual(splitWords(' \t\r'), [])
  })

  test('keeps blanks within double quotes, and quotes within a word', () => {
    assert.deepEqual(splitWords('create /users/pia realname "Pia  Holm"'), [
      'create',
      '/users/pia',
      'realname',
      'Pia  Holm',
    ])
    assert.deepEqual(splitWords('a"b c"d'), ['ab cd'])
  })

  test('makes an empty word of two quotes', () => {
    assert.deepEqual(splitWords('create /a key ""'), ['create', '/a', 'key', ''])
  })

  test('takes the character after a backslash as it is', () => {
    assert.deepEqual(splitWords(String.raw`a\ b \"c "d\"e" \\`), ['a b', '"c', 'd"e', '\\'])
  })

  test('refuses an open quote and a backslash at the end', () => {
    for (const line of ['"', 'a "b', 'a\\', '"a\\"']) assert.equal(splitWords(line), null, line)
  })

  test('gives back any words that were quoted and escaped', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        const line = words.map((word) => `"${word.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(' ')
        assert.deepEqual(splitWords(line), words)
      }),
    )
  })
})
