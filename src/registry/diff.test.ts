import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { registryOf as compiledRegistryOf } from '../../test/support/registry-rows.ts'
import { diffRegistries } from './diff.ts'
import type { Transport } from './model.ts'
import { openPackagedRegistry } from './open.ts'
import type { Registry } from './registry.ts'

interface Sketch {
  readonly name?: string
  readonly first: number
  readonly last?: number
  readonly transports?: readonly Transport[]
  readonly description?: string
  readonly notes?: string
}

function registryOf(...rows: readonly Sketch[]): Registry {
  return compiledRegistryOf(
    ...rows.map(({ name = '', first, last = first, transports = ['tcp'], description = '', notes = '' }) => ({
      name,
      ports: { first, last },
      transports,
      description,
      notes,
    })),
  )
}

const EMPTY = registryOf()

describe('diffRegistries', () => {
  test('finds no change between a registry and itself', () => {
    const { registry } = openPackagedRegistry()
    assert.deepEqual(diffRegistries(registry, registry), [])
    assert.deepEqual(diffRegistries(EMPTY, registryOf()), [])
  })

  test('tells a new assignment, with what was and what is', () => {
    assert.deepEqual(diffRegistries(EMPTY, registryOf({ name: 'chart', first: 973, description: 'Charts' })), [
      {
        kind: 'status',
        ports: { first: 973, last: 973 },
        transports: ['tcp'],
        before: { status: 'unassigned', names: [], description: '' },
        after: { status: 'assigned', names: ['chart'], description: 'Charts' },
      },
    ])
  })

  test('is turned round when the registries are', () => {
    const after = registryOf({ name: 'chart', first: 973 })
    const [there] = diffRegistries(EMPTY, after)
    const [back] = diffRegistries(after, EMPTY)
    assert.deepEqual(back?.before, there?.after)
    assert.deepEqual(back?.after, there?.before)
  })

  test('gathers ports and transports that changed alike into one change', () => {
    const changes = diffRegistries(
      EMPTY,
      registryOf({ name: 'chart', first: 6000, last: 6063, transports: ['tcp', 'sctp'] }),
    )
    assert.deepEqual(
      changes.map(({ ports, transports }) => ({ ports, transports })),
      [{ ports: { first: 6000, last: 6063 }, transports: ['tcp', 'sctp'] }],
    )
  })

  test('keeps apart what changed otherwise on another port or transport', () => {
    const before = registryOf({ name: 'old', first: 7001 })
    const after = registryOf({ name: 'chart', first: 7000, last: 7002, transports: ['tcp', 'udp'] })
    assert.deepEqual(
      diffRegistries(before, after).map(({ kind, ports, transports }) => [
        kind,
        ports.first,
        ports.last,
        transports.join(),
      ]),
      [
        ['status', 7000, 7000, 'tcp'],
        ['status', 7000, 7002, 'udp'],
        ['name', 7001, 7001, 'tcp'],
        ['status', 7002, 7002, 'tcp'],
      ],
    )
  })

  test('tells the weightiest thing that changed', () => {
    const one = registryOf({ name: 'chart', first: 7000, description: 'a' })
    const alias = { name: 'map', first: 7000, notes: 'This entry is an alias to "chart".' }
    const kindTo = (after: Registry): readonly string[] => diffRegistries(one, after).map(({ kind }) => kind)
    assert.deepEqual(kindTo(registryOf({ first: 7000, description: 'Reserved' })), ['status'])
    assert.deepEqual(kindTo(registryOf({ name: 'log', first: 7000, description: 'b' })), ['name'])
    assert.deepEqual(kindTo(registryOf({ name: 'chart', first: 7000, description: 'b' }, alias)), ['alias'])
    assert.deepEqual(kindTo(registryOf({ name: 'chart', first: 7000, description: 'b' })), ['description'])
    assert.deepEqual(kindTo(registryOf({ name: 'chart', first: 7000, description: 'a', notes: 'x' })), [])
  })

  test('tells changes at the first and the last port', () => {
    const after = registryOf({ name: 'a', first: 0 }, { name: 'b', first: 65_535, transports: ['dccp'] })
    assert.deepEqual(
      diffRegistries(EMPTY, after).map(({ ports, transports }) => [ports.first, ports.last, transports.join()]),
      [
        [0, 0, 'tcp'],
        [65_535, 65_535, 'dccp'],
      ],
    )
  })

  test('orders changes by port', () => {
    const after = registryOf(
      { name: 'b', first: 9 },
      { name: 'a', first: 7, transports: ['udp'] },
      { name: 'c', first: 8, transports: ['sctp'] },
    )
    assert.deepEqual(
      diffRegistries(EMPTY, after).map(({ ports }) => ports.first),
      [7, 8, 9],
    )
  })
})
