import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packagedLore, packagedRegistry } from '../../test/support/packaged-data.ts'
import { NO_SOCKETS, madeConnection, madeListener, madeSockets } from '../../test/support/sockets-made.ts'
import type { Sockets } from '../listeners/index.ts'
import { TRANSPORTS } from '../registry/index.ts'
import type { Transport } from '../registry/index.ts'
import { PORT_SCHEMA_VERSION, reportPort } from './port-report.ts'
import type { PortReport } from './port-report.ts'

const registry = packagedRegistry()
const lore = packagedLore()

function report(
  port: number,
  sockets: Sockets = NO_SOCKETS,
  transports: readonly Transport[] = TRANSPORTS,
): PortReport {
  return reportPort(port, transports, registry, lore, sockets)
}

test('973 is unassigned on every transport, its NetInfo is unofficial and extinct, and it is a ghost port', () => {
  const { schemaVersion, port, range, ghost, transports, unofficialUses, registeredUses, declared } = report(973)
  assert.deepEqual([schemaVersion, port, range, ghost, declared], [PORT_SCHEMA_VERSION, 973, 'system', true, []])
  assert.deepEqual(Object.keys(transports), [...TRANSPORTS])
  for (const entry of Object.values(transports)) {
    assert.equal(entry.status, 'unassigned')
    assert.deepEqual(entry.names, [])
  }
  assert.deepEqual(transports.tcp?.run, { first: 954, last: 988 })
  const netinfo = unofficialUses.find((use) => use.name === 'NetInfo')
  assert.deepEqual([netinfo?.state, netinfo?.relation, netinfo?.conflictsWith], ['extinct', 'unofficial', []])
  assert.deepEqual(registeredUses, [])
})

test('every statement of the lore carries a citation, on every port', () => {
  for (let port = 0; port < 65_536; port += 1) {
    if (!lore.covers(port)) continue
    const { unofficialUses, registeredUses } = report(port)
    for (const use of [...unofficialUses, ...registeredUses]) {
      for (const { citations } of [use.summary, ...use.uses, ...use.successors, ...use.history, ...use.security])
        assert.ok(citations.length > 0, `${port} ${use.id}`)
    }
  }
})

test('the status of a port is that of the registry, whatever the lore says', () => {
  for (let port = 0; port < 65_536; port += 1) {
    if (!lore.covers(port)) continue
    for (const [transport, entry] of Object.entries(report(port).transports)) {
      const known = TRANSPORTS.find((each) => each === transport)
      assert.equal(entry.status, known === undefined ? null : registry.status(port, known))
    }
  }
})

test('a use of a port that IANA gave to someone else is a conflict, and says to whom', () => {
  const use = report(5000).unofficialUses.find((each) => each.relation === 'conflict')
  assert.ok(use?.conflictsWith.some(({ name }) => name === 'commplex-main'))
})

test('what is in use today comes before what is extinct, and malware last', () => {
  for (const port of [973, 5000, 8080, 1080, 31_337, 12_345, 6667]) {
    const weights = report(port).unofficialUses.map(
      ({ category, state }) => (category === 'malware' ? 2 : 0) + (state === 'extinct' ? 1 : 0),
    )
    assert.deepEqual(
      weights,
      weights.toSorted((a, b) => a - b),
      String(port),
    )
  }
})

test('only the transports asked for are told, of the registry, of the lore and of the sockets', () => {
  const sockets = madeSockets({
    listeners: [madeListener({ port: 443 }), madeListener({ port: 443, transport: 'udp' })],
    connections: [madeConnection({ remotePort: 443 })],
  })
  const udp = report(443, sockets, ['udp'])
  assert.deepEqual(Object.keys(udp.transports), ['udp'])
  assert.deepEqual(
    udp.listeners.map((each) => each.transport),
    ['udp'],
  )
  assert.deepEqual(udp.connections, [])
  for (const use of [...udp.unofficialUses, ...udp.registeredUses])
    assert.ok(use.uses.some((each) => each.transports.includes('udp')))
})

test('sockets of other ports are left out; a connection is told of at either end', () => {
  const sockets = madeSockets({
    listeners: [madeListener(), madeListener({ port: 974 })],
    connections: [
      madeConnection(),
      madeConnection({ port: 973, remotePort: 50_001 }),
      madeConnection({ port: 974, remotePort: 975 }),
    ],
  })
  const { listeners, connections } = report(973, sockets)
  assert.equal(listeners.length, 1)
  assert.deepEqual(
    connections.map((each) => [each.port, each.remotePort]),
    [
      [50_000, 973],
      [973, 50_001],
    ],
  )
})

test('the primary name comes first, and each row says where it comes from and of which day', () => {
  const entry = report(80).transports.tcp
  assert.equal(entry?.names[0], 'http')
  for (const row of entry?.assignments ?? []) {
    assert.match(row.source, /\S/)
    for (const day of [row.asOf, row.detailAsOf]) assert.match(day, /^\d{4}-\d\d-\d\d$/)
  }
})

test('what the registry does not say is null, never an empty text', () => {
  for (const port of [22, 80, 443, 973, 6000])
    for (const entry of Object.values(report(port).transports))
      for (const row of entry.assignments)
        for (const [field, value] of Object.entries(row))
          if (field !== 'description') assert.notEqual(value, '', `${port} ${field}`)
})

test('a report is plain data: JSON gives back the same', () => {
  const made = report(973, madeSockets({ listeners: [madeListener()] }))
  assert.deepEqual(JSON.parse(JSON.stringify(made)), made)
})
