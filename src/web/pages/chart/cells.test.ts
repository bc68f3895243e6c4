import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packagedLore, packagedRegistry } from '../../../../test/support/packaged-data.ts'
import { reportPort } from '../../../answer/index.ts'
import { STATUSES, TRANSPORTS } from '../../../registry/index.ts'
import {
  CELLS,
  CELL_KINDS,
  CELL_STATUSES,
  DECLARED_BIT,
  LAYERS,
  LISTENING_BIT,
  inkOf,
  isIn,
  lightOf,
  statusInkOf,
  statusOf,
} from './cell-code.ts'
import { ChartCells, GHOST_PORTS_MAX, LORE_PORTS_MAX } from './cells.ts'
import { ALL_LAYERS } from './options.ts'
import { markCells } from './presence.ts'

const registry = packagedRegistry()
const lore = packagedLore()
const cells = new ChartCells(registry, lore)

test('the byte of every port has the status that the registry has, on every transport', () => {
  assert.deepEqual(CELL_STATUSES, STATUSES)
  for (const transport of TRANSPORTS) {
    const bytes = cells.of(transport)
    assert.equal(bytes.length, CELLS)
    const wrong = Array.from(bytes.keys()).filter(
      (port) => statusOf(bytes[port] ?? 0) !== registry.status(port, transport),
    )
    assert.deepEqual(wrong, [])
  }
})

test('the byte of every port says whether the lore knows a use of it that is not wide', () => {
  for (const transport of TRANSPORTS) {
    const wrong = Array.from(cells.of(transport).entries()).filter(
      ([port, cell]) => isIn(cell, 'lore') !== lore.covers(port, { transports: [transport], portsMax: LORE_PORTS_MAX }),
    )
    assert.deepEqual(wrong, [])
  }
})

test('a ghost of the chart is a ghost of its page, and 973 is one', () => {
  const tcp = cells.of('tcp')
  const ghosts = Array.from(tcp.keys()).filter((port) => isIn(tcp[port] ?? 0, 'ghost'))
  assert.ok(ghosts.includes(973))
  for (const port of ghosts) assert.ok(reportPort(port, TRANSPORTS, registry, lore, null).ghost, String(port))
})

test('a ghost of a page that was one service’s alone is on the chart', () => {
  const tcp = cells.of('tcp')
  const missing = Array.from(tcp.keys()).filter((port) => {
    if (isIn(tcp[port] ?? 0, 'ghost')) return false
    const near = lore.briefsForPort(port, { transports: ['tcp'], portsMax: GHOST_PORTS_MAX })
    const isExtinct = near.some(({ category, state }) => category !== 'malware' && state === 'extinct')
    return isExtinct && reportPort(port, TRANSPORTS, registry, lore, null).ghost
  })
  assert.deepEqual(missing, [])
})

test('what is present is marked in a copy', () => {
  const before = Uint8Array.from(cells.of('tcp'))
  const marked = markCells(cells.of('tcp'), { listening: [22, 973], declared: [973, 65_535] })
  assert.deepEqual(cells.of('tcp'), before)
  assert.equal(marked[22], (before[22] ?? 0) | LISTENING_BIT)
  assert.equal(marked[973], (before[973] ?? 0) | LISTENING_BIT | DECLARED_BIT)
  assert.equal(marked[65_535], (before[65_535] ?? 0) | DECLARED_BIT)
  assert.deepEqual(
    Array.from(marked.keys()).filter((port) => marked[port] !== before[port]),
    [22, 973, 65_535],
  )
})

test('each byte is of one status, and drifts where one of listening and declared is missing', () => {
  for (let cell = 0; cell < CELL_KINDS; cell += 1) {
    // 3 is no status; it counts as unassigned.
    assert.equal(CELL_STATUSES.filter((status) => isIn(cell, status)).length, 1)
    assert.equal(isIn(cell, 'unexpected'), isIn(cell, 'listening') && !isIn(cell, 'declared'))
    assert.equal(isIn(cell, 'missing'), isIn(cell, 'declared') && !isIn(cell, 'listening'))
    const light = lightOf(cell, ALL_LAYERS)
    assert.equal(light !== null, isIn(cell, 'listening') || isIn(cell, 'declared'))
    assert.equal(light?.drifts ?? false, isIn(cell, 'listening') !== isIn(cell, 'declared'))
  }
})

test('nothing is drawn of layers that are not shown', () => {
  const none = new Set<never>()
  for (let cell = 0; cell < CELL_KINDS; cell += 1) {
    assert.equal(inkOf(cell, none), 'blank')
    assert.equal(statusInkOf(cell, none), 'blank')
    assert.equal(lightOf(cell, none), null)
    for (const layer of LAYERS) {
      if (isIn(cell, layer)) continue
      const only = new Set([layer])
      assert.equal(inkOf(cell, only), 'blank')
      assert.equal(lightOf(cell, only), null)
    }
  }
})
