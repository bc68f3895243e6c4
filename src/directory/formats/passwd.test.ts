import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { assertRoundTrips, entry, fields, words } from '../../../test/support/flat-entries.ts'
import type { Properties } from '../model.ts'
import { PASSWD, PASSWD_43 } from './passwd.ts'

const PIA = {
  name: 'pia',
  passwd: 'Xy0fakefakefk',
  uid: '530',
  gid: '20',
  class: '',
  change: '0',
  expire: '0',
  realname: 'Pia Holm',
  home: '/home/pia',
  shell: '/bin/csh',
}
const PIA_LINE = 'pia:Xy0fakefakefk:530:20::0:0:Pia Holm:/home/pia:/bin/csh\n'

/** One value each, without colons and outer blanks; a name that begins no comment and no line of NIS. */
const names = words(':').filter((name) => !/^[#+]/.test(name))
const users = fc.tuple(names, fc.array(fields(':'), { minLength: 9, maxLength: 9 }))
const FIELDS = Object.keys(PIA).slice(1)

function usersOf(fieldNames: readonly string[], added: Properties): fc.Arbitrary<Properties> {
  return users.map(([name, values]) => {
    const others = fieldNames.map((field, index) => ({ name: field, values: [values[index] ?? ''] }))
    return entry({ name }).concat(others, added, entry({ _writers_passwd: name }))
  })
}

describe('passwd', () => {
  test('dumps ten fields, with 0 for a missing change and expire', () => {
    const { change: _, expire: __, class: ___, ...rest } = PIA
    assert.equal(PASSWD.dump([entry(rest)]), PIA_LINE)
    assert.equal(PASSWD.dump([entry({ name: 'x' })]), 'x:::::0:0:::\n')
  })

  test('passes over an entry without a name, and prints first values alone', () => {
    assert.equal(PASSWD.dump([entry({ uid: '1' }), entry({ name: [] })]), '')
    assert.equal(PASSWD.dump([entry({ name: ['a', 'b'], uid: ['1', '2'] })]), 'a::1:::0:0:::\n')
  })

  test('reads ten fields and lets the user change the own password', () => {
    assert.deepEqual(PASSWD.parse(`# users\n\n${PIA_LINE}`), {
      entries: [entry({ ...PIA, _writers_passwd: 'pia' })],
      problems: [],
    })
  })

  test('keeps the last character of a line without a newline', () => {
    assert.deepEqual(PASSWD.parse(PIA_LINE.trimEnd()).entries, PASSWD.parse(PIA_LINE).entries)
  })

  test('trims fields, of the carriage return of a foreign line too', () => {
    assert.deepEqual(PASSWD.parse(' a :b:1:2:c:0:0: Mr A :/a:/bin/sh\r\n').entries[0]?.[7]?.values, ['Mr A'])
    assert.deepEqual(PASSWD.parse('a:b:1:2:c:0:0:A:/a:/bin/sh\r\n').entries[0]?.[9]?.values, ['/bin/sh'])
  })

  test('passes over lines of NIS, and reports what is no user', () => {
    assert.deepEqual(PASSWD.parse(`+\n+@staff::::::::: \na:b:1\n:x:1:2::0:0:::\n${PIA_LINE}`), {
      entries: [entry({ ...PIA, _writers_passwd: 'pia' })],
      problems: [
        { line: 3, message: '3 fields instead of 10 (the format of 7 is passwd.43)' },
        { line: 4, message: 'the user has no name' },
      ],
    })
  })

  test('gives back the entries that it dumped', () => {
    assertRoundTrips(PASSWD, usersOf(FIELDS, []))
  })

  test('lets no value make a second user, or move the fields', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', ':', '\n', ' ') }), { minLength: 9 }), (values) => {
        const text = PASSWD.dump([
          [
            { name: 'name', values: ['pia'] },
            ...FIELDS.map((name, index) => ({ name, values: [values[index] ?? ''] })),
          ],
        ])
        assert.equal(text.split('\n').length, 2)
        assert.equal(text.split(':').length, 10)
      }),
    )
  })
})

describe('passwd.43', () => {
  const { class: _, change: __, expire: ___, ...seven } = PIA
  const line = 'pia:Xy0fakefakefk:530:20:Pia Holm:/home/pia:/bin/csh\n'

  test('reads seven fields and adds the three of BSD 4.4', () => {
    const added = { class: '', change: '0', expire: '0', _writers_passwd: 'pia' }
    assert.deepEqual(PASSWD_43.parse(line), { entries: [entry({ ...seven, ...added })], problems: [] })
  })

  test('dumps seven fields', () => {
    assert.equal(PASSWD_43.dump([entry(PIA)]), line)
  })

  test('reports a line of ten fields', () => {
    assert.deepEqual(PASSWD_43.parse(PIA_LINE).problems, [
      { line: 1, message: '10 fields instead of 7 (the format of 10 is passwd)' },
    ])
  })

  test('gives back the entries that it dumped', () => {
    const FIELDS_43 = Object.keys(seven).slice(1)
    assertRoundTrips(PASSWD_43, usersOf(FIELDS_43, entry({ class: '', change: '0', expire: '0' })))
  })
})
