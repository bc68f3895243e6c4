import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { PORT_STATES, PROBE_TRANSPORTS, REASONS, compareAddresses } from '../../probe/index.ts'
import type { PortAnswer } from '../../probe/index.ts'
import { AnswerStore } from './answer-store.ts'

const ADDRESSES = ['127.0.0.1', '9.0.0.1', '10.0.0.1', '10.0.0.10', '10.0.0.2', '::1', 'fe80::1%eth0', 'fe80::1%eth1']

const answer: fc.Arbitrary<PortAnswer> = fc.record(
  {
    host: fc.constantFrom(...ADDRESSES),
    port: fc.integer({ min: 0, max: 65_535 }),
    transport: fc.constantFrom(...PROBE_TRANSPORTS),
    state: fc.constantFrom(...PORT_STATES),
    reason: fc.constantFrom(...REASONS),
    rttMs: fc.option(fc.float({ min: Math.fround(0.001), max: 60_000, noNaN: true }), { nil: null }),
    attempts: fc.integer({ min: 0, max: 12 }),
  },
  { noNullPrototype: true },
)

const keyOf = ({ host, transport, port }: PortAnswer): string => `${host} ${transport} ${port}`

function inOrder(a: PortAnswer, b: PortAnswer): number {
  if (a.host !== b.host) return compareAddresses(a.host, b.host)
  if (a.transport !== b.transport) return a.transport === 'tcp' ? -1 : 1
  return a.port - b.port
}

test('answers come back as they were, by host, transport and port', () => {
  fc.assert(
    fc.property(fc.uniqueArray(answer, { selector: keyOf, maxLength: 60 }), (answers) => {
      const store = new AnswerStore()
      for (const each of answers) store.add(each)
      const told = Array.from(store.inOrder(compareAddresses), ({ host, ...rest }) => ({
        host: store.addresses[host],
        ...rest,
      }))
      assert.deepEqual(told, answers.toSorted(inOrder))
    }),
  )
})

test('a store of more answers than it has room for at first keeps all', () => {
  const store = new AnswerStore()
  const total = 70_000
  for (let port = total - 1; port >= 0; port -= 1)
    store.add({
      host: port < 65_536 ? '10.0.0.1' : '10.0.0.2',
      port: port % 65_536,
      transport: 'tcp',
      state: 'closed',
      reason: 'conn-refused',
      rttMs: null,
      attempts: 1,
    })
  assert.equal(store.length, total)
  const ports = [...store.inOrder(compareAddresses)].map(({ host, port }) => host * 65_536 + port)
  // The hosts are numbered as they came: 10.0.0.2 first.
  assert.deepEqual([ports[0], ports.at(-1)], [65_536, total - 1 - 65_536])
})

test('hosts are told in the order of their numbers, IPv4 before IPv6, by zone', () => {
  assert.deepEqual(ADDRESSES.toSorted(compareAddresses), [
    '9.0.0.1',
    '10.0.0.1',
    '10.0.0.2',
    '10.0.0.10',
    '127.0.0.1',
    '::1',
    'fe80::1%eth0',
    'fe80::1%eth1',
  ])
})
