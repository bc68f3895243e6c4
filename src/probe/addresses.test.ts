import assert from 'node:assert/strict'
import { SocketAddress } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  formatIpv4,
  formatIpv6,
  formatZoned,
  ipv4Network,
  ipv6Network,
  parseIpv4,
  parseIpv6,
  parseZoned,
  splitMapped,
} from './addresses.ts'

const ALL_ONES = 2n ** 128n - 1n
const anyIpv6 = fc
  .array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n))

test('an IPv4 address as a number and back is the same', () => {
  fc.assert(fc.property(fc.nat(2 ** 32 - 1), (value) => assert.equal(parseIpv4(formatIpv4(value)), value)))
})

test('an IPv6 address as a number and back is the same', () => {
  fc.assert(fc.property(anyIpv6, (value) => assert.equal(parseIpv6(formatIpv6(value)), value)))
})

test('an IPv6 address is written as the system writes it, but for forms with dots', () => {
  fc.assert(
    fc.property(anyIpv6, (value) => {
      const text = formatIpv6(value)
      const { address } = new SocketAddress({ address: text, family: 'ipv6' })
      if (!address.includes('.')) assert.equal(text, address)
    }),
  )
})

test('the texts of RFC 5952 have its canonical forms', () => {
  const canonical = (text: string): string => formatIpv6(parseIpv6(text) ?? -1n)
  assert.equal(canonical('2001:0DB8:0000:0000:0001:0000:0000:0001'), '2001:db8::1:0:0:1')
  assert.equal(canonical('2001:db8:0:1:1:1:1:1'), '2001:db8:0:1:1:1:1:1')
  assert.equal(canonical('2001:0:0:1:0:0:0:1'), '2001:0:0:1::1')
  assert.equal(canonical('64:ff9b::192.0.2.33'), '64:ff9b::c000:221')
  assert.equal(formatIpv6(0n), '::')
  assert.equal(formatIpv6(1n), '::1')
  assert.equal(formatIpv6(ALL_ONES), 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')
  assert.equal(canonical('fe80::'), 'fe80::')
})

test('what is no address is none', () => {
  for (const text of ['', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.256', '0x1.2.3.4', ' 1.2.3.4'])
    assert.equal(parseIpv4(text), null, text)
  for (const text of ['', ':', ':::', '1::2::3', '12345::', '1.2.3.4', '::1%eth0', '::1.2.3', '1:2:3:4:5:6:7'])
    assert.equal(parseIpv6(text), null, text)
  for (const text of ['fe80::1%', 'fe80::1%a b', 'fe80::1%\u001b', 'fe80::1%a/b', 'fe80::1%a%b', 'x%eth0'])
    assert.equal(parseZoned(text), null, text)
})

test('any text is an address, or none, and harmless', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789abcdef:.%/-g'.split('')) }))
  fc.assert(
    fc.property(text, (word) => {
      const zoned = parseZoned(word)
      if (zoned !== null) assert.deepEqual(parseZoned(formatZoned(zoned.value, zoned.zone)), zoned)
      const ipv4 = parseIpv4(word)
      if (ipv4 !== null) assert.equal(formatIpv4(ipv4), word)
    }),
  )
})

test('a network spans the addresses that share its first bits', () => {
  assert.deepEqual(ipv4Network(0xc0_00_02_07, 24), { first: 0xc0_00_02_00, last: 0xc0_00_02_ff })
  assert.deepEqual(ipv4Network(7, 0), { first: 0, last: 0xffff_ffff })
  assert.deepEqual(ipv4Network(0xffff_ffff, 32), { first: 0xffff_ffff, last: 0xffff_ffff })
  assert.deepEqual(ipv6Network(0x1234n, 120), { first: 0x1200n, last: 0x12ffn })
  assert.deepEqual(ipv6Network(5n, 0), { first: 0n, last: ALL_ONES })
  assert.deepEqual(ipv6Network(5n, 128), { first: 5n, last: 5n })
})

test('the IPv4-mapped part of a span of IPv6 is IPv4', () => {
  const span = (first: string, last: string, zone: string | null = null) =>
    splitMapped({ first: parseIpv6(first) ?? -1n, last: parseIpv6(last) ?? -1n, zone })
  assert.deepEqual(span('::ffff:192.0.2.1', '::ffff:192.0.2.9'), {
    ipv4: [{ first: 0xc0_00_02_01, last: 0xc0_00_02_09 }],
    ipv6: [],
  })
  assert.deepEqual(span('::fffe:ffff:ffff', '::1:0:0:0').ipv4, [{ first: 0, last: 0xffff_ffff }])
  assert.deepEqual(
    span('::fffe:ffff:ffff', '::1:0:0:0').ipv6.map(({ first, last }) => [formatIpv6(first), formatIpv6(last)]),
    [
      ['::fffe:ffff:ffff', '::fffe:ffff:ffff'],
      ['::1:0:0:0', '::1:0:0:0'],
    ],
  )
  assert.deepEqual(span('::1', '::2').ipv4, [])
  assert.deepEqual(span('::ffff:1.2.3.4', '::ffff:1.2.3.4', 'eth0').ipv4, [])
})
