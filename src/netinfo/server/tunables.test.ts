import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseServerName, parseTunables } from './tunables.ts'

const NUMBERS = [
  { name: 'cleanup_wait', field: 'cleanupWaitSeconds', min: 60, max: 36_000, otherwise: 1800 },
  { name: 'update_latency', field: 'updateLatencySeconds', min: 1, max: 7200, otherwise: 2 },
  { name: 'subthreads', field: 'subthreads', min: 0, max: 1024, otherwise: 5 },
  { name: 'localBindAttempts', field: 'localBindAttempts', min: 1, max: 20, otherwise: 2 },
  { name: 'port', field: 'port', min: 0, max: 65_535, otherwise: 0 },
] as const

const BOOLEANS = [
  { name: 'isRoot', field: 'isRoot', otherwise: false },
  { name: 'cloneReplyReadall', field: 'isCloneReplyingReadall', otherwise: false },
  { name: 'sanitycheck', field: 'isSanityChecked', otherwise: false },
  { name: 'promote_admins', field: 'isPromotingAdmins', otherwise: true },
  { name: 'serve_crypt', field: 'isServingCrypt', otherwise: false },
] as const

describe('parseTunables', () => {
  test('an empty root directory gives the defaults of the protocol', () => {
    assert.deepEqual(parseTunables([]), {
      master: null,
      cleanupWaitSeconds: 1800,
      updateLatencySeconds: 2,
      subthreads: 5,
      readallProxies: Number.POSITIVE_INFINITY,
      isReadallStrict: false,
      isRoot: false,
      isCloneReplyingReadall: false,
      isSanityChecked: false,
      localBindAttempts: 2,
      port: 0,
      isPromotingAdmins: true,
      trustedNetworks: null,
      aliasName: null,
      aliasAddresses: [],
      isServingCrypt: false,
    })
  })

  for (const { name, field, min, max, otherwise } of NUMBERS)
    test(`${name} is kept within its bounds, and what is no number has the default`, () => {
      const read = (value: string): number => parseTunables([{ name, values: [value] }])[field]
      assert.equal(read(String(max)), max)
      assert.equal(read(String(max + 1)), max)
      assert.equal(read(String(min)), min)
      if (min > 0) assert.equal(read(String(min - 1)), min)
      for (const text of ['', '-1', '1.5', 'ten', '0x10', ' 70', '99999999999']) assert.equal(read(text), otherwise)
    })

  for (const { name, field, otherwise } of BOOLEANS)
    test(`${name} knows the six words for yes and for no, and no others`, () => {
      const read = (value: string): boolean => parseTunables([{ name, values: [value] }])[field]
      for (const yes of ['YES', 'yes', 'Yes', 'Y', 'y', '1']) assert.equal(read(yes), true)
      for (const no of ['NO', 'no', 'No', 'N', 'n', '0']) assert.equal(read(no), false)
      for (const other of ['', 'true', 'false', 'yEs', '2']) assert.equal(read(other), otherwise)
    })

  test('readall_proxies is a count or unlimited, and strict only by its second value', () => {
    const read = (...values: string[]): unknown => {
      const { readallProxies, isReadallStrict } = parseTunables([{ name: 'readall_proxies', values }])
      return [readallProxies, isReadallStrict]
    }
    assert.deepEqual(read('8'), [8, false])
    assert.deepEqual(read('8', 'strict'), [8, true])
    assert.deepEqual(read('unlimited', 'loose'), [Number.POSITIVE_INFINITY, false])
  })

  test('trusted_networks that is there without values is not the same as none', () => {
    assert.deepEqual(parseTunables([{ name: 'trusted_networks', values: [] }]).trustedNetworks, [])
    assert.deepEqual(parseTunables([{ name: 'trusted_networks', values: ['192.168'] }]).trustedNetworks, ['192.168'])
  })

  test('any property list gives tunables within bounds', () => {
    const names = [...NUMBERS, ...BOOLEANS].map(({ name }) => name)
    const property = fc.record({ name: fc.constantFrom(...names, 'master'), values: fc.array(fc.string()) })
    fc.assert(
      fc.property(fc.array(property), (root) => {
        const tunables = parseTunables(root)
        for (const { field, min, max } of NUMBERS) assert.ok(tunables[field] >= min && tunables[field] <= max)
      }),
    )
  })
})

describe('parseServerName', () => {
  test('a server is a host and a tag, with one slash between', () => {
    assert.deepEqual(parseServerName('ada/network'), { host: 'ada', tag: 'network' })
    assert.deepEqual(parseServerName('ada.example/local'), { host: 'ada.example', tag: 'local' })
  })

  test('anything else is none', () => {
    for (const text of [undefined, '', 'ada', 'ada/', '/network', 'a/b/c', '/'])
      assert.equal(parseServerName(text), null)
  })
})
