import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertRoundTrips, entry, entryOf, many, one, words } from '../../../test/support/flat-entries.ts'
import type { Properties } from '../model.ts'
import type { Format } from './format.ts'
import { NETWORKS, PROTOCOLS, RPC } from './named-numbers.ts'

const SAMPLES: readonly (readonly [Format, string, Properties, string])[] = [
  [NETWORKS, 'lab-net\t192.168.1\tlab\n', entry({ name: ['lab-net', 'lab'], address: '192.168.1' }), 'address'],
  [PROTOCOLS, 'tcp\t6\tTCP\n', entry({ name: ['tcp', 'TCP'], number: '6' }), 'number'],
  [
    RPC,
    'portmapper\t100000\tportmap\tsunrpc\n',
    entry({ name: ['portmapper', 'portmap', 'sunrpc'], number: '100000' }),
    'number',
  ],
]

for (const [format, line, sample, property] of SAMPLES) {
  describe(format.name, () => {
    test('dumps and reads its sample line', () => {
      assert.equal(format.dump([sample]), line)
      assert.deepEqual(format.parse(line), { entries: [sample], problems: [] })
    })

    test('ends a line without other names with a TAB', () => {
      assert.equal(format.dump([entry({ name: 'a', [property]: '1' })]), 'a\t1\t\n')
      assert.equal(format.dump([entry({ name: 'a' }), entry({ [property]: '1' })]), 'a\t\t\n')
    })

    test('passes over trailing comments and reports a name alone', () => {
      assert.deepEqual(format.parse('a 1 b # c\nd # 2\n'), {
        entries: [entry({ name: ['a', 'b'], [property]: '1' })],
        problems: [{ line: 2, message: `no ${property} follows the name` }],
      })
    })

    test('gives back the entries that it dumped', () => {
      // No blanks, no comment signs, nothing empty.
      assertRoundTrips(format, entryOf(many('name', words('#'), { minLength: 1 }), one(property, words('#'))))
    })
  })
}
