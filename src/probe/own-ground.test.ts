import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOwnGround } from './own-ground.ts'
import type { Interfaces } from './own-ground.ts'

const NONE: Interfaces = {}

test('loopback, private, shared and link-local addresses are own ground at their first and last', () => {
  const own = ['0.0.0.0', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255', '127.0.0.1', '169.254.255.255']
  const more = ['172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255', '::', '::1', 'fc00::', 'fdff:ffff::1']
  for (const address of [...own, ...more, 'fe80::1', 'fe80::1%eth0', 'febf::1%4', '::ffff:10.0.0.1'])
    assert.equal(isOwnGround(address, NONE), true, address)
})

test('the addresses beside them are not, nor what is no address', () => {
  const others = [
    '0.0.0.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
  ]
  const more = ['172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0', '224.0.0.1', '255.255.255.255']
  for (const address of [...others, ...more, '::2', 'fe00::', 'fec0::1', '2001:db8::1', '::ffff:8.8.8.8', 'x', ''])
    assert.equal(isOwnGround(address, NONE), false, address)
})

test("a network of this machine's interfaces is own ground; one of no bits is only its address", () => {
  const interfaces: Interfaces = {
    eth0: [
      { address: '203.0.113.7', cidr: '203.0.113.7/28' },
      { address: '2001:db8:1::7', cidr: '2001:db8:1::7/64' },
    ],
    tun0: [
      { address: '198.51.100.1', cidr: '198.51.100.1/0' },
      { address: '198.51.100.9', cidr: null },
    ],
    gone: undefined,
  }
  for (const address of ['203.0.113.0', '203.0.113.15', '2001:db8:1::ffff', '198.51.100.1', '198.51.100.9'])
    assert.equal(isOwnGround(address, interfaces), true, address)
  for (const address of ['203.0.113.16', '2001:db8:2::1', '198.51.100.2', '8.8.8.8'])
    assert.equal(isOwnGround(address, interfaces), false, address)
})
