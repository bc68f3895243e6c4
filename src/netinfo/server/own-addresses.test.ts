import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { isOwnAddress, ownAddresses, plainAddress } from './own-addresses.ts'

test('all of 127.0.0.0/8 and every address of an interface are own addresses', () => {
  for (const address of ['127.0.0.1', '127.9.8.7', '::1', '::ffff:127.0.0.1']) assert.equal(isOwnAddress(address), true)
  for (const { address } of Object.values(networkInterfaces()).flatMap((each) => each ?? []))
    assert.equal(isOwnAddress(address), true, address)
})

test('an address of a documentation network is none of ours', () => {
  for (const address of ['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1', '', '128.0.0.1'])
    assert.equal(isOwnAddress(address), false, address)
})

test('the outer addresses are IPv4 and not of the loopback', () => {
  for (const address of ownAddresses()) assert.match(address, /^(?!127\.)\d+\.\d+\.\d+\.\d+$/)
})

test('an IPv4 address that an IPv6 socket names is told as a dotted quad', () => {
  assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1')
  assert.equal(plainAddress('::ffff:1'), '::ffff:1')
  assert.equal(plainAddress('192.0.2.1'), '192.0.2.1')
})
