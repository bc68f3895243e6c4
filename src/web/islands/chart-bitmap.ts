/** The whole chart as a picture of 256 by 256 points, which the canvas draws enlarged: one call for 65,536 squares. */
import { CELL_KINDS, INKS, SIDE, inkOf, statusInkOf } from '../pages/chart/cell-code.ts'
import type { Ink } from '../pages/chart/cell-code.ts'
import type { Colours } from './chart-colours.ts'
import type { ChartState } from './chart-state.ts'

export class Bitmaps {
  /** Each square filled with what matters most of it. */
  readonly overview: HTMLCanvasElement = makeCanvas()
  /** Each filled with its status alone, for when the rest is drawn on it. */
  readonly statuses: HTMLCanvasElement = makeCanvas()

  paint({ cells, shown }: ChartState, { words }: Colours): void {
    fill(this.overview, cells, words, (cell) => inkOf(cell, shown))
    fill(this.statuses, cells, words, (cell) => statusInkOf(cell, shown))
  }
}

function makeCanvas(): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = SIDE
  canvas.height = SIDE
  return canvas
}

function fill(
  canvas: HTMLCanvasElement,
  cells: Uint8Array,
  words: Uint32Array,
  inkOfCell: (cell: number) => Ink,
): void {
  const context = canvas.getContext('2d')
  if (context === null) return
  const byCell = Uint32Array.from({ length: CELL_KINDS }, (_, cell) => words[INKS.indexOf(inkOfCell(cell))] ?? 0)
  const image = context.createImageData(SIDE, SIDE)
  const points = new Uint32Array(image.data.buffer)
  for (let port = 0; port < points.length; port += 1) points[port] = byCell[(cells[port] ?? 0) % CELL_KINDS] ?? 0
  context.putImageData(image, 0, 0)
}
