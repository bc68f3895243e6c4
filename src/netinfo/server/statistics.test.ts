import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainOf } from '../../../test/support/domain-of.ts'
import { NETINFO_PROCEDURES } from '../programs.ts'
import { AUTH_FLAVOR } from '../rpc-message.ts'
import type { CallHeader } from '../rpc-message.ts'
import { Machines } from './machines.ts'
import { domainServersOf, fullStatistics, isShortForm, shortStatistics } from './statistics.ts'
import type { StatisticsInput } from './statistics.ts'
import { parseTunables } from './tunables.ts'

const INPUT: StatisticsInput = {
  checksum: 4_000_000_000,
  version: 'Portolan 0.1.0',
  tag: 'network',
  isMaster: true,
  cloneCount: 2,
  addresses: ['192.168.1.5', '10.0.0.5'],
  hostName: 'ada',
  domainServers: ['192.168.1.5/network', '192.168.1.6/network'],
  writeLock: 'no',
  tunables: parseTunables([]),
  senders: 1,
  pending: 3,
  authentications: { userGood: 4, userBad: 5, writeGood: 6, writeBad: 7 },
  cleanupMinutesLeft: 12,
  binding: { tag: 'root', address: '10.0.0.1' },
  connections: { current: 1, peak: 2, max: 128, closedOldest: 0 },
  calls: {
    calls: NETINFO_PROCEDURES.map((_, procedure) => procedure),
    microseconds: NETINFO_PROCEDURES.map((_, procedure) => procedure * 10.4),
  },
}

const valuesOf = (input: Partial<StatisticsInput>, name: string): readonly string[] | undefined =>
  fullStatistics({ ...INPUT, ...input }).find((property) => property.name === name)?.values

test('all properties come in the order of the protocol, then one for each procedure', () => {
  const statistics = fullStatistics(INPUT)
  assert.deepEqual(statistics.map(({ name, values }) => `${name}: ${values.join(' ')}`).slice(0, 18), [
    'checksum: 4000000000',
    'server_version: Portolan 0.1.0',
    'tag: network master 2',
    'ip_address: 192.168.1.5 10.0.0.5',
    'hostname: ada',
    'domain_servers: 192.168.1.5/network 192.168.1.6/network',
    'write_locked: No',
    'notify_threads: 1 5 2',
    'notifications_pending: 3',
    'authentications: 4 5 6 7',
    'readall_proxies: unlimited loose',
    'cleanup_wait: 30 12',
    'total_calls: 406',
    'binding: 10.0.0.1/root',
    'connections: 1 2 128 0',
    'ping: 0 0 0',
    'statistics: 1 1 10',
    'root: 2 2 21',
  ])
  assert.equal(statistics.length, 15 + 29)
  assert.deepEqual(statistics.at(-1), { name: 'lookupread', values: ['28', '28', '291'] })
})

test('a clone says so, and that it takes no writes', () => {
  const clone = { isMaster: false, writeLock: 'clone', cleanupMinutesLeft: -1 } as const
  assert.deepEqual(valuesOf(clone, 'tag'), ['network', 'clone'])
  assert.deepEqual(valuesOf(clone, 'write_locked'), ['clone'])
  assert.deepEqual(valuesOf(clone, 'cleanup_wait'), ['30', '-1'])
  assert.match(valuesOf({ writeLock: 'transferring clone' }, 'write_locked')?.[0] ?? '', /^clone/)
  assert.match(valuesOf({ writeLock: 'locked' }, 'write_locked')?.[0] ?? '', /^Yes/)
})

test('without an address it is 0.0.0.0, and of many there are sixteen', () => {
  assert.deepEqual(valuesOf({ addresses: [] }, 'ip_address'), ['0.0.0.0'])
  assert.equal(valuesOf({ addresses: Array.from({ length: 20 }, () => '10.0.0.1') }, 'ip_address')?.length, 16)
})

test('the binding is a word or the parent', () => {
  for (const binding of ['unknown', 'notResponding', 'root', 'forcedRoot'] as const)
    assert.deepEqual(valuesOf({ binding }, 'binding'), [binding])
})

test('the word checksum, inverted in the machine name, asks for the checksum alone', () => {
  const header = (machineName: Buffer): CallHeader => ({
    xid: 1,
    rpcVersion: 2,
    program: 200_100_000,
    version: 2,
    procedure: 1,
    flavor: AUTH_FLAVOR.unix,
    unix: { stamp: 0, machineName, uid: 0, gid: 0, gids: [] },
    isBadCredential: false,
  })
  assert.ok(isShortForm(header(Buffer.from('9c979a9c948c8a92', 'hex'))))
  assert.ok(!isShortForm(header(Buffer.from('checksum'))))
  assert.ok(!isShortForm({ ...header(Buffer.alloc(0)), unix: null }))
  assert.deepEqual(shortStatistics(7), [{ name: 'checksum', values: ['7'] }])
})

test('domain_servers has one entry for each address and tag that serves this domain', async (context) => {
  const domain = await domainOf(context, 'network', {
    at: [
      {
        name: 'machines',
        at: [
          { name: 'ada', ip_address: ['192.168.1.5', '10.0.0.5'], serves: ['./network', './second', 'ada/local'] },
          { name: 'eve', ip_address: '192.168.1.6', serves: ['../root', './network'] },
          { name: 'jon', ip_address: '192.168.1.7', serves: 'jon/local' },
        ],
      },
    ],
  })
  assert.deepEqual(domainServersOf(new Machines(domain)), [
    '192.168.1.5/network',
    '192.168.1.5/second',
    '10.0.0.5/network',
    '10.0.0.5/second',
    '192.168.1.6/network',
  ])
})
