import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { assertRoundTrips, entry, entryOf, many, one, words } from '../../../test/support/flat-entries.ts'
import { FSTAB } from './fstab.ts'

const ADA = { name: 'ada:/export', dir: '/Net/ada', vfstype: 'nfs', opts: ['rw', 'bg', 'soft'], freq: '0', passno: '0' }

describe('fstab', () => {
  test('dumps and reads its sample line', () => {
    const line = 'ada:/export /Net/ada nfs rw,bg,soft 0 0\n'
    assert.equal(FSTAB.dump([entry(ADA)]), line)
    assert.deepEqual(FSTAB.parse(line), { entries: [entry(ADA)], problems: [] })
  })

  test('fills in what is missing, and passes over a mount without a name', () => {
    assert.equal(FSTAB.dump([entry({ name: 'ada:/x', dir: '/x' }), entry({ dir: '/y' })]), 'ada:/x /x nfs rw 0 0\n')
  })

  test('prints type and dump_freq where vfstype and freq are missing', () => {
    const older = entry({ name: 'a', dir: '/b', type: 'ufs', opts: 'ro', dump_freq: '1', passno: '2' })
    assert.equal(FSTAB.dump([older]), 'a /b ufs ro 1 2\n')
  })

  test('reads lines without the last two fields', () => {
    const { entries, problems } = FSTAB.parse('ada:/export\t/Net/ada nfs rw,bg,soft\n')
    assert.deepEqual(entries, [entry(ADA)])
    assert.deepEqual(problems, [])
  })

  test('reports too few fields, and what it leaves out', () => {
    assert.deepEqual(FSTAB.parse('a /b nfs\na /b nfs rw 0 0 # here\n').problems, [
      { line: 1, message: '3 fields instead of 6' },
      { line: 2, message: 'what follows field 6 is left out' },
    ])
  })

  test('writes a blank inside a field as fstab(5) does, and reads it', () => {
    const disk = entry({ ...ADA, name: 'ada:/My Disk', dir: '/Net/a\\040b' })
    assert.equal(FSTAB.dump([disk]), 'ada:/My\\040Disk /Net/a\\134040b nfs rw,bg,soft 0 0\n')
    assert.deepEqual(FSTAB.parse(FSTAB.dump([disk])).entries, [disk])
  })

  test('gives back the entries that it dumped', () => {
    // All six, none empty but an option; no comma in an option; blanks of fstab(5) may be inside, no vertical ones.
    const value = fc
      .array(
        words('').filter((text) => !text.startsWith('#')),
        { minLength: 1, maxLength: 3 },
      )
      .chain((parts) => fc.constantFrom(' ', '\t', '\n', '\\').map((blank) => parts.join(blank)))
    const options = many('opts', words(','), { minLength: 1 })
    assertRoundTrips(
      FSTAB,
      entryOf(
        one('name', value),
        one('dir', value),
        one('vfstype', value),
        options,
        one('freq', value),
        one('passno', value),
      ),
    )
  })
})
