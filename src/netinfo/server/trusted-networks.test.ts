import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isInNetwork, isTrustedPeer } from './trusted-networks.ts'

/** `/networks` with one entry: `office`, 192.168.1. */
const NETWORKS = {
  findPath: (path: readonly (readonly [string, string])[]) =>
    JSON.stringify(path) === '[["name","networks"],["name","office"]]' ? 7 : undefined,
  read: (object: number) =>
    object === 7
      ? { id: { object, instance: 1 }, properties: [{ name: 'address', values: ['192.168.1'] }] }
      : undefined,
}
const peer = (address: string, isOwnAddress = false): { address: string; isOwnAddress: boolean } => ({
  address,
  isOwnAddress,
})

test('octets are compared from the first, up to one that is 0 in the network', () => {
  const cases: readonly (readonly [network: string, address: string, isIn: boolean])[] = [
    ['192', '192.1.2.3', true],
    ['192', '193.1.2.3', false],
    ['192.168', '192.168.9.9', true],
    ['192.168', '192.169.9.9', false],
    ['192.168.1', '192.168.1.77', true],
    ['192.168.1', '192.168.2.77', false],
    ['192.168.1.0', '192.168.1.77', true],
    // The fourth octet is never compared.
    ['192.168.1.5', '192.168.1.77', true],
    // A 0 ends the comparison, whatever follows it.
    ['10.0.3', '10.4.5.6', true],
    ['10.4.0', '10.4.5.6', true],
    ['10.4.', '10.4.5.6', true],
    ['0', '0.1.2.3', true],
    ['0', '10.1.2.3', false],
    ['127', '127.0.0.1', true],
    ['10', '::1', false],
    ['300', '300.1.2.3', false],
    ['10.256', '10.256.1.1', false],
    ['10/8', '10.1.1.1', false],
    ['10.1.2.3.4', '10.1.2.3', false],
    ['', '10.1.1.1', false],
  ]
  for (const [network, address, isIn] of cases)
    assert.equal(isInNetwork(network, address), isIn, `${network} ${address}`)
})

test('without the property everybody is trusted, with it whom a value names, and this machine always', () => {
  assert.equal(isTrustedPeer(NETWORKS, null, peer('203.0.113.9')), true)
  assert.equal(isTrustedPeer(NETWORKS, [], peer('203.0.113.9')), false)
  assert.equal(isTrustedPeer(NETWORKS, [], peer('203.0.113.9', true)), true)
  assert.equal(isTrustedPeer(NETWORKS, ['10', '203.0.113'], peer('203.0.113.9')), true)
  assert.equal(isTrustedPeer(NETWORKS, ['10'], peer('203.0.113.9')), false)
})

test('a value that begins with no digit is the name of a network', () => {
  assert.equal(isTrustedPeer(NETWORKS, ['office'], peer('192.168.1.9')), true)
  assert.equal(isTrustedPeer(NETWORKS, ['office'], peer('192.168.2.9')), false)
  assert.equal(isTrustedPeer(NETWORKS, ['home'], peer('192.168.1.9')), false)
})
