import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CELLS, SIDE } from './cell-code.ts'
import { dotsOf, pathOf, regionsOf } from './regions.ts'
import type { Region } from './regions.ts'

const MANY = { numRuns: 30 }
/** Few, long runs, as ports have them, and rows that are alike. */
const valuesArbitrary = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 4000 })), { minLength: 1, maxLength: 60 })
  .map((runs) => {
    const values = new Uint8Array(CELLS)
    let at = 0
    while (at < CELLS)
      for (const [value, length] of runs) {
        values.fill(value, at, at + length)
        at += length
      }
    return values
  })

function portsOf({ x, y, width, height }: Region): readonly number[] {
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (__, column) => (y + row) * SIDE + x + column),
  ).flat()
}

/** The rectangles of a path's data, as a browser follows it. */
function regionsIn(data: string): readonly Region[] {
  let [x, y] = [0, 0]
  return [...data.matchAll(/m(-?\d+) (-?\d+)h(\d+)v(\d+)h-(\d+)z/g)].map(([, dx, dy, width, height, back]) => {
    assert.equal(width, back)
    x += Number(dx)
    y += Number(dy)
    return { x, y, width: Number(width), height: Number(height) }
  })
}

test('the rectangles of a value are its squares, each once', () => {
  fc.assert(
    fc.property(valuesArbitrary, fc.integer({ min: 0, max: 3 }), (values, wanted) => {
      const ports = regionsOf(values, wanted).flatMap(portsOf)
      assert.deepEqual(
        ports.toSorted((a, b) => a - b),
        Array.from(values.keys()).filter((port) => values[port] === wanted),
      )
    }),
    MANY,
  )
})

test('the data of a path is that of its rectangles', () => {
  fc.assert(
    fc.property(valuesArbitrary, (values) => {
      const regions = regionsOf(values, 1)
      assert.deepEqual(regionsIn(pathOf(regions)), regions)
    }),
    MANY,
  )
})

test('a wholly uniform chart is one rectangle', () => {
  assert.deepEqual(regionsOf(new Uint8Array(CELLS), 0), [{ x: 0, y: 0, width: SIDE, height: SIDE }])
  assert.deepEqual(regionsOf(new Uint8Array(CELLS), 1), [])
})

test('dots stand in the middle of their squares', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: CELLS - 1 }), { maxLength: 50 }), (ports) => {
      let [x, y] = [0, 0]
      const found = [...dotsOf(ports).matchAll(/m(-?[\d.]+) (-?[\d.]+)h0/g)].map(([, dx, dy]) => {
        x += Number(dx)
        y += Number(dy)
        return (y - 0.5) * SIDE + x - 0.5
      })
      assert.deepEqual(found, ports)
    }),
    MANY,
  )
})
