import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseEndpoint } from './endpoint.ts'

const read: readonly [string, string, number][] = [
  ['*:22', '*', 22],
  ['0.0.0.0:0', '0.0.0.0', 0],
  ['127.0.0.1:631', '127.0.0.1', 631],
  ['192.0.2.255:65535', '192.0.2.255', 65_535],
  ['[::]:135', '::', 135],
  ['[::1]:631', '::1', 631],
  ['[fe80::1%en0]:1900', 'fe80::1%en0', 1900],
  ['[fe80::1%12]:546', 'fe80::1%12', 546],
  ['[fe80:4::1c2d:3eff:fe4f:5a6b]:49200', 'fe80:4::1c2d:3eff:fe4f:5a6b', 49_200],
  ['[::ffff:192.0.2.1]:80', '::ffff:192.0.2.1', 80],
]
for (const [text, address, port] of read) {
  test(`reads the endpoint ${text}`, () => assert.deepEqual(parseEndpoint(text), { address, port }))
}

const none = ['', '*:*', '*', ':22', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '127.0.0.1:-1', '127.0.0.1:123456']
const malformed = [
  'localhost:80',
  '::1:80',
  '[::1]',
  '[::1%]:80',
  '[fe80::1%a b]:80',
  '1.2.3:80',
  ' *:22',
  '*:22\n',
  '*:٢٢',
]
for (const text of [...none, ...malformed]) {
  test(`finds no endpoint in ${JSON.stringify(text)}`, () => assert.equal(parseEndpoint(text), null))
}

test('never throws, and never reads a port that there is not', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const endpoint = parseEndpoint(text)
      return endpoint === null || (endpoint.port >= 0 && endpoint.port <= 65_535 && endpoint.address !== '')
    }),
  )
})

test('reads back every endpoint that is written', () => {
  const port = fc.integer({ min: 0, max: 65_535 })
  fc.assert(
    fc.property(fc.ipV4(), port, (address, number) => {
      assert.deepEqual(parseEndpoint(`${address}:${number}`), { address, port: number })
    }),
  )
  fc.assert(
    fc.property(fc.ipV6(), port, (address, number) => {
      assert.deepEqual(parseEndpoint(`[${address}]:${number}`), { address, port: number })
    }),
  )
})
