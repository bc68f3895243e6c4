/**
 * One frame of the chart. The squares are one enlarged picture; lines, marks and words are drawn on it only where squares are
 * large enough for them, so that a frame costs about the same at every scale.
 */
import { SIDE, isIn, statusInkOf } from '../pages/chart/cell-code.ts'
import type { IslandData } from '../pages/chart/island-form.ts'
import type { Bitmaps } from './chart-bitmap.ts'
import type { Colours } from './chart-colours.ts'
import type { Scale, Visible } from './chart-layout.ts'
import { drawLights } from './chart-lights.ts'
import type { NameBook } from './chart-names.ts'
import type { ChartState } from './chart-state.ts'

/** The edge of a square, in CSS pixels, from which on it has lines around it, its number, its name. */
const LINES_FROM = 12
const NUMBERS_FROM = 34
export const NAMES_FROM = 66
const RHUMB_LINES = 16
/** The first rows of the three ranges (RFC 6335 §6). */
const RANGE_ROWS = [0, 4, 192]
/** Half of the widest label of a column. */
const LABEL_HALF = 14
const LABEL_STEPS = [1, 2, 4, 8, 16, 32, 64]

export interface Drawing {
  readonly context: CanvasRenderingContext2D
  readonly scale: Scale
  readonly state: ChartState
  readonly colours: Colours
  readonly bitmaps: Bitmaps
  readonly names: NameBook
  readonly data: IslandData
  readonly hasFocus: boolean
}

export function draw(drawing: Drawing): void {
  const { context, scale, colours } = drawing
  const { left, top, size } = scale.plot
  const visible = scale.visible()
  const { canvas } = context
  context.fillStyle = colours.paper
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.save()
  context.beginPath()
  context.rect(left, top, size, size)
  context.clip()
  drawSquares(drawing, visible)
  if (scale.cell >= LINES_FROM) {
    drawLines(drawing, visible)
    drawHistory(drawing, visible)
  }
  if (scale.cell >= NUMBERS_FROM) drawWords(drawing, visible)
  drawRanges(drawing)
  drawRhumbLines(drawing)
  drawLights(drawing, visible)
  drawFocus(drawing)
  context.restore()
  drawFrame(drawing)
  drawAxes(drawing, visible)
}

function drawSquares({ context, scale, bitmaps }: Drawing, visible: Visible): void {
  const { firstColumn, lastColumn, firstRow, lastRow } = visible
  const bitmap = scale.cell >= LINES_FROM ? bitmaps.statuses : bitmaps.overview
  const [columns, rows] = [lastColumn - firstColumn + 1, lastRow - firstRow + 1]
  context.imageSmoothingEnabled = false
  context.drawImage(
    bitmap,
    firstColumn,
    firstRow,
    columns,
    rows,
    scale.x(firstColumn),
    scale.y(firstRow),
    columns * scale.cell,
    rows * scale.cell,
  )
}

function drawLines(
  { context, scale, colours }: Drawing,
  { firstColumn, lastColumn, firstRow, lastRow }: Visible,
): void {
  context.beginPath()
  for (let column = firstColumn; column <= lastColumn + 1; column += 1) {
    const x = Math.round(scale.x(column)) + 0.5
    context.moveTo(x, scale.y(firstRow))
    context.lineTo(x, scale.y(lastRow + 1))
  }
  for (let row = firstRow; row <= lastRow + 1; row += 1) {
    const y = Math.round(scale.y(row)) + 0.5
    context.moveTo(scale.x(firstColumn), y)
    context.lineTo(scale.x(lastColumn + 1), y)
  }
  context.strokeStyle = colours.grid
  context.lineWidth = 1
  context.stroke()
}

/** Ports that can be seen, row by row. */
function* portsIn({ firstColumn, lastColumn, firstRow, lastRow }: Visible): Generator<number, void, undefined> {
  for (let row = firstRow; row <= lastRow; row += 1)
    for (let column = firstColumn; column <= lastColumn; column += 1) yield row * SIDE + column
}

/** A known use turns down the corner of a square; a ghost's corner is hollow. */
function drawHistory({ context, scale, state, colours }: Drawing, visible: Visible): void {
  const { cell } = scale
  const corner = Math.min(cell * 0.45, 22)
  const trace = (wanted: (port: number) => boolean): void => {
    context.beginPath()
    for (const port of portsIn(visible)) {
      if (!wanted(port)) continue
      const x = scale.x((port % SIDE) + 1) - 1
      const y = scale.y(Math.floor(port / SIDE) + 1) - 1
      context.moveTo(x, y - corner)
      context.lineTo(x, y)
      context.lineTo(x - corner, y)
      context.closePath()
    }
  }
  const isGhost = (port: number): boolean => state.shown.has('ghost') && isIn(state.cell(port), 'ghost')
  const isKnown = (port: number): boolean => !isGhost(port) && state.shown.has('lore') && isIn(state.cell(port), 'lore')
  trace(isKnown)
  context.fillStyle = colours.lore
  context.fill()
  trace(isGhost)
  context.fillStyle = colours.ghost
  context.fill()
}

function drawWords({ context, scale, state, colours, names, data }: Drawing, visible: Visible): void {
  const { cell } = scale
  const size = Math.min(18, Math.max(10, cell * 0.2))
  context.textAlign = 'start'
  context.textBaseline = 'top'
  context.direction = 'ltr'
  const chars = Math.floor((cell - 10) / (size * 0.5))
  for (const port of portsIn(visible)) {
    const x = scale.x(port % SIDE) + 4
    const y = scale.y(Math.floor(port / SIDE)) + 4
    context.fillStyle = colours.texts[statusInkOf(state.cell(port), state.shown)]
    context.font = `600 ${size}px system-ui, sans-serif`
    context.fillText(localDigits(port, data), x, y)
    if (cell < NAMES_FROM) continue
    const name = names.labelOf(port, data.transport)
    if (name === '') continue
    context.font = `${size * 0.8}px system-ui, sans-serif`
    context.fillText(name.length > chars ? `${name.slice(0, Math.max(1, chars - 1))}…` : name, x, y + size * 1.35)
  }
}

/** Dashed lines between system, user and dynamic ports, each named at its right end. */
function drawRanges({ context, scale, colours, data }: Drawing): void {
  const { left, top, size } = scale.plot
  context.strokeStyle = colours.ink
  context.lineWidth = 1.5
  context.setLineDash([7, 4])
  context.beginPath()
  for (const row of RANGE_ROWS.slice(1)) {
    context.moveTo(left, scale.y(row))
    context.lineTo(left + size, scale.y(row))
  }
  context.stroke()
  context.setLineDash([])
  context.font = 'italic 12px Georgia, serif'
  context.textAlign = 'right'
  context.textBaseline = 'top'
  context.direction = data.direction
  context.lineWidth = 4
  context.lineJoin = 'round'
  context.strokeStyle = colours.paper
  context.fillStyle = colours.ink
  let free = top
  for (const [index, row] of RANGE_ROWS.entries()) {
    const y = Math.max(free, scale.y(row)) + 2
    const end = scale.y(RANGE_ROWS[index + 1] ?? SIDE)
    if (y < top || y > top + size || end < top + 10) continue
    context.strokeText(data.ranges[index] ?? '', left + size - 8, y)
    context.fillText(data.ranges[index] ?? '', left + size - 8, y)
    free = y + 12
  }
}

/** As the portolans had them: lines of the compass rose, from the port where the reader is. */
function drawRhumbLines({ context, scale, state, colours }: Drawing): void {
  if (state.focus === null || scale.cell >= LINES_FROM) return
  const [x, y] = scale.middle(state.focus)
  const far = 3 * scale.plot.size * scale.k
  context.beginPath()
  for (let line = 0; line < RHUMB_LINES; line += 1) {
    const angle = (line * 2 * Math.PI) / RHUMB_LINES
    context.moveTo(x, y)
    context.lineTo(x + far * Math.cos(angle), y + far * Math.sin(angle))
  }
  context.globalAlpha = 0.3
  context.strokeStyle = colours.accent
  context.lineWidth = 1
  context.stroke()
  context.globalAlpha = 1
}

function drawFocus({ context, scale, state, colours, hasFocus }: Drawing): void {
  const ring = (port: number, colour: string, width: number): void => {
    const [x, y] = scale.middle(port)
    const edge = Math.max(scale.cell + 2, 11)
    context.strokeStyle = colours.paper
    context.lineWidth = width + 2.5
    context.strokeRect(x - edge / 2, y - edge / 2, edge, edge)
    context.strokeStyle = colour
    context.lineWidth = width
    context.strokeRect(x - edge / 2, y - edge / 2, edge, edge)
  }
  if (state.hover !== null && state.hover !== state.focus) ring(state.hover, colours.ink, 1.5)
  if (state.focus !== null) ring(state.focus, colours.accent, hasFocus ? 3 : 2)
}

/** Two lines around it, the outer one finer. */
function drawFrame({ context, scale, colours }: Drawing): void {
  const { left, top, size } = scale.plot
  context.strokeStyle = colours.ink
  context.lineWidth = 2
  context.strokeRect(left - 1, top - 1, size + 2, size + 2)
  context.lineWidth = 0.75
  context.strokeRect(left - 4.5, top - 4.5, size + 9, size + 9)
}

function drawAxes({ context, scale, colours, data }: Drawing, visible: Visible): void {
  const { left, top, size } = scale.plot
  context.font = '11px system-ui, sans-serif'
  context.fillStyle = colours.faint
  context.direction = 'ltr'
  context.textBaseline = 'middle'
  context.textAlign = 'right'
  const rowStep = stepFor(22, scale.cell)
  for (let row = nextStep(visible.firstRow, rowStep); row <= visible.lastRow; row += rowStep) {
    const y = scale.y(row) + Math.min(scale.cell / 2, 8)
    if (y >= top && y <= top + size) context.fillText(localDigits(row * SIDE, data), left - 8, y)
  }
  context.textAlign = 'center'
  context.textBaseline = 'bottom'
  const columnStep = stepFor(44, scale.cell)
  for (let column = nextStep(visible.firstColumn, columnStep); column <= visible.lastColumn; column += columnStep) {
    const x = scale.x(column + 0.5)
    if (x >= left && x <= left + size - LABEL_HALF) context.fillText(`+${localDigits(column, data)}`, x, top - 6)
  }
}

function stepFor(pixels: number, cell: number): number {
  return LABEL_STEPS.find((step) => step * cell >= pixels) ?? SIDE / 2
}

function nextStep(from: number, step: number): number {
  return Math.ceil(from / step) * step
}

/** A number in the reader's digits. */
export function localDigits(value: number, { digits }: Pick<IslandData, 'digits'>): string {
  // Each of them is one unit of UTF-16.
  return String(value).replace(/\d/g, (digit) => digits.charAt(Number(digit)))
}
