import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertRoundTrips, entry, entryOf, many, one, words } from '../../../test/support/flat-entries.ts'
import { BOOTPARAMS } from './bootparams.ts'

const BO = entry({ name: 'bo', bootparams: ['root=ada:/bo', 'private=ada:/private'] })

describe('bootparams', () => {
  test('loads what it dumps', () => {
    const text = 'bo root=ada:/bo \\\n\tprivate=ada:/private\n'
    assert.equal(BOOTPARAMS.dump([BO]), text)
    assert.deepEqual(BOOTPARAMS.parse(text), { entries: [BO], problems: [] })
  })

  test('loads the TABs of the old loader', () => {
    assert.deepEqual(BOOTPARAMS.parse('bo\troot=ada:/bo\tprivate=ada:/private').entries, [BO])
  })

  test('dumps only what has a name and parameters', () => {
    assert.equal(BOOTPARAMS.dump([entry({ name: 'a' }), entry({ bootparams: 'x=y' })]), '')
  })

  test('reports a name alone', () => {
    assert.deepEqual(BOOTPARAMS.parse('\n\nbo\n').problems, [{ line: 3, message: 'no KEY=HOST:PATH follows the name' }])
  })

  test('gives back the entries that it dumped', () => {
    // No blanks; the line does not end in a backslash.
    const name = words('#')
    assertRoundTrips(BOOTPARAMS, entryOf(one('name', name), many('bootparams', words('\\'), { minLength: 1 })))
  })
})
