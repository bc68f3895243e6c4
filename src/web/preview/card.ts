/**
 * The card that stands for a port's page where a link to it is shown: its number, its names, what the registry says. It has digits
 * and Latin letters alone, and is the same in every language.
 */
import type { PortReport } from '../../answer/index.ts'
import type { Status } from '../../registry/index.ts'
import { knownAs } from '../pages/port/port-names.ts'
import { rgb } from './drawing.ts'
import type { Drawing, Shape } from './drawing.ts'
import { canLetter, letter, widthOf } from './lettering.ts'
import { readStrokes } from './strokes.ts'
import type { Stroke } from './strokes.ts'

/** What the makers of such previews ask for (Open Graph, twitter:card summary_large_image): 1.91 to 1. */
export const CARD_WIDTH = 1200
export const CARD_HEIGHT = 630

const PAPER = rgb('#fbf7ec')
const INK = rgb('#1c2b45')
const FAINT = rgb('#8a8672')
const LINE = rgb('#d9cfb6')
const ACCENT = rgb('#a32e14')
const GHOST = rgb('#6b4a86')
const STATUS_INK = {
  assigned: rgb('#1d6b3c'),
  unassigned: rgb('#7c5a05'),
  reserved: rgb('#4a4f8a'),
} as const satisfies Record<Status, unknown>

const MARGIN = 36
const LEFT = 100
const RIGHT = CARD_WIDTH - 100
const ROSE = { x: 1000, y: 225, radius: 120 } as const
const POINTS = 16

export function cardOf(report: PortReport): Drawing {
  const { names, until } = knownAs(report)
  const shapes: Shape[] = [
    { kind: 'lines', strokes: rhumbs(), width: 1.5, colour: LINE },
    { kind: 'lines', strokes: neatLine(), width: 2.5, colour: INK },
    ...roseShapes(),
    text(String(report.port), { y: 120, height: 210, width: 17, colour: report.ghost ? GHOST : INK, until: 860 }),
    text(namesText(names, until), { y: 385, height: 52, width: 5.5, colour: report.ghost ? GHOST : ACCENT }),
    ...statusLine(report),
    text('Portolan: the chart of every network port', { y: 552, height: 20, width: 2.5, colour: FAINT }),
  ]
  return { width: CARD_WIDTH, height: CARD_HEIGHT, ground: PAPER, shapes }
}

interface Line {
  readonly x?: number
  readonly y: number
  readonly height: number
  /** Of the pen. */
  readonly width: number
  readonly colour: Shape['colour']
  /** The text is made smaller where it would go beyond. */
  readonly until?: number
}

function text(words: string, { x = LEFT, y, height, width, colour, until = RIGHT }: Line): Shape {
  const scale = Math.min(1, (until - x) / Math.max(1, widthOf(words, height)))
  const strokes = letter(words, x, y + height * (1 - scale), height * scale)
  return { kind: 'lines', strokes, width: width * Math.max(scale, 0.5), colour }
}

/** As many names as can be lettered and read. */
function namesText(names: readonly string[], until: string | null): string {
  const shown = names.map(latinOf).filter((name) => name !== '' && canLetter(name))
  const list = shown.join(', ')
  return until === null || list === '' ? list : `${list} (until ${until})`
}

/** Letters without their marks, which these have not. */
function latinOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .trim()
}

/** The transports of each status: `TCP, UDP assigned   SCTP, DCCP unassigned`. */
function statusLine({ transports }: PortReport): readonly Shape[] {
  const groups = Map.groupBy(Object.entries(transports), ([, { status }]) => status)
  const height = 30
  let x = LEFT
  const shapes: Shape[] = []
  for (const [status, rows] of groups) {
    const words = `${rows.map(([name]) => name.toUpperCase()).join(', ')}: ${status}`
    shapes.push(text(words, { x, y: 478, height, width: 3.5, colour: STATUS_INK[status] }))
    x += widthOf(words, height) + 2 * height
  }
  return shapes
}

/** The winds' lines of a portolan, from the rose to the edge of the sheet. */
function rhumbs(): readonly Stroke[] {
  const inner = { left: MARGIN, right: CARD_WIDTH - MARGIN, top: MARGIN, bottom: CARD_HEIGHT - MARGIN }
  return Array.from({ length: POINTS }, (_, index) => {
    const angle = (index * 2 * Math.PI) / POINTS
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)]
    const toX = dx === 0 ? Infinity : ((dx > 0 ? inner.right : inner.left) - ROSE.x) / dx
    const toY = dy === 0 ? Infinity : ((dy > 0 ? inner.bottom : inner.top) - ROSE.y) / dy
    const length = Math.min(toX, toY)
    return [ROSE.x, ROSE.y, ROSE.x + dx * length, ROSE.y + dy * length]
  })
}

/** The border of a chart: two lines with the degrees between them. */
function neatLine(): readonly Stroke[] {
  const box = (inset: number): Stroke => {
    const [right, bottom] = [CARD_WIDTH - inset, CARD_HEIGHT - inset]
    return [inset, inset, right, inset, right, bottom, inset, bottom, inset, inset]
  }
  const outer = MARGIN - 12
  const ticks: Stroke[] = []
  for (let x = MARGIN; x <= CARD_WIDTH - MARGIN; x += 47)
    ticks.push([x, outer, x, MARGIN], [x, CARD_HEIGHT - outer, x, CARD_HEIGHT - MARGIN])
  for (let y = MARGIN; y <= CARD_HEIGHT - MARGIN; y += 46.5)
    ticks.push([outer, y, MARGIN, y], [CARD_WIDTH - outer, y, CARD_WIDTH - MARGIN, y])
  return [box(outer), box(MARGIN), ...ticks]
}

/** Eight points around a ring; the one to the north is red. */
function roseShapes(): readonly Shape[] {
  const { x, y, radius } = ROSE
  const at = (degrees: number, length: number): readonly number[] => {
    const angle = (degrees * Math.PI) / 180
    return [x + length * Math.sin(angle), y - length * Math.cos(angle)]
  }
  const point = (degrees: number, length: number, colour: Shape['colour']): Shape => ({
    kind: 'filled',
    corners: [...at(degrees, length), ...at(degrees + 45, length * 0.22), x, y, ...at(degrees - 45, length * 0.22)],
    colour,
  })
  return [
    { kind: 'lines', strokes: readStrokes(`A ${x} ${y} ${radius} ${radius} 0 360`), width: 3, colour: INK },
    { kind: 'lines', strokes: readStrokes(`A ${x} ${y} ${radius - 12} ${radius - 12} 0 360`), width: 1.5, colour: INK },
    ...[45, 135, 225, 315].map((degrees) => point(degrees, radius * 0.72, FAINT)),
    ...[90, 180, 270].map((degrees) => point(degrees, radius + 14, INK)),
    point(0, radius + 24, ACCENT),
  ]
}
