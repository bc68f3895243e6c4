/** Where things are on the canvas, in CSS pixels: the plot, and the squares in it as far as it is enlarged. */
import { SIDE } from '../pages/chart/cell-code.ts'

const GUTTER_START = 50
const GUTTER_TOP = 22
const MARGIN = 8

/** Of d3-zoom: a point of the plot at scale 1 is drawn at `k * point + (x, y)`. */
export interface Transform {
  readonly k: number
  readonly x: number
  readonly y: number
}

export interface Plot {
  readonly left: number
  readonly top: number
  readonly size: number
}

/** Squares that can be seen, wholly or in part; the ends are included. */
export interface Visible {
  readonly firstColumn: number
  readonly lastColumn: number
  readonly firstRow: number
  readonly lastRow: number
}

export function plotOf(width: number): Plot {
  return { left: GUTTER_START, top: GUTTER_TOP, size: Math.max(SIDE / 2, width - GUTTER_START - MARGIN) }
}

export function heightOf({ top, size }: Plot): number {
  return top + size + MARGIN
}

/** A plot enlarged: from squares to pixels and back. */
export class Scale {
  readonly plot: Plot
  readonly k: number
  /** The edge of a square. */
  readonly cell: number
  readonly #x: number
  readonly #y: number

  constructor(plot: Plot, { k, x, y }: Transform) {
    this.plot = plot
    this.k = k
    this.cell = (plot.size / SIDE) * k
    this.#x = plot.left * k + x
    this.#y = plot.top * k + y
  }

  /** The left edge of a column. */
  x(column: number): number {
    return this.#x + column * this.cell
  }

  /** The upper edge of a row. */
  y(row: number): number {
    return this.#y + row * this.cell
  }

  /** The middle of a port's square. */
  middle(port: number): readonly [x: number, y: number] {
    return [this.x((port % SIDE) + 0.5), this.y(Math.floor(port / SIDE) + 0.5)]
  }

  /** The port at a point; null beside the plot. */
  portAt(x: number, y: number): number | null {
    const { left, top, size } = this.plot
    if (x < left || y < top || x >= left + size || y >= top + size) return null
    const column = Math.floor((x - this.#x) / this.cell)
    const row = Math.floor((y - this.#y) / this.cell)
    return column < 0 || row < 0 || column >= SIDE || row >= SIDE ? null : row * SIDE + column
  }

  visible(): Visible {
    const { left, top, size } = this.plot
    const clamp = (value: number): number => Math.min(SIDE - 1, Math.max(0, Math.floor(value)))
    return {
      firstColumn: clamp((left - this.#x) / this.cell),
      lastColumn: clamp((left + size - this.#x) / this.cell),
      firstRow: clamp((top - this.#y) / this.cell),
      lastRow: clamp((top + size - this.#y) / this.cell),
    }
  }

  isVisible(port: number): boolean {
    const { firstColumn, lastColumn, firstRow, lastRow } = this.visible()
    const [column, row] = [port % SIDE, Math.floor(port / SIDE)]
    return column >= firstColumn && column <= lastColumn && row >= firstRow && row <= lastRow
  }
}
