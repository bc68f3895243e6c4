/** Squares of one kind joined to rectangles, so that a picture of 65,536 squares has some thousands of parts. */
import { SIDE } from './cell-code.ts'

/** In squares, from the upper left. */
export interface Region {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/**
 * The squares that hold a value, row by row, equal runs of rows joined.
 * @param values one for each square, in the order of the ports
 */
export function regionsOf(values: ArrayLike<number>, wanted: number): readonly Region[] {
  const done: Region[] = []
  let open = new Map<number, Region>()
  for (let y = 0; y < SIDE; y += 1) {
    const next = new Map<number, Region>()
    for (let x = 0; x < SIDE; x += 1) {
      const from = x
      while (x < SIDE && values[y * SIDE + x] === wanted) x += 1
      if (x === from) continue
      const above = open.get(from)
      const continues = above !== undefined && above.width === x - from
      if (continues) open.delete(from)
      next.set(from, continues ? { ...above, height: above.height + 1 } : { x: from, y, width: x - from, height: 1 })
    }
    done.push(...open.values())
    open = next
  }
  done.push(...open.values())
  return done
}

/** The data of a `<path>` that fills the rectangles, each from where the one before began. */
export function pathOf(regions: readonly Region[]): string {
  let [x, y] = [0, 0]
  return regions
    .map((region) => {
      const move = `m${region.x - x} ${region.y - y}h${region.width}v${region.height}h-${region.width}z`
      ;[x, y] = [region.x, region.y]
      return move
    })
    .join('')
}

/** The data of a `<path>` with a dot at the middle of each port's square: drawn as a disc by round ends of its line. */
export function dotsOf(ports: readonly number[]): string {
  let [x, y] = [-0.5, -0.5]
  return ports
    .map((port) => {
      const move = `m${(port % SIDE) - x} ${Math.floor(port / SIDE) - y}h0`
      ;[x, y] = [port % SIDE, Math.floor(port / SIDE)]
      return move
    })
    .join('')
}
