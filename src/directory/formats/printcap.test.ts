import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { assertRoundTrips, entry, fields, words } from '../../../test/support/flat-entries.ts'
import { PRINTCAP } from './printcap.ts'

const INKY = { name: ['inky', 'laser'], rm: 'ada', rp: 'inky', mx: '#0', sd: '/usr/spool/inky' }
const INKY_TEXT = 'inky|laser: \\\n\t:rm=ada:rp=inky:mx#0:sd=/usr/spool/inky:\n'

describe('printcap', () => {
  test('dumps and reads its sample', () => {
    assert.equal(PRINTCAP.dump([entry(INKY)]), INKY_TEXT)
    assert.deepEqual(PRINTCAP.parse(INKY_TEXT), { entries: [entry(INKY)], problems: [] })
  })

  test('keeps flags, numbers and other names', () => {
    const text = '# ours\na|b|the b printer:sf:mx#10:lp=/dev/lp\\\n   :sh:if=/usr/lib/f=1#2:\n'
    const value = { sf: [], mx: '#10', lp: '/dev/lp', sh: [], if: '/usr/lib/f=1#2' }
    assert.deepEqual(PRINTCAP.parse(text).entries, [entry({ name: ['a', 'b', 'the b printer'], ...value })])
  })

  test('prints the first value of each property but the name, in order', () => {
    const printer = entry({ sf: [], name: 'a', lp: ['', 'x'] })
    assert.equal(PRINTCAP.dump([printer, entry({ name: 'b' })]), 'a: \\\n\t:sf:lp=:\nb: \\\n\t:\n')
  })

  test('wraps before a capability would exceed column 72', () => {
    // The TAB and the colon are 9 columns; "aa=…:" then takes 63.
    const full = entry({ name: 'p', aa: 'x'.repeat(40), bb: 'y'.repeat(15) })
    assert.equal(PRINTCAP.dump([full]), `p: \\\n\t:aa=${'x'.repeat(40)}:bb=${'y'.repeat(15)}:\n`)
    const more = entry({ name: 'p', aa: 'x'.repeat(40), bb: 'y'.repeat(16), cc: 'z'.repeat(80), dd: [] })
    assert.equal(
      PRINTCAP.dump([more]),
      `p: \\\n\t:aa=${'x'.repeat(40)}: \\\n\t:bb=${'y'.repeat(16)}: \\\n\t:cc=${'z'.repeat(80)}: \\\n\t:dd:\n`,
    )
  })

  test('reports what it leaves out, and keeps the rest of the printer', () => {
    const { entries, problems } = PRINTCAP.parse(':rm=a:\nb||c:x:\nd:=1:name=e:sf:\n')
    assert.deepEqual(entries, [entry({ name: 'd', sf: [] })])
    assert.deepEqual(problems, [
      { line: 1, message: 'the printer has no name' },
      { line: 2, message: 'a name of the printer is empty' },
      { line: 3, message: 'a capability without a name is left out' },
      { line: 3, message: 'a capability called name is left out' },
    ])
  })

  test('lets no value end its capability', () => {
    assert.equal(PRINTCAP.dump([entry({ name: 'a', lp: 'x:if=/bin/sh\ny' })]), 'a: \\\n\t:lp=x if=/bin/sh y:\n')
  })

  test('gives back the entries that it dumped', () => {
    // Names first; no colons, no outer blanks; capabilities without values, or with one.
    const names = fc.array(words(':|#'), { minLength: 1, maxLength: 3 })
    const capability = words(':=#').filter((name) => name !== 'name')
    const values = fc.oneof(
      fc.constant([]),
      fields(':').map((value) => [value]),
    )
    const printer = fc
      .tuple(names, fc.array(fc.tuple(capability, values), { maxLength: 12 }))
      .map(([name, capabilities]) =>
        [['name', name] as const, ...capabilities].map(([key, value]) => ({ name: key, values: value })),
      )
    assertRoundTrips(PRINTCAP, printer)
  })
})
