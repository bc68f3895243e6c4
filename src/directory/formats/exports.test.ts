import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertRoundTrips, entry, entryOf, many, words } from '../../../test/support/flat-entries.ts'
import { EXPORTS } from './exports.ts'

describe('exports', () => {
  test('prints all separators, so that blanks double', () => {
    const full = entry({ name: ['/a', '/b'], opts: ['ro', 'mapall=pia'], clients: ['ada', 'bo'] })
    assert.equal(EXPORTS.dump([full]), '/a /b -ro -mapall=pia ada bo\n')
    assert.equal(EXPORTS.dump([entry({ name: '/a', opts: 'ro' }), entry({ opts: 'ro' })]), '/a  -ro \n')
  })

  test('reads paths, options and clients, continued lines and comments', () => {
    assert.deepEqual(EXPORTS.parse('/a /b -ro \\\n\t-root=ada ada bo # ours\n/c *.example(rw,sync)\n'), {
      entries: [
        entry({ name: ['/a', '/b'], opts: ['ro', 'root=ada'], clients: ['ada', 'bo'] }),
        entry({ name: '/c', opts: [], clients: '*.example(rw,sync)' }),
      ],
      problems: [],
    })
  })

  test('gives back the entries that it dumped', () => {
    // No comment signs; other paths begin with a slash, clients with neither slash nor dash; no line ends in a backslash.
    const name = words('#\\')
    const names = many('name', name, {}).map(({ values }) => ({
      name: 'name',
      values: ['/x', ...values.map((each) => `/${each}`)],
    }))
    const clients = many(
      'clients',
      words('#\\').filter((text) => !/^[-/]/.test(text)),
      {},
    )
    assertRoundTrips(EXPORTS, entryOf(names, many('opts', name, {}), clients))
  })
})
