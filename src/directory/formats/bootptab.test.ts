import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertRoundTrips, entry, entryOf, one, words } from '../../../test/support/flat-entries.ts'
import fc from 'fast-check'
import { BOOTPTAB } from './bootptab.ts'

const HEADER = '/private/tftpboot:/\nmach\n%%\n'

describe('bootptab', () => {
  test('dumps its header and the machines, with what is missing filled in', () => {
    const full = entry({
      name: 'bo',
      en_address: '0:0:f:0:7:5a',
      ip_address: '10.0.0.2',
      bootfile: 'kernel',
      htype: '6',
    })
    assert.equal(
      BOOTPTAB.dump([full, entry({ name: 'cy' }), entry({ ip_address: '10.0.0.3' })]),
      `${HEADER}bo\t1\t0:0:f:0:7:5a\t10.0.0.2\tkernel\ncy\t1\t0:0:0:0:0:0\t0.0.0.0\tmach\n`,
    )
  })

  test('reads only what follows the header', () => {
    assert.deepEqual(BOOTPTAB.parse(`${HEADER}bo\t1\t0:0:f:0:7:5a\t10.0.0.2\tkernel\n`), {
      entries: [
        entry({ name: 'bo', htype: '1', en_address: '0:0:f:0:7:5a', ip_address: '10.0.0.2', bootfile: 'kernel' }),
      ],
      problems: [],
    })
  })

  test('reports a header without an end, too few fields, and what it leaves out', () => {
    assert.deepEqual(BOOTPTAB.parse('/tftpboot:/\nbo 1 a b c\n').problems, [
      { line: 2, message: 'no line %% ends the header: no machine was read' },
    ])
    assert.deepEqual(BOOTPTAB.parse('%%\nbo 1 a b\nbo 1 a b c d\n').problems, [
      { line: 2, message: '4 fields instead of 5' },
      { line: 3, message: 'what follows field 5 is left out' },
    ])
    assert.deepEqual(BOOTPTAB.parse('').problems, [])
  })

  test('gives back the entries that it dumped', () => {
    // Five words, of which the hardware type is 1.
    const machine = entryOf(
      one('name', words('#')),
      one('htype', fc.constant('1')),
      one('en_address', words('')),
      one('ip_address', words('')),
      one('bootfile', words('')),
    )
    assertRoundTrips(BOOTPTAB, machine)
  })
})
