/**
 * A drawing as pixels of a palette: the ground, and each colour in fifteen steps of cover over the ground, so that edges are
 * smooth. Where two colours meet the upper one wins, for a step of cover cannot tell what lies below it.
 */
import type { Drawing, Rgb } from './drawing.ts'
import type { Stroke } from './strokes.ts'

export interface Raster {
  readonly width: number
  readonly height: number
  /** One byte a pixel: its colour's number in the palette. */
  readonly pixels: Buffer<ArrayBuffer>
  readonly palette: readonly Rgb[]
}

const STEPS = 15
/** A palette of a PNG has 256 colours at most. */
const COLOURS_MAX = 17
/** Lines within a pixel on which the cover of a filled shape is measured. */
const SUBLINES = 4

/** @throws Error for a drawing of more than 17 colours */
export function rasterOf({ width, height, ground, shapes }: Drawing): Raster {
  const colours = [...new Set(shapes.map(({ colour }) => colour))]
  if (colours.length > COLOURS_MAX) throw new Error(`a drawing has ${COLOURS_MAX} colours at most`)
  const sheet = new Sheet(width, height)
  for (const shape of shapes) {
    const base = 1 + colours.indexOf(shape.colour) * STEPS
    if (shape.kind === 'filled') sheet.fill(shape.corners, base)
    else for (const stroke of shape.strokes) sheet.line(stroke, shape.width / 2, base)
  }
  const palette = [ground, ...colours.flatMap((colour) => stepsBetween(ground, colour))]
  return { width, height, pixels: sheet.pixels, palette }
}

function stepsBetween(ground: Rgb, colour: Rgb): readonly Rgb[] {
  const mix = (from: number, to: number, step: number): number => Math.round(from + ((to - from) * step) / STEPS)
  return Array.from({ length: STEPS }, (_, index) => ({
    red: mix(ground.red, colour.red, index + 1),
    green: mix(ground.green, colour.green, index + 1),
    blue: mix(ground.blue, colour.blue, index + 1),
  }))
}

class Sheet {
  readonly pixels: Buffer<ArrayBuffer>
  readonly #width: number
  readonly #height: number

  constructor(width: number, height: number) {
    this.#width = width
    this.#height = height
    this.pixels = Buffer.alloc(width * height)
  }

  /** A line with round ends; `half`: half its width. */
  line(stroke: Stroke, half: number, base: number): void {
    for (let at = 0; at + 3 < stroke.length; at += 2)
      this.#segment(stroke[at] ?? 0, stroke[at + 1] ?? 0, stroke[at + 2] ?? 0, stroke[at + 3] ?? 0, half, base)
  }

  /** The inside of corners, by the even-odd rule. */
  fill(corners: Stroke, base: number): void {
    const ys = corners.filter((_, index) => index % 2 === 1)
    const cover = new Float64Array(this.#width)
    const last = Math.min(this.#height - 1, Math.ceil(Math.max(...ys)))
    for (let y = Math.max(0, Math.floor(Math.min(...ys))); y <= last; y += 1) {
      cover.fill(0)
      for (let sub = 0; sub < SUBLINES; sub += 1) this.#addSubline(corners, y + (sub + 0.5) / SUBLINES, cover)
      for (let x = 0; x < this.#width; x += 1) this.#set(x, y, (cover[x] ?? 0) / SUBLINES, base)
    }
  }

  #segment(x1: number, y1: number, x2: number, y2: number, half: number, base: number): void {
    const [dx, dy] = [x2 - x1, y2 - y1]
    const squared = dx * dx + dy * dy
    const reach = half + 1
    const lastY = Math.min(this.#height - 1, Math.ceil(Math.max(y1, y2) + reach))
    for (let y = Math.max(0, Math.floor(Math.min(y1, y2) - reach)); y <= lastY; y += 1) {
      // Only what of the segment is near this row can cover a pixel of it.
      const [from, to] = spanNear(y + 0.5 - y1, dy, reach)
      if (from > to) continue
      const left = x1 + Math.min(from * dx, to * dx) - reach
      const lastX = Math.min(this.#width - 1, Math.ceil(x1 + Math.max(from * dx, to * dx) + reach))
      for (let x = Math.max(0, Math.floor(left)); x <= lastX; x += 1) {
        const [px, py] = [x + 0.5 - x1, y + 0.5 - y1]
        const along = squared === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / squared))
        const [ax, ay] = [px - along * dx, py - along * dy]
        this.#set(x, y, half + 0.5 - Math.sqrt(ax * ax + ay * ay), base)
      }
    }
  }

  /** Adds what of each pixel of a row lies between pairs of crossings of one line of it. */
  #addSubline(corners: Stroke, y: number, cover: Float64Array): void {
    const crossings: number[] = []
    for (let at = 0; at < corners.length; at += 2) {
      const next = (at + 2) % corners.length
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = [corners[at], corners[at + 1], corners[next], corners[next + 1]]
      if (y1 <= y !== y2 <= y) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1))
    }
    crossings.sort((a, b) => a - b)
    for (let at = 0; at + 1 < crossings.length; at += 2) {
      const from = Math.max(0, crossings[at] ?? 0)
      const to = Math.min(this.#width, crossings[at + 1] ?? 0)
      for (let x = Math.floor(from); x < to; x += 1)
        cover[x] = (cover[x] ?? 0) + Math.min(to, x + 1) - Math.max(from, x)
    }
  }

  /** `cover`: from 0 to 1, or beyond. More cover of the same colour wins over less, any other colour wins anyway. */
  #set(x: number, y: number, cover: number, base: number): void {
    const step = Math.round(Math.min(1, cover) * STEPS)
    if (step <= 0) return
    const at = y * this.#width + x
    const value = base + step - 1
    const before = this.pixels[at] ?? 0
    const isSame = before >= base && before < base + STEPS
    // A faint edge over another colour would make a light seam: there the lower colour stays.
    if (before === 0 || (isSame ? value > before : step > STEPS / 2)) this.pixels[at] = value
  }
}

/** Between which fractions a segment is within `reach` of a row, which lies `offset` below its begin. */
function spanNear(offset: number, dy: number, reach: number): readonly [from: number, to: number] {
  if (dy === 0) return Math.abs(offset) <= reach ? [0, 1] : [1, 0]
  const [a, b] = [(offset - reach) / dy, (offset + reach) / dy]
  return [Math.max(0, Math.min(a, b)), Math.min(1, Math.max(a, b))]
}
