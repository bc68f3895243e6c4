import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertRoundTrips, entry, entryOf, fields, many, one, words } from '../../../test/support/flat-entries.ts'
import { ALIASES } from './aliases.ts'

describe('aliases', () => {
  test('dumps and reads its sample line', () => {
    const crew = entry({ name: 'crew', members: ['pia', 'jon', 'mail-archive'] })
    assert.equal(ALIASES.dump([crew]), 'crew: pia,jon,mail-archive\n')
    assert.deepEqual(ALIASES.parse('crew: pia, jon,mail-archive\n'), { entries: [crew], problems: [] })
  })

  test('passes over what has no name or no members', () => {
    assert.equal(ALIASES.dump([entry({ name: 'a' }), entry({ members: 'b' }), entry({ name: 'c', members: [] })]), '')
  })

  test('wraps before a member would exceed column 72, the TAB counted as 8', () => {
    // "a: " and 69 columns are 72; one more is too many.
    const full = 'm'.repeat(69)
    assert.equal(ALIASES.dump([entry({ name: 'a', members: [full] })]), `a: ${full}\n`)
    const half = 'h'.repeat(33)
    assert.equal(
      ALIASES.dump([entry({ name: 'a', members: [half, 'i'.repeat(35)] })]),
      `a: ${half},${'i'.repeat(35)}\n`,
    )
    assert.equal(
      ALIASES.dump([entry({ name: 'a', members: [half, 'i'.repeat(35), 'k'.repeat(64), 'l'] })]),
      `a: ${half},\n\t${'i'.repeat(35)},\n\t${'k'.repeat(64)},l\n`.replace('k,l', 'k,\n\tl'),
    )
  })

  test('counts bytes, as old loaders do', () => {
    const members = ['é'.repeat(17), 'x'.repeat(34)]
    assert.equal(ALIASES.dump([entry({ name: 'a', members })]), `a: ${members.join(',\n\t')}\n`.replace('\n\t', ''))
    assert.match(ALIASES.dump([entry({ name: 'a', members: ['é'.repeat(18), 'x'.repeat(34)] })]), /,\n\tx/)
  })

  test('joins lines that begin with a blank, also over a comment', () => {
    assert.deepEqual(ALIASES.parse('crew: pia,\n# who else\n\tjon,\n  ada\nb: c').entries, [
      entry({ name: 'crew', members: ['pia', 'jon', 'ada'] }),
      entry({ name: 'b', members: 'c' }),
    ])
  })

  test('keeps commas inside quotes', () => {
    assert.deepEqual(ALIASES.parse('away: "|/usr/bin/vacation -a x,y pia", :include:/etc/list').entries, [
      entry({ name: 'away', members: ['"|/usr/bin/vacation -a x,y pia"', ':include:/etc/list'] }),
    ])
  })

  test('reports what is no alias under its first line', () => {
    assert.deepEqual(ALIASES.parse('a\n\tb\n: c\nd: ,\ne: "f\n').problems, [
      { line: 1, message: 'no colon follows the name' },
      { line: 3, message: 'the alias has no name' },
      { line: 4, message: 'the alias has no members' },
      { line: 5, message: 'a quote is not closed' },
    ])
  })

  test('gives back the entries that it dumped', () => {
    // No colon in the name; members without commas and quotes, neither empty nor with outer blanks.
    const name = words(':').filter((text) => !text.startsWith('#'))
    const members = fields(',"').filter((text) => text !== '')
    assertRoundTrips(ALIASES, entryOf(one('name', name), many('members', members, { minLength: 1, maxLength: 30 })))
  })
})
