/** The chart as a picture that needs nothing else: for readers without JavaScript, for print, and to take along. */
import { PORT_RANGES } from '../../../registry/index.ts'
import type { Source } from '../../../registry/index.ts'
import type { View } from '../../i18n/view.ts'
import { escapeHtml } from '../escape.ts'
import { CELL_KINDS, INKS, LAYERS, MACHINE_LAYERS, SIDE, inkOf, lightOf } from './cell-code.ts'
import type { Layer, Light } from './cell-code.ts'
import { countLayers } from './counts.ts'
import type { PictureOptions } from './options.ts'
import { PALETTES } from './palette.ts'
import type { Palette } from './palette.ts'
import { dotsOf, pathOf, regionsOf } from './regions.ts'

/** Units of the picture: a square is four wide. */
const CELL = 4
const CHART = SIDE * CELL
const CELL_KIND_NUMBERS: readonly number[] = Array.from({ length: CELL_KINDS }, (_, cell) => cell)
const LEFT = 64
const TOP = 96
const RIGHT = 156
const LEGEND_TOP = TOP + CHART + 28
const LEGEND_ROW = 26
const LEGEND_COLUMNS = 3
const WIDTH = LEFT + CHART + RIGHT
const HEIGHT = LEGEND_TOP + (LEGEND_ROW * LAYERS.length) / LEGEND_COLUMNS + 40
/** Rows and columns between two labels: 4096 ports, and 64. */
const ROW_STEP = 16
const COLUMN_STEP = 64
/** From the first line of a range down to its name; the system ports are too few for theirs, and have it above. */
const SYSTEM_LABEL = -14
const RANGE_LABEL = 10
const SANS = "system-ui,'Noto Sans',sans-serif"
const SERIF = "'Palatino Linotype',Palatino,'Noto Serif',Georgia,serif"

export interface Picture {
  /** One byte a port, with what is present. */
  readonly cells: Uint8Array
  readonly options: PictureOptions
  readonly source: Source
  /** Whether the reader may see what is on this machine: of what they may not, nothing is said. */
  readonly seesMachine: boolean
}

/** The document: a few thousand rectangles and some text, in the reader's language. */
export function chartSvg(view: View, { cells, options, source, seesMachine }: Picture): string {
  const colours = PALETTES[options.scheme]
  const title = escapeHtml(view.t('chart.svg.title', { transport: options.transport.toUpperCase() }))
  const [width, height] = options.isPlain ? [CHART, CHART] : [WIDTH, HEIGHT]
  const parts = options.isPlain
    ? [chartParts(cells, options.shown, colours)]
    : [
        `<rect width="${WIDTH}" height="${HEIGHT}" fill="${colours.paper}"/>`,
        `<g transform="translate(${LEFT} ${TOP})">${chartParts(cells, options.shown, colours)}${rangeLines(colours)}</g>`,
        titleParts(view, title, colours),
        axisParts(view, colours),
        rangeLabels(view, colours),
        legendParts(view, cells, options.shown, colours, seesMachine),
        sourcePart(view, source, colours),
      ]
  const size = `width="${options.size}" height="${Math.round((options.size * height) / width)}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${width} ${height}" role="img" lang="${view.language.tag}" font-family="${SANS}"><title>${title}</title>${parts.join('')}</svg>\n`
}

function chartParts(cells: Uint8Array, shown: ReadonlySet<Layer>, colours: Palette): string {
  const byCell = CELL_KIND_NUMBERS.map((cell) => INKS.indexOf(inkOf(cell, shown)))
  const inks = cells.map((cell) => byCell[cell % CELL_KINDS] ?? 0)
  const base = shown.has('unassigned') ? 'unassigned' : 'blank'
  const fills = INKS.filter((ink) => ink !== base).map((ink) => {
    const data = pathOf(regionsOf(inks, INKS.indexOf(ink)))
    return data === '' ? '' : `<path fill="${colours[ink]}" d="M0 0${data}"/>`
  })
  return `<g transform="scale(${CELL})" shape-rendering="crispEdges"><rect width="${SIDE}" height="${SIDE}" fill="${colours[base]}"/>${fills.join('')}</g>${lightParts(cells, shown, colours)}`
}

/** Discs for what listens, frames for what is declared, and a halo around both where they differ. */
function lightParts(cells: Uint8Array, shown: ReadonlySet<Layer>, colours: Palette): string {
  const lights = CELL_KIND_NUMBERS.map((cell) => lightOf(cell, shown))
  const lit = Array.from(cells.keys()).filter((port) => lights[(cells[port] ?? 0) % CELL_KINDS] !== null)
  const where = (is: (light: Light) => boolean): readonly number[] =>
    lit.filter((port) => {
      const light = lights[(cells[port] ?? 0) % CELL_KINDS] ?? null
      return light !== null && is(light)
    })
  const discs = (ports: readonly number[], colour: string, diameter: number): string =>
    ports.length === 0
      ? ''
      : `<path d="M0 0${dotsOf(ports)}" fill="none" stroke="${colour}" stroke-width="${diameter}" stroke-linecap="round"/>`
  const framed = where(({ isDeclared }) => isDeclared)
  const frames =
    framed.length === 0
      ? ''
      : `<path d="M0 0${pathOf(framed.map((port) => ({ x: (port % SIDE) - 1, y: Math.floor(port / SIDE) - 1, width: 3, height: 3 })))}" fill="none" stroke="${colours.declared}" stroke-width="0.5"/>`
  return `<g transform="scale(${CELL})">${discs(
    where(({ drifts }) => drifts),
    colours.drift,
    3.4,
  )}${discs(
    where(({ listens, drifts }) => listens || drifts),
    colours.paper,
    2.6,
  )}${discs(
    where(({ listens }) => listens),
    colours.listening,
    2.2,
  )}${frames}</g>`
}

function rangeLines(colours: Palette): string {
  const lines = PORT_RANGES.slice(1).map(({ first }) => {
    const y = (first / SIDE) * CELL
    return `<path d="M-8 ${y}H${CHART + 8}" stroke="${colours.ink}" stroke-width="1.5" stroke-dasharray="6 3"/>`
  })
  return `${lines.join('')}<rect width="${CHART}" height="${CHART}" fill="none" stroke="${colours.ink}" stroke-width="2"/><rect x="-5" y="-5" width="${CHART + 10}" height="${CHART + 10}" fill="none" stroke="${colours.ink}" stroke-width="0.75"/>`
}

function titleParts({ language }: View, title: string, colours: Palette): string {
  const isRtl = language.direction === 'rtl'
  return `<text x="${isRtl ? LEFT + CHART : LEFT}" y="48" font-size="32" font-family="${SERIF}" fill="${colours.ink}" direction="${language.direction}">${title}</text>`
}

function axisParts(view: View, colours: Palette): string {
  const rows = Array.from({ length: SIDE / ROW_STEP }, (_, index) => index * ROW_STEP).map(
    (row) => `<text x="${LEFT - 12}" y="${TOP + row * CELL + 11}" text-anchor="end">${view.digits(row * SIDE)}</text>`,
  )
  const columns = [...Array.from({ length: SIDE / COLUMN_STEP }, (_, index) => index * COLUMN_STEP), SIDE - 1].map(
    (column) =>
      `<text x="${LEFT + (column + 0.5) * CELL}" y="${TOP - 11}" text-anchor="middle">+${view.digits(column)}</text>`,
  )
  return `<g font-size="13" fill="${colours.faint}">${rows.join('')}${columns.join('')}</g>`
}

/** Beside the chart, at the left edge of its margin whichever way the language runs. */
function rangeLabels(view: View, colours: Palette): string {
  const isRtl = view.language.direction === 'rtl'
  const attributes = `x="${LEFT + CHART + 14}" text-anchor="${isRtl ? 'end' : 'start'}" direction="${view.language.direction}"`
  const labels = PORT_RANGES.map(({ name, first, last }) => {
    const y = TOP + (first / SIDE) * CELL + (first === 0 ? SYSTEM_LABEL : RANGE_LABEL)
    const span = view.t('chart.table.span', { first: view.digits(first), last: view.digits(last) })
    return `<text ${attributes} y="${y}" font-size="14" fill="${colours.ink}">${escapeHtml(view.t(`chart.range.${name}`))}</text><text x="${LEFT + CHART + 14}" y="${y + 16}" font-size="12" fill="${colours.faint}">${escapeHtml(span)}</text>`
  })
  return labels.join('')
}

function legendParts(
  view: View,
  cells: Uint8Array,
  shown: ReadonlySet<Layer>,
  colours: Palette,
  seesMachine: boolean,
): string {
  const isRtl = view.language.direction === 'rtl'
  const columnWidth = (WIDTH - LEFT) / LEGEND_COLUMNS
  const rows = LAYERS.length / LEGEND_COLUMNS
  const counts = countLayers(cells)
  const entries = LAYERS.map((layer, index) => {
    if (!seesMachine && MACHINE_LAYERS.has(layer)) return ''
    const column = Math.floor(index / rows)
    const x = LEFT + (isRtl ? LEGEND_COLUMNS - 1 - column : column) * columnWidth
    const y = LEGEND_TOP + (index % rows) * LEGEND_ROW
    const words = escapeHtml(`${view.t(`chart.layer.${layer}`)} · ${view.count(counts[layer])}`)
    const at = isRtl ? x + columnWidth - 60 : x
    return `<g opacity="${shown.has(layer) ? 1 : 0.35}">${swatchOf(layer, isRtl ? at : x, y, colours)}<text x="${isRtl ? at - 8 : x + 24}" y="${y + 13}" direction="${view.language.direction}">${words}</text></g>`
  })
  return `<g font-size="14" fill="${colours.ink}">${entries.join('')}</g>`
}

function swatchOf(layer: Layer, x: number, y: number, colours: Palette): string {
  const [middleX, middleY] = [x + 8, y + 8]
  const disc = (radius: number, colour: string): string =>
    `<circle cx="${middleX}" cy="${middleY}" r="${radius}" fill="${colour}"/>`
  switch (layer) {
    case 'listening':
      return disc(5, colours.listening)
    case 'declared':
      return `<rect x="${x + 2}" y="${y + 2}" width="12" height="12" fill="none" stroke="${colours.declared}" stroke-width="2"/>`
    case 'unexpected':
      return `${disc(8, colours.drift)}${disc(6.2, colours.paper)}${disc(5, colours.listening)}`
    case 'missing':
      return `${disc(8, colours.drift)}${disc(6.2, colours.paper)}<rect x="${x + 4}" y="${y + 4}" width="8" height="8" fill="none" stroke="${colours.declared}" stroke-width="2"/>`
    default:
      return `<rect x="${x}" y="${y}" width="16" height="16" fill="${colours[layer]}" stroke="${colours.ink}" stroke-width="0.75"/>`
  }
}

function sourcePart(view: View, source: Source, colours: Palette): string {
  const text = view.t('chart.svg.source', { source: source.id, date: view.date(source.asOf) })
  const isRtl = view.language.direction === 'rtl'
  return `<text x="${isRtl ? LEFT + CHART : LEFT}" y="${HEIGHT - 14}" font-size="12" fill="${colours.faint}" direction="${view.language.direction}">${escapeHtml(text)}</text>`
}
