import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatIpv6, ipv4FromHex, ipv6FromHex, reachOf } from './address.ts'
import type { Reach } from './model.ts'

test('reads IPv4 in both byte orders', () => {
  assert.equal(ipv4FromHex('0100007F', true), '127.0.0.1')
  assert.equal(ipv4FromHex('7F000001', false), '127.0.0.1')
  assert.equal(ipv4FromHex('00000000', true), '0.0.0.0')
  assert.equal(ipv4FromHex('0A0200C0', true), '192.0.2.10')
})

test('reads IPv6 in both byte orders', () => {
  assert.equal(ipv6FromHex('00000000000000000000000001000000', true), '::1')
  assert.equal(ipv6FromHex('00000000000000000000000000000001', false), '::1')
  assert.equal(ipv6FromHex('00000000000000000000000000000000', true), '::')
  assert.equal(ipv6FromHex('B80D0120000000000000000053000000', true), '2001:db8::53')
  assert.equal(ipv6FromHex('20010DB8000000000000000000000053', false), '2001:db8::53')
  assert.equal(ipv6FromHex('0000000000000000FFFF00000100007F', true), '::ffff:127.0.0.1')
})

test('writes IPv6 as RFC 5952 §4 asks', () => {
  const written = (...groups: number[]): string => formatIpv6(groups)
  assert.equal(written(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), '2001:db8::1') // §4.1: no leading zeros
  assert.equal(written(0x2001, 0xdb8, 0, 0, 0, 0, 2, 1), '2001:db8::2:1') // §4.2.1: shortened as far as possible
  assert.equal(written(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1), '2001:db8:0:1:1:1:1:1') // §4.2.2: not for one group
  assert.equal(written(0x2001, 0, 0, 1, 0, 0, 0, 1), '2001:0:0:1::1') // §4.2.3: the longest run
  assert.equal(written(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1), '2001:db8::1:0:0:1') // §4.2.3: the first of equal runs
  assert.equal(written(0x2001, 0xdb8, 0, 0, 0, 0, 0xaaaa, 0xbbbb), '2001:db8::aaaa:bbbb') // §4.3: lower case
  assert.equal(written(0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201), '::ffff:192.0.2.1') // §5: IPv4-mapped
  assert.equal(written(1, 0, 0, 0, 0, 0, 0, 0), '1::')
})

const byte = fc.integer({ min: 0, max: 255 })
/** Zeros are frequent, else no run of them would ever be tried. */
const ipv6Bytes = fc.array(fc.oneof(fc.constant(0), byte), { minLength: 16, maxLength: 16 })
const hexOf = (bytes: readonly number[]): string => Buffer.from(bytes).toString('hex').toUpperCase()
const swapWords = (hex: string): string => hex.replace(/(..)(..)(..)(..)/g, '$4$3$2$1')

test('writes every IPv6 address as the URL standard does', () => {
  fc.assert(
    fc.property(ipv6Bytes, (bytes) => {
      const isMapped = bytes.slice(0, 10).every((each) => each === 0) && bytes[10] === 255 && bytes[11] === 255
      fc.pre(!isMapped)
      const hex = hexOf(bytes)
      const plain = hex.replace(/(....)(?!$)/g, '$1:')
      assert.equal(`[${ipv6FromHex(hex, false)}]`, new URL(`http://[${plain}]`).hostname)
    }),
  )
})

test('reads the same address from both byte orders', () => {
  fc.assert(fc.property(ipv6Bytes, (b) => ipv6FromHex(hexOf(b), false) === ipv6FromHex(swapWords(hexOf(b)), true)))
  fc.assert(
    fc.property(fc.tuple(byte, byte, byte, byte), (bytes) => {
      assert.equal(ipv4FromHex(hexOf(bytes), false), bytes.join('.'))
      assert.equal(ipv4FromHex(swapWords(hexOf(bytes)), true), bytes.join('.'))
    }),
  )
})

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

const reaches: Readonly<Record<Exclude<Reach, 'namespace'>, readonly string[]>> = {
  machine: words('127.0.0.1 127.255.255.254 ::1 ::1%lo0 ::ffff:127.0.0.1'),
  network: words(`
    10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 169.254.1.1
    100.64.0.1 100.127.255.255 224.0.0.251 239.255.255.250 255.255.255.255
    fe80::1 fe80::1%en0 febf::1 FE80::1%12 fe80:4::1 fc00::1 fd12:3456::1 ff02::fb
    ::ffff:10.0.0.1 ::ffff:192.168.1.1`),
  // Short first groups are no prefixes: `fd::1` is 00fd::1.
  everywhere: words(`
    0.0.0.0 :: * ::ffff:0.0.0.0 192.0.2.1 198.51.100.7 9.255.255.255 11.0.0.0
    172.15.255.255 172.32.0.0 192.167.255.255 100.63.255.255 100.128.0.0 169.253.0.1 223.0.0.1
    2001:db8::1 fec0::1 fd::1 fc::1 ff::1 fe8::1 ::2 ::ffff:192.0.2.1`),
}
for (const reach of ['machine', 'network', 'everywhere'] as const) {
  for (const address of reaches[reach]) {
    test(`a socket bound to ${address} is reached from: ${reach}`, () => {
      assert.equal(reachOf(address, false), reach)
      assert.equal(reachOf(address, true), 'namespace')
    })
  }
}
