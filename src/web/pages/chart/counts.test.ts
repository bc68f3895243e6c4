import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packagedLore, packagedRegistry } from '../../../../test/support/packaged-data.ts'
import { CELLS, LAYERS, SIDE } from './cell-code.ts'
import { ChartCells } from './cells.ts'
import { countLayers, stretchesOf } from './counts.ts'
import { markCells } from './presence.ts'

const cells = markCells(new ChartCells(packagedRegistry(), packagedLore()).of('tcp'), {
  listening: [22, 50_000],
  declared: [22, 973],
})

test('every port is of one status', () => {
  const { assigned, unassigned, reserved } = countLayers(cells)
  assert.equal(assigned + unassigned + reserved, CELLS)
})

test('what listens or is declared is counted, and what is only one of both', () => {
  const { listening, declared, unexpected, missing } = countLayers(cells)
  assert.deepEqual([listening, declared, unexpected, missing], [2, 2, 1, 1])
})

test('the stretches are the whole chart in order, and count together what it counts', () => {
  const stretches = stretchesOf(cells)
  let next = 0
  for (const { first, last } of stretches) {
    assert.equal(first, next)
    assert.equal((last + 1) % SIDE, 0)
    next = last + 1
  }
  assert.equal(next, CELLS)
  const whole = countLayers(cells)
  for (const layer of LAYERS)
    assert.equal(
      stretches.reduce((sum, { counts }) => sum + counts[layer], 0),
      whole[layer],
      layer,
    )
})

test('blocks of which all is the same share a stretch, and no others do', () => {
  const stretches = stretchesOf(cells)
  const long = stretches.filter(({ first, last }) => last - first >= SIDE)
  assert.ok(long.length > 0)
  for (const { counts } of long) assert.equal(counts.lore + counts.ghost + counts.listening + counts.declared, 0)
})
