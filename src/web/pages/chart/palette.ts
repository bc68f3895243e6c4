/** The colours of the chart for pictures; for the page they stand in styles/40-chart.css, and a test compares the two. */
import type { Ink } from './cell-code.ts'

/** Land is buff, the foreshore green and the water pale blue, as on the charts of the Admiralty. */
export interface Palette extends Readonly<Record<Ink, string>> {
  readonly paper: string
  readonly ink: string
  readonly faint: string
  readonly grid: string
  readonly listening: string
  readonly declared: string
  readonly drift: string
}

export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    paper: '#fbf7ec',
    ink: '#1c2b45',
    faint: '#565f70',
    grid: '#b4c8ce',
    blank: '#f4efe0',
    unassigned: '#dce9ee',
    reserved: '#7f9a68',
    assigned: '#c69a4c',
    lore: '#1f7f8c',
    ghost: '#7a4fa3',
    listening: '#c2320f',
    declared: '#17508f',
    drift: '#5e4300',
  },
  dark: {
    paper: '#10182a',
    ink: '#e8e4d8',
    faint: '#a9b2c4',
    grid: '#2b3d5b',
    blank: '#131c30',
    unassigned: '#182945',
    reserved: '#6f9467',
    assigned: '#a8823f',
    lore: '#4fb6c4',
    ghost: '#b78de0',
    listening: '#ff8a66',
    declared: '#9cc4ff',
    drift: '#f3d787',
  },
}
