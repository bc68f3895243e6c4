/**
 * An alphabet of single lines, as charts were lettered with a pen: digits, Latin letters and what stands between them in the names
 * of services. Drawn for this, so that a card needs no font.
 *
 * Capitals and digits go from 0 to 100 downwards, small letters from 34, tails to 130. Each has its width, then its strokes
 * (strokes.ts).
 */
import { placeStrokes, readStrokes } from './strokes.ts'
import type { Stroke } from './strokes.ts'

interface Glyph {
  readonly width: number
  readonly strokes: readonly Stroke[]
}

/** Between two letters, and for what has no letter here. */
const GAP = 22
const SPACE = 34
export const CAP_HEIGHT = 100

const DRAWN: Readonly<Record<string, string>> = {
  0: '60 A 30 50 28 50 0 360',
  1: '42 M 6 22 L 30 0 L 30 100',
  2: '60 A 30 29 27 29 190 385 L 2 100 L 58 100',
  3: '60 A 29 25 24 25 200 450 A 29 75 28 25 270 520',
  4: '62 M 44 100 L 44 0 L 0 70 L 62 70',
  5: '60 M 54 0 L 11 0 L 7 47 A 29 68 29 32 218 505',
  6: '60 A 30 70 28 30 180 540 M 2 70 A 60 70 58 70 180 262',
  7: '58 M 2 0 L 56 0 L 22 100',
  8: '60 A 30 25 23 25 90 450 M 30 50 A 30 75 28 25 270 630',
  9: '60 A 30 30 28 30 0 360 M 58 30 A 0 30 58 70 0 82',
  A: '64 M 0 100 L 32 0 L 64 100 M 11 66 L 53 66',
  B: '58 M 2 48 L 28 48 A 28 24 24 24 90 -90 L 2 0 L 2 100 L 28 100 A 28 74 28 26 90 -90',
  C: '66 A 36 50 34 50 312 48',
  D: '64 M 2 0 L 22 0 A 22 50 40 50 270 450 L 2 100 L 2 0',
  E: '50 M 50 0 L 2 0 L 2 100 L 50 100 M 2 48 L 42 48',
  F: '48 M 48 0 L 2 0 L 2 100 M 2 48 L 40 48',
  G: '72 A 36 50 34 50 312 0 L 70 54 L 44 54',
  H: '60 M 2 0 L 2 100 M 58 0 L 58 100 M 2 48 L 58 48',
  I: '8 M 4 0 L 4 100',
  J: '44 M 40 0 L 40 72 A 20 72 20 28 0 170',
  K: '58 M 2 0 L 2 100 M 54 0 L 2 58 M 20 40 L 56 100',
  L: '48 M 2 0 L 2 100 L 48 100',
  M: '76 M 2 100 L 2 0 L 38 70 L 74 0 L 74 100',
  N: '62 M 2 100 L 2 0 L 60 100 L 60 0',
  O: '72 A 36 50 34 50 0 360',
  P: '54 M 2 100 L 2 0 L 26 0 A 26 27 26 27 270 450 L 2 54',
  Q: '72 A 36 50 34 50 0 360 M 44 74 L 70 106',
  R: '58 M 2 100 L 2 0 L 26 0 A 26 27 26 27 270 450 L 2 54 M 24 54 L 56 100',
  S: '58 A 29 25 24 25 325 90 A 29 75 27 25 270 505',
  T: '60 M 0 0 L 60 0 M 30 0 L 30 100',
  U: '60 M 2 0 L 2 66 A 30 66 28 34 180 0 L 58 0',
  V: '64 M 0 0 L 32 100 L 64 0',
  W: '92 M 0 0 L 23 100 L 46 16 L 69 100 L 92 0',
  X: '60 M 0 0 L 60 100 M 60 0 L 0 100',
  Y: '60 M 0 0 L 30 50 L 60 0 M 30 50 L 30 100',
  Z: '58 M 2 0 L 56 0 L 2 100 L 56 100',
  a: '52 A 25 67 23 33 0 360 M 48 34 L 48 100',
  b: '52 M 2 0 L 2 100 M 48 67 A 25 67 23 33 0 360',
  c: '48 A 26 67 24 33 315 45',
  d: '52 A 25 67 23 33 0 360 M 48 0 L 48 100',
  e: '50 M 2 67 L 48 67 A 25 67 23 33 360 42',
  f: '34 A 30 22 18 22 290 180 L 12 100 M 0 36 L 28 36',
  g: '52 A 25 67 23 33 0 360 M 48 34 L 48 106 A 26 106 22 24 0 160',
  h: '50 M 2 0 L 2 100 M 2 60 A 25 60 23 26 180 360 L 48 100',
  i: '8 M 4 34 L 4 100 M 4 6 L 4 8',
  j: '18 M 14 34 L 14 110 A -4 110 18 20 0 80 M 14 6 L 14 8',
  k: '48 M 2 0 L 2 100 M 42 34 L 2 72 M 18 58 L 46 100',
  l: '8 M 4 0 L 4 100',
  m: '78 M 2 34 L 2 100 M 2 58 A 20 58 18 24 180 360 L 38 100 M 38 58 A 57 58 19 24 180 360 L 76 100',
  n: '50 M 2 34 L 2 100 M 2 60 A 25 60 23 26 180 360 L 48 100',
  o: '54 A 27 67 25 33 0 360',
  p: '52 M 2 34 L 2 130 M 48 67 A 25 67 23 33 0 360',
  q: '52 A 25 67 23 33 0 360 M 48 34 L 48 130',
  r: '34 M 2 34 L 2 100 M 2 62 A 26 62 24 28 180 290',
  s: '44 A 22 51 18 17 325 90 A 22 84 20 16 270 505',
  t: '34 M 14 10 L 14 82 A 30 82 16 18 180 70 M 0 36 L 32 36',
  u: '50 M 2 34 L 2 74 A 25 74 23 26 180 0 L 48 34 L 48 100',
  v: '48 M 0 34 L 24 100 L 48 34',
  w: '70 M 0 34 L 18 100 L 35 42 L 52 100 L 70 34',
  x: '46 M 0 34 L 46 100 M 46 34 L 0 100',
  y: '48 M 0 34 L 24 98 M 48 34 L 24 98 L 12 130',
  z: '46 M 2 34 L 44 34 L 2 100 L 44 100',
  '-': '36 M 4 64 L 32 64',
  _: '50 M 0 108 L 50 108',
  '.': '8 M 4 98 L 4 100',
  ',': '10 M 8 94 L 0 116',
  ':': '8 M 4 42 L 4 44 M 4 98 L 4 100',
  '/': '44 M 0 108 L 44 -6',
  '+': '50 M 25 40 L 25 92 M 0 66 L 50 66',
  '*': '40 M 20 8 L 20 44 M 4 16 L 36 36 M 36 16 L 4 36',
  '(': '24 A 38 52 34 70 238 122',
  ')': '24 A -14 52 34 70 302 418',
  "'": '8 M 4 0 L 4 22',
  '&': '70 M 68 100 L 20 36 A 34 22 20 22 150 390 L 12 62 A 28 76 24 24 220 30 L 66 58',
  '!': '8 M 4 0 L 4 72 M 4 98 L 4 100',
}

const GLYPHS: Map<string, Glyph> = new Map()

function glyphOf(char: string): Glyph | undefined {
  const known = GLYPHS.get(char)
  if (known !== undefined) return known
  const drawn = Object.hasOwn(DRAWN, char) ? DRAWN[char] : undefined
  if (drawn === undefined) return undefined
  const at = drawn.indexOf(' ')
  const glyph = { width: Number(drawn.slice(0, at)), strokes: readStrokes(drawn.slice(at + 1)) }
  GLYPHS.set(char, glyph)
  return glyph
}

/** Whether every letter of a text can be drawn. */
export function canLetter(text: string): boolean {
  return Array.from(text).every((char) => char === ' ' || glyphOf(char) !== undefined)
}

/** How wide a text is, in the units of `height`: the height of its capitals. */
export function widthOf(text: string, height: number): number {
  const chars = Array.from(text)
  const units = chars.reduce((sum, char) => sum + (glyphOf(char)?.width ?? SPACE), GAP * Math.max(0, chars.length - 1))
  return (units * height) / CAP_HEIGHT
}

/** The strokes of a text whose first capital would have its upper left corner at x, y; what cannot be drawn is a space. */
export function letter(text: string, x: number, y: number, height: number): readonly Stroke[] {
  const scale = height / CAP_HEIGHT
  const strokes: Stroke[] = []
  let at = x
  for (const char of text) {
    const glyph = glyphOf(char)
    if (glyph !== undefined) strokes.push(...placeStrokes(glyph.strokes, at, y, scale))
    at += ((glyph?.width ?? SPACE) + GAP) * scale
  }
  return strokes
}
