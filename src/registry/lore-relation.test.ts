import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { registryOf } from '../../test/support/registry-rows.ts'
import type { LoreUse } from './lore-file.ts'
import { isGhost, relateUse } from './lore-relation.ts'
import type { RelatedUse, Relation } from './lore-relation.ts'
import type { Lore } from './lore-schema.ts'
import { PORT_MAX, TRANSPORTS } from './model.ts'
import type { PortSpan, Transport } from './model.ts'
import { openLore, openPackagedRegistry } from './open.ts'

const cites = [{ source: 'manual', seen: true }]

const at = (port: number): PortSpan => ({ first: port, last: port })
const registry = registryOf(
  { name: 'chart', ports: at(7000), transports: ['tcp'] },
  { name: 'chart', ports: at(7000), transports: ['udp'] },
  { name: 'other', ports: at(7001), transports: ['tcp'] },
  { name: 'chart', ports: at(7001), transports: ['udp'] },
  { ports: at(7002), transports: ['tcp'], description: 'Reserved' },
  { ports: at(7003), transports: ['tcp'], description: 'any private mail system' },
)

function useOf(port: number, transports: Transport[], registryNames: string[] | null = ['Chart']): LoreUse {
  const uses = [{ ports: [`${port}`], transports, text: 'x', cites }]
  const lore: Lore = {
    id: 'chart',
    name: 'Chart',
    category: 'other',
    state: 'current',
    summary: { text: 'x', cites },
    uses,
    sources: { manual: { title: 'Manual', publisher: 'Maker', url: 'https://example.org/' } },
    ...(registryNames === null ? {} : { registryNames }),
  }
  return { lore, uses }
}

describe('relateUse', () => {
  test('calls a use registered where IANA lists the port for that very service, in any case of letters', () => {
    const related = relateUse(registry, 7000, useOf(7000, ['tcp', 'udp']))
    assert.equal(related.relation, 'registered')
    assert.deepEqual(related.conflictsWith, [])
  })

  test('calls it a conflict where IANA assigned the port to someone else, and says to whom', () => {
    const related = relateUse(registry, 7000, useOf(7000, ['tcp', 'udp'], ['map']))
    assert.equal(related.relation, 'conflict')
    assert.deepEqual(related.conflictsWith, [
      { transport: 'tcp', name: 'chart' },
      { transport: 'udp', name: 'chart' },
    ])
  })

  test('calls it a conflict for a service that IANA lists nowhere', () => {
    assert.equal(relateUse(registry, 7000, useOf(7000, ['tcp'], null)).relation, 'conflict')
  })

  test('calls it unofficial where IANA assigned the port to no one, reserved or not', () => {
    for (const port of [7002, 7004]) {
      const related = relateUse(registry, port, useOf(port, ['tcp']))
      assert.equal(related.relation, 'unofficial')
      assert.deepEqual(related.conflictsWith, [])
    }
  })

  test('looks only at the transports of the use', () => {
    assert.equal(relateUse(registry, 7001, useOf(7001, ['udp'])).relation, 'registered')
    assert.equal(relateUse(registry, 7001, useOf(7001, ['tcp'])).relation, 'conflict')
    assert.equal(relateUse(registry, 7001, useOf(7001, ['sctp'])).relation, 'unofficial')
  })

  test('calls it registered where one of its transports is', () => {
    const related = relateUse(registry, 7001, useOf(7001, ['tcp', 'udp']))
    assert.equal(related.relation, 'registered')
    assert.deepEqual(related.conflictsWith, [])
  })

  test('names the description where the assignment has no name', () => {
    const related = relateUse(registry, 7003, useOf(7003, ['tcp']))
    assert.deepEqual(related.conflictsWith, [{ transport: 'tcp', name: 'any private mail system' }])
  })

  test('keeps the entry and its uses as they are', () => {
    const use = useOf(7000, ['tcp'])
    const related = relateUse(registry, 7000, use)
    assert.equal(related.lore, use.lore)
    assert.deepEqual(related.uses, use.uses)
  })
})

describe('isGhost', () => {
  const related = (state: Lore['state'], relation: Relation, category: Lore['category'] = 'other'): RelatedUse => {
    const use = useOf(7000, ['tcp'])
    return { ...use, lore: { ...use.lore, state, category }, relation, conflictsWith: [] }
  }

  test('is false for a port that no service is known to have used', () => {
    assert.equal(isGhost([], false), false)
    assert.equal(isGhost([], true), false)
  })

  test('is true where every service known is extinct and nobody holds the port', () => {
    assert.equal(isGhost([related('extinct', 'unofficial')], false), true)
    assert.equal(isGhost([related('extinct', 'unofficial'), related('extinct', 'unofficial')], false), true)
  })

  test('is false where one service is current', () => {
    assert.equal(isGhost([related('extinct', 'unofficial'), related('current', 'unofficial')], false), false)
    assert.equal(isGhost([related('current', 'registered')], true), false)
  })

  test('is false where someone else holds the port', () => {
    assert.equal(isGhost([related('extinct', 'conflict')], true), false)
  })

  test('is true where the extinct service itself holds the port', () => {
    assert.equal(isGhost([related('extinct', 'registered')], true), true)
  })

  test('does not count malware, living or dead', () => {
    assert.equal(isGhost([related('extinct', 'unofficial', 'malware')], false), false)
    assert.equal(isGhost([related('extinct', 'unofficial'), related('current', 'unofficial', 'malware')], false), true)
  })
})

describe('the lore', () => {
  test('changes the status of none of the 262,144 pairs', () => {
    const packaged = openPackagedRegistry().registry
    const lore = openLore()
    const alone = TRANSPORTS.map((transport) =>
      Array.from({ length: PORT_MAX + 1 }, (_, port) => packaged.status(port, transport)),
    )
    let related = 0
    for (let port = 0; port <= PORT_MAX; port += 1) {
      for (const use of lore.forPort(port)) {
        const before = TRANSPORTS.map((transport) => packaged.lookup(port, transport))
        const { relation, conflictsWith } = relateUse(packaged, port, use)
        related += 1
        const transports = new Set(use.uses.flatMap((each) => each.transports))
        const assigned = before.filter((entry) => transports.has(entry.transport) && entry.status === 'assigned')
        // It never contradicts the status: a conflict needs an assignment, the unofficial lacks one.
        assert.equal(relation === 'unofficial', assigned.length === 0, `${port} ${use.lore.id}`)
        assert.ok(
          conflictsWith.every(({ transport }) => assigned.some((entry) => entry.transport === transport)),
          `${port} ${use.lore.id}`,
        )
        assert.deepEqual(
          before.map(({ status }) => status),
          TRANSPORTS.map((_, index) => alone[index]?.[port]),
        )
      }
    }
    assert.ok(related > 65_536 / 100)
    for (const [index, transport] of TRANSPORTS.entries()) {
      for (let port = 0; port <= PORT_MAX; port += 1) {
        const isSame =
          packaged.status(port, transport) === alone[index]?.[port] &&
          packaged.lookup(port, transport).status === alone[index]?.[port]
        if (!isSame) assert.fail(`${port}/${transport}`)
      }
    }
  })
})
