import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Binding } from '../handle.ts'
import { broadcastOf, candidatesOf, isAttached, requestsOf } from './binding-candidates.ts'
import type { Candidate, NetworkInterface } from './binding-candidates.ts'

const LOOPBACK: NetworkInterface = { address: '127.0.0.1', netmask: '255.0.0.0', isLoopback: true }
const ETHERNET: NetworkInterface = { address: '192.168.1.9', netmask: '255.255.255.0', isLoopback: false }
const SECOND: NetworkInterface = { address: '10.1.2.3', netmask: '255.255.0.0', isLoopback: false }
const INTERFACES = [LOOPBACK, ETHERNET, SECOND]
const OWN = new Set(INTERFACES.map(({ address }) => address))

function candidates(servers: readonly Binding[], interfaces = INTERFACES, random = (): number => 0): Candidate[] {
  return candidatesOf({ servers, ownTag: 'local', isOwnAddress: (address) => OWN.has(address), interfaces, random })
}

const at = (address: string, tag = 'network'): Binding => ({ tag, address })

describe('candidatesOf', () => {
  test('255.255.255.255 becomes the broadcast of each interface that is no loopback', () => {
    assert.deepEqual(
      candidates([at('255.255.255.255')], INTERFACES, () => 0.99),
      [
        { server: at('192.168.1.255'), isBroadcast: true, reach: 'attached' },
        { server: at('10.1.255.255'), isBroadcast: true, reach: 'attached' },
      ],
    )
  })

  test('a directed broadcast of an own network is a broadcast, too', () => {
    assert.deepEqual(candidates([at('192.168.1.255')]), [
      { server: at('192.168.1.255'), isBroadcast: true, reach: 'attached' },
    ])
  })

  test('a link to a single machine has no broadcast', () => {
    const link = { address: '10.9.9.9', netmask: '255.255.255.255', isLoopback: false }
    assert.deepEqual(candidates([at('255.255.255.255')], [link]), [])
  })

  test('the server itself is dropped; another tag on the same machine is not', () => {
    const [one, ...others] = candidates([at('192.168.1.9', 'local'), at('192.168.1.9'), at('127.0.0.1', 'local')])
    assert.deepEqual(one, { server: at('192.168.1.9'), isBroadcast: false, reach: 'own' })
    assert.deepEqual(others, [])
  })

  test('the own machine stands first, attached networks next, the rest last, whatever the shuffle', () => {
    const servers = [at('172.16.0.1'), at('10.1.9.9'), at('127.0.0.1'), at('192.168.1.7'), at('8.8.8.8')]
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 0.999_999, noNaN: true })), (numbers) => {
        const random = (): number => Number(numbers.next().value)
        const reaches = candidates(servers, INTERFACES, random).map(({ reach }) => reach)
        assert.deepEqual(reaches, ['own', 'attached', 'attached', 'far', 'far'])
      }),
    )
  })

  test('within one reach the order is shuffled', () => {
    const servers = [at('192.168.1.1'), at('192.168.1.2')]
    const first = (random: () => number): unknown => candidates(servers, INTERFACES, random)[0]?.server.address
    assert.deepEqual([first(() => 0), first(() => 0.99)], ['192.168.1.2', '192.168.1.1'])
  })

  test('a server that is named twice is one candidate, and there are never more than 64', () => {
    assert.equal(candidates([at('192.168.1.1'), at('192.168.1.1')]).length, 1)
    assert.equal(candidates(Array.from({ length: 200 }, (_, index) => at(`192.168.1.${index + 20}`))).length, 64)
  })
})

test('each candidate is asked about each own address; that of the loopback only where there is no other', () => {
  const [candidate] = candidates([at('192.168.1.1')])
  assert.ok(candidate)
  assert.deepEqual(
    requestsOf([candidate], INTERFACES, 'local').map(({ clientAddress }) => clientAddress),
    ['192.168.1.9', '10.1.2.3'],
  )
  assert.deepEqual(requestsOf([candidate], [LOOPBACK], 'local'), [
    { candidate, clientAddress: '127.0.0.1', clientTag: 'local' },
  ])
})

test('broadcasts and networks follow the mask', () => {
  assert.equal(broadcastOf({ address: '172.16.5.4', netmask: '255.255.240.0' }), '172.16.15.255')
  const network = { address: '172.16.5.4', netmask: '255.255.240.0', isLoopback: false }
  assert.ok(isAttached('172.16.15.1', network))
  assert.ok(!isAttached('172.16.16.1', network))
})
