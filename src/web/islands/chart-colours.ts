/** The colours of the chart as the page's styles have them, in the scheme that the reader has. */
import { INKS } from '../pages/chart/cell-code.ts'
import type { Ink } from '../pages/chart/cell-code.ts'

export interface Colours {
  readonly fills: Readonly<Record<Ink, string>>
  /** What can be read on each fill. */
  readonly texts: Readonly<Record<Ink, string>>
  /** For bitmaps: as a word of memory, in the order of the inks. */
  readonly words: Uint32Array
  readonly paper: string
  readonly ink: string
  readonly faint: string
  readonly grid: string
  readonly lore: string
  readonly ghost: string
  readonly listening: string
  readonly declared: string
  readonly drift: string
  readonly accent: string
}

type Rgb = readonly [red: number, green: number, blue: number]

/** Reads them by an element that the styles apply to. */
export function readColours(element: HTMLElement): Colours {
  const probe = document.createElement('i')
  probe.hidden = true
  element.append(probe)
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const paper = read('paper')
  const ink = read('ink')
  const fillOf = (each: Ink): string => read(`chart-${each}`)
  const textOn = (each: Ink): string => {
    const fill = rgbOf(fillOf(each))
    return contrast(fill, rgbOf(ink)) >= contrast(fill, rgbOf(paper)) ? ink : paper
  }
  const byInk = (make: (each: Ink) => string): Record<Ink, string> => ({
    blank: make('blank'),
    unassigned: make('unassigned'),
    reserved: make('reserved'),
    assigned: make('assigned'),
    lore: make('lore'),
    ghost: make('ghost'),
  })
  const colours: Colours = {
    fills: byInk(fillOf),
    texts: byInk(textOn),
    words: Uint32Array.from(INKS, (each) => wordOf(rgbOf(fillOf(each)))),
    paper,
    ink,
    faint: read('faint'),
    grid: read('chart-grid'),
    lore: read('chart-lore'),
    ghost: read('chart-ghost'),
    listening: read('chart-listening'),
    declared: read('chart-declared'),
    drift: read('chart-drift'),
    accent: read('accent'),
  }
  probe.remove()
  return colours
}

/** Of `rgb(1, 2, 3)`, the form in which browsers tell a computed colour. */
function rgbOf(colour: string): Rgb {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+(\.\d+)?/g) ?? []).map(Number)
  return [red, green, blue]
}

/** Red first in memory, whatever the order of the machine's bytes. */
function wordOf([red, green, blue]: Rgb): number {
  return new Uint32Array(Uint8Array.of(red, green, blue, 255).buffer)[0] ?? 0
}

/** WCAG 2.2, contrast ratio. */
function contrast(one: Rgb, other: Rgb): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: Rgb): number {
  const [red = 0, green = 0, blue = 0] = colour.map((each) => {
    const part = each / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
