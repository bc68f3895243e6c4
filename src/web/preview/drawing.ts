/** A drawing of lines and filled corners in few colours: the same one as SVG and as pixels (raster.ts). */
import type { Stroke } from './strokes.ts'

export interface Rgb {
  readonly red: number
  readonly green: number
  readonly blue: number
}

export type Shape =
  | { readonly kind: 'lines'; readonly strokes: readonly Stroke[]; readonly width: number; readonly colour: Rgb }
  | { readonly kind: 'filled'; readonly corners: Stroke; readonly colour: Rgb }

export interface Drawing {
  readonly width: number
  readonly height: number
  readonly ground: Rgb
  /** Later ones lie over earlier ones. */
  readonly shapes: readonly Shape[]
}

/** `#a32e14`. */
export function rgb(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16)
  return { red: value >>> 16, green: (value >>> 8) & 255, blue: value & 255 }
}

function hexOf({ red, green, blue }: Rgb): string {
  return `#${((red << 16) | (green << 8) | blue).toString(16).padStart(6, '0')}`
}

/** A document; `title` is its name for readers of the screen, and has to be without `<`, `&` and the like. */
export function svgOf({ width, height, ground, shapes }: Drawing, title: string): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${title}</title><rect width="${width}" height="${height}" fill="${hexOf(ground)}"/>`,
    ...shapes.map(svgShape),
    '</svg>',
  ].join('')
}

function svgShape(shape: Shape): string {
  if (shape.kind === 'filled') return `<path d="${pathOf(shape.corners)}z" fill="${hexOf(shape.colour)}"/>`
  return `<path d="${shape.strokes.map(pathOf).join('')}" fill="none" stroke="${hexOf(shape.colour)}" stroke-width="${shape.width}" stroke-linecap="round" stroke-linejoin="round"/>`
}

function pathOf(stroke: Stroke): string {
  const points: string[] = []
  for (let at = 0; at < stroke.length; at += 2) points.push(`${round(stroke[at])} ${round(stroke[at + 1])}`)
  return `M${points.join('L')}`
}

function round(value = 0): string {
  return String(Math.round(value * 10) / 10)
}
