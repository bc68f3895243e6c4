import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { assertRoundTrips, entry, entryOf, many, one, words } from '../../../test/support/flat-entries.ts'
import { RESOLV_CONF } from './resolver.ts'

describe('resolv.conf', () => {
  test('dumps domain, search and name servers', () => {
    const resolver = { domain: 'example.com', nameserver: ['10.0.0.1', '10.0.0.2'], search: ['a.example', 'b.example'] }
    assert.equal(
      RESOLV_CONF.dump([entry(resolver)]),
      'domain example.com\nsearch a.example b.example\nnameserver 10.0.0.1\nnameserver 10.0.0.2\n',
    )
    assert.equal(
      RESOLV_CONF.dump([entry({ ...resolver, search: [], nameserver: 'n' })]),
      'domain example.com\nnameserver n\n',
    )
  })

  test('dumps nothing without a domain or a name server', () => {
    assert.equal(RESOLV_CONF.dump([entry({ domain: 'd' }), entry({ nameserver: 'n' })]), '')
  })

  test('reads one entry, in which name servers add up and the last search counts', () => {
    const text = '; made by hand\nnameserver 10.0.0.1\nsearch a\nsearch b c\noptions ndots:2\nnameserver\t10.0.0.2\n'
    assert.deepEqual(RESOLV_CONF.parse(text), {
      entries: [entry({ search: ['b', 'c'], nameserver: ['10.0.0.1', '10.0.0.2'], options: 'ndots:2' })],
      problems: [],
    })
  })

  test('reports foreign words and words without values', () => {
    assert.deepEqual(RESOLV_CONF.parse('lookup file bind\nsearch\n'), {
      entries: [],
      problems: [
        { line: 1, message: '"lookup" is no word of resolv.conf' },
        { line: 2, message: 'nothing follows search' },
      ],
    })
  })

  test('gives back the entry that it dumped', () => {
    // One entry, of words without blanks.
    const domain = one('domain', words(''))
    const servers = many('nameserver', words(''), { minLength: 1 })
    const search = many('search', words(''), { minLength: 1 })
    assertRoundTrips(RESOLV_CONF, fc.oneof(entryOf(domain, servers), entryOf(domain, search, servers)), undefined, 1)
  })
})
