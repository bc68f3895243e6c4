import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertRoundTrips, entry, entryOf, many, words } from '../../../test/support/flat-entries.ts'
import { valuesOf } from '../model.ts'
import type { Properties } from '../model.ts'
import { ETHERS, HOSTS } from './hosts.ts'

const ADA = entry({ ip_address: '192.168.1.5', name: ['ada', 'ada.example'] })

function namesOf(machine: Properties): string {
  return valuesOf(machine, 'name').join(' ')
}

describe('hosts', () => {
  test('dumps a line for each address, and none for a machine without one', () => {
    const twice = entry({ name: ['bo'], ip_address: ['10.0.0.1', '10.0.0.2'] })
    assert.equal(HOSTS.dump([ADA]), '192.168.1.5\tada ada.example\n')
    assert.equal(HOSTS.dump([twice, entry({ name: 'cy' })]), '10.0.0.1\tbo\n10.0.0.2\tbo\n')
  })

  test('reads addresses and names, and passes over trailing comments', () => {
    assert.deepEqual(HOSTS.parse('192.168.1.5\tada  ada.example # the file server\n  # nothing\n'), {
      entries: [ADA],
      problems: [],
    })
  })

  test('keeps both addresses of a machine whose names are the same', () => {
    const { entries } = HOSTS.parse('10.0.0.1 bo\n10.0.0.9 cy\n10.0.0.2 bo\n10.0.0.3 bo bo.example\n')
    assert.deepEqual(entries, [
      entry({ ip_address: ['10.0.0.1', '10.0.0.2'], name: 'bo' }),
      entry({ ip_address: '10.0.0.9', name: 'cy' }),
      entry({ ip_address: '10.0.0.3', name: ['bo', 'bo.example'] }),
    ])
  })

  test('reports an address without a name', () => {
    assert.deepEqual(HOSTS.parse('10.0.0.1 # gone').problems, [
      { line: 1, message: 'the machine of this address has no name' },
    ])
  })

  test('gives back the entries that it dumped', () => {
    // No blanks, no comment signs; no two machines with all the same names.
    const addresses = many('ip_address', words('#'), { minLength: 1 })
    assertRoundTrips(HOSTS, entryOf(addresses, many('name', words('#'), { minLength: 1 })), namesOf)
  })
})

describe('ethers', () => {
  const line = '0:0:f:0:7:5a\tada ada.example\n'

  test('dumps the first Ethernet address of those that have one', () => {
    const ada = entry({ name: ['ada', 'ada.example'], en_address: ['0:0:f:0:7:5a', '0:0:f:0:7:5b'] })
    assert.equal(ETHERS.dump([ada, ADA]), line)
  })

  test('reads what it dumps', () => {
    assert.deepEqual(ETHERS.parse(line), {
      entries: [entry({ en_address: '0:0:f:0:7:5a', name: ['ada', 'ada.example'] })],
      problems: [],
    })
  })

  test('gives back the entries that it dumped', () => {
    const address = many('en_address', words('#'), { minLength: 1, maxLength: 1 })
    assertRoundTrips(ETHERS, entryOf(address, many('name', words('#'), { minLength: 1 })), namesOf)
  })
})
