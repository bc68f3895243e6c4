/** How many ports of a stretch of the chart belong to each layer: what its table says. */
import { CELL_KINDS, SIDE, isIn } from './cell-code.ts'
import type { Layer } from './cell-code.ts'

export type Counts = Readonly<Record<Layer, number>>

export interface Stretch {
  readonly first: number
  readonly last: number
  readonly counts: Counts
}

export function countLayers(cells: Uint8Array, first = 0, last: number = cells.length - 1): Counts {
  // Ports are counted by their bytes first, of which there are few kinds.
  const kinds = new Uint32Array(CELL_KINDS)
  for (let port = first; port <= last; port += 1) {
    const kind = (cells[port] ?? 0) % CELL_KINDS
    kinds[kind] = (kinds[kind] ?? 0) + 1
  }
  const count = (layer: Layer): number =>
    kinds.reduce((sum, ports, cell) => sum + (ports > 0 && isIn(cell, layer) ? ports : 0), 0)
  return {
    assigned: count('assigned'),
    unassigned: count('unassigned'),
    reserved: count('reserved'),
    lore: count('lore'),
    ghost: count('ghost'),
    listening: count('listening'),
    declared: count('declared'),
    unexpected: count('unexpected'),
    missing: count('missing'),
  }
}

/** The rows of the chart; those that follow each other and are wholly of one status, with nothing to tell, as one. */
export function stretchesOf(cells: Uint8Array): readonly Stretch[] {
  const stretches: Stretch[] = []
  for (let first = 0; first < cells.length; first += SIDE) {
    const last = first + SIDE - 1
    const counts = countLayers(cells, first, last)
    const before = stretches.at(-1)
    const cell = cells[first]
    const isSame =
      before !== undefined && cells[before.first] === cell && isUniform(before) && isUniform({ first, last, counts })
    if (isSame)
      stretches[stretches.length - 1] = { first: before.first, last, counts: countLayers(cells, before.first, last) }
    else stretches.push({ first, last, counts })
  }
  return stretches
}

/** Whether every port is of one status, and nothing more is known of any. */
function isUniform({ first, last, counts }: Stretch): boolean {
  const size = last - first + 1
  const { lore, ghost, listening, declared } = counts
  return (
    lore + ghost + listening + declared === 0 &&
    [counts.assigned, counts.unassigned, counts.reserved].some((each) => each === size)
  )
}
