import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertRoundTrips, entry, entryOf, fields, many, one, words } from '../../../test/support/flat-entries.ts'
import { GROUP } from './group.ts'

describe('group', () => {
  test('dumps the members with commas, and passes over a group without a name', () => {
    const staff = entry({ name: 'staff', gid: '20', users: ['pia', 'jon'] })
    assert.equal(GROUP.dump([staff, entry({ gid: '1' })]), 'staff::20:pia,jon\n')
  })

  test('reads name, password, number and members', () => {
    assert.deepEqual(GROUP.parse('staff:*:20: pia , jon\n+:\n'), {
      entries: [entry({ name: 'staff', passwd: '*', gid: '20', users: ['pia', 'jon'] })],
      problems: [],
    })
  })

  test('makes one empty member of a missing list, as niload does', () => {
    const expected = [entry({ name: 'wheel', passwd: '', gid: '0', users: [''] })]
    assert.deepEqual(GROUP.parse('wheel::0').entries, expected)
    assert.deepEqual(GROUP.parse('wheel::0:\n').entries, expected)
  })

  test('reports what is no group, and what it leaves out of one', () => {
    const { entries, problems } = GROUP.parse('a:b\n::1:\nc::1:x:y\n')
    assert.deepEqual(entries, [entry({ name: 'c', passwd: '', gid: '1', users: ['x'] })])
    assert.deepEqual(problems, [
      { line: 1, message: '2 fields instead of 4' },
      { line: 2, message: 'the group has no name' },
      { line: 3, message: 'what follows field 4 is left out' },
    ])
  })

  test('gives back the entries that it dumped', () => {
    // No colons, no commas in a member, no outer blanks; at least one member.
    const name = words(':').filter((text) => !/^[#+]/.test(text))
    const members = many('users', words(':,'), { minLength: 1 })
    assertRoundTrips(GROUP, entryOf(one('name', name), one('passwd', fields(':')), one('gid', fields(':')), members))
  })
})
