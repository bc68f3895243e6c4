import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainOf } from '../../../test/support/domain-of.ts'
import type { Plan } from '../../../test/support/domain-of.ts'
import { roleOf } from './server-role.ts'

const PLAN: Plan = {
  master: 'ada/network',
  at: [{ name: 'machines', at: [{ name: 'ada', ip_address: ['192.168.1.5', '10.0.0.5'], serves: './network' }] }],
}
const own = (tag: string, ...addresses: string[]): Parameters<typeof roleOf>[1] => ({
  tag,
  isOwnAddress: (address) => addresses.includes(address),
})

test('the server at the first address of the host that master names, under its tag, is the master', async (context) => {
  const domain = await domainOf(context, 'network', PLAN)
  assert.deepEqual(roleOf(domain, own('network', '192.168.1.5')), { kind: 'master' })
})

test('another machine, another tag, or the second address alone makes a clone', async (context) => {
  const domain = await domainOf(context, 'network', PLAN)
  const clone = {
    kind: 'clone',
    master: { tag: 'network', address: '192.168.1.5' },
    masterAddresses: ['192.168.1.5', '10.0.0.5'],
  }
  assert.deepEqual(roleOf(domain, own('network', '192.168.1.6')), clone)
  assert.deepEqual(roleOf(domain, own('other', '192.168.1.5')), clone)
  assert.deepEqual(roleOf(domain, own('network', '10.0.0.5')), clone)
})

test('local is never a clone', async (context) => {
  const domain = await domainOf(context, 'local', PLAN)
  assert.deepEqual(roleOf(domain, own('local', '192.168.1.6')), { kind: 'master' })
})

test('a master that /machines does not list leaves a clone that knows no address', async (context) => {
  const domain = await domainOf(context, 'network', { master: 'ada/network' })
  assert.deepEqual(roleOf(domain, own('network', '192.168.1.5')), { kind: 'clone', master: null, masterAddresses: [] })
})

test('without the property the role is unknown', async (context) => {
  for (const plan of [{}, { master: 'ada' }, { master: [] }]) {
    const domain = await domainOf(context, 'network', plan)
    assert.deepEqual(roleOf(domain, own('network')), { kind: 'unknown' })
  }
})
