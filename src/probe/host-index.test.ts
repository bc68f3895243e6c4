import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatIpv4 } from './addresses.ts'
import { indexHosts } from './host-index.ts'
import { resolveTargets } from './targets.ts'
import type { HostSet } from './targets-model.ts'

async function hostsOf(words: string): Promise<HostSet> {
  const { hosts } = await resolveTargets(words.split(' ').map((word) => ({ word, place: null })))
  return hosts
}

test('each address of a set goes back to its number, and no other has one', async () => {
  const words = fc.array(
    fc.oneof(
      fc.nat(200).map((at) => formatIpv4(0x0a00_0000 + at)),
      fc
        .tuple(fc.nat(200), fc.nat(9))
        .map(([at, more]) => `${formatIpv4(0x0a00_0000 + at)}-${formatIpv4(0x0a00_0000 + at + more)}`),
      fc.nat(200).map((at) => `2001:db8::${at.toString(16)}`),
      fc.tuple(fc.nat(200), fc.constantFrom('a', 'b0')).map(([at, zone]) => `fe80::${at.toString(16)}%${zone}/126`),
    ),
    { minLength: 1, maxLength: 12 },
  )
  await fc.assert(
    fc.asyncProperty(words, async (named) => {
      const hosts = await hostsOf(named.join(' '))
      const index = indexHosts(hosts)
      for (let at = 0; at < hosts.size; at += 1) assert.equal(index.indexOf(hosts.at(at).address), at)
      const inside = new Set(Array.from({ length: hosts.size }, (_, at) => hosts.at(at).address))
      for (let at = 1; at < 220; at += 1)
        for (const address of [
          formatIpv4(0x0a00_0000 + at),
          `2001:db8::${at.toString(16)}`,
          `fe80::${at.toString(16)}%a`,
        ])
          assert.equal(index.indexOf(address) !== null, inside.has(address), address)
      // Its text makes the same set again.
      const again = await hostsOf(index.toText().replaceAll(',', ' '))
      assert.equal(indexHosts(again).toText(), index.toText())
      assert.equal(again.size, hosts.size)
    }),
    { numRuns: 60 },
  )
})

test('a set of millions is gone through in few steps', async () => {
  const hosts = await hostsOf('10.0.0.0/8 192.0.2.1 fe80::%eth0/100')
  let asked = 0
  const index = indexHosts({
    size: hosts.size,
    at: (at) => {
      asked += 1
      return hosts.at(at)
    },
  })
  assert.equal(index.toText(), '10.0.0.0-10.255.255.255,192.0.2.1,fe80::%eth0-fe80::fff:ffff%eth0')
  assert.ok(asked < 250, `${asked} addresses were asked for`)
  assert.equal(index.indexOf('fe80::fff:ffff%eth0'), hosts.size - 1)
  for (const address of ['9.255.255.255', '11.0.0.0', 'fe80::1', 'fe80::1%eth1', 'fe80::1000:0%eth0', 'x', ''])
    assert.equal(index.indexOf(address), null, address)
})

test('no host has no number', () => {
  const none: HostSet = {
    size: 0,
    at: () => {
      throw new RangeError('there is none')
    },
  }
  assert.equal(indexHosts(none).indexOf('10.0.0.1'), null)
  assert.equal(indexHosts(none).toText(), '')
})
