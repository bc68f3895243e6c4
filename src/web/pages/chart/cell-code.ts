/**
 * What the chart knows of one port in one byte, and what is drawn of it. The server writes these bytes and draws from them;
 * the browser reads them and draws the same: this file uses nothing, so that both can have it.
 *
 *     bits 0-1  status at IANA: 0 unassigned, 1 reserved, 2 assigned
 *     bit  2    a use that the lore knows
 *     bit  3    a ghost
 *     bit  4    something listens here      (never in what is kept: it changes each second)
 *     bit  5    the directory declares it   (as above)
 */

/** Ports of one row of the chart, and rows. */
export const SIDE = 256
export const CELLS = 65_536

/** The order is the number that the byte holds. */
export const CELL_STATUSES = ['unassigned', 'reserved', 'assigned'] as const
export type CellStatus = (typeof CELL_STATUSES)[number]

const STATUS_BITS = 3
export const LORE_BIT = 4
export const GHOST_BIT = 8
export const LISTENING_BIT = 16
export const DECLARED_BIT = 32
/** How many different bytes there are. */
export const CELL_KINDS = 64

/** What can be shown or hidden, in the order of the legend. */
export const LAYERS = [
  'assigned',
  'unassigned',
  'reserved',
  'lore',
  'ghost',
  'listening',
  'declared',
  'unexpected',
  'missing',
] as const
export type Layer = (typeof LAYERS)[number]

/** Those that tell of this machine and its directory, which not everybody may see. */
export const MACHINE_LAYERS: ReadonlySet<Layer> = new Set(['listening', 'declared', 'unexpected', 'missing'])

/** What fills a square. */
export const INKS = ['blank', 'unassigned', 'reserved', 'assigned', 'lore', 'ghost'] as const
export type Ink = (typeof INKS)[number]

export function statusOf(cell: number): CellStatus {
  return CELL_STATUSES[cell & STATUS_BITS] ?? 'unassigned'
}

/** Whether a port belongs to a layer; it may belong to several. */
export function isIn(cell: number, layer: Layer): boolean {
  const listens = (cell & LISTENING_BIT) !== 0
  const declared = (cell & DECLARED_BIT) !== 0
  switch (layer) {
    case 'lore':
      return (cell & LORE_BIT) !== 0
    case 'ghost':
      return (cell & GHOST_BIT) !== 0
    case 'listening':
      return listens
    case 'declared':
      return declared
    case 'unexpected':
      return listens && !declared
    case 'missing':
      return declared && !listens
    default:
      return statusOf(cell) === layer
  }
}

/** The fill of a square: its history where that is shown, else its status where that is. */
export function inkOf(cell: number, shown: ReadonlySet<Layer>): Ink {
  if (shown.has('ghost') && isIn(cell, 'ghost')) return 'ghost'
  if (shown.has('lore') && isIn(cell, 'lore')) return 'lore'
  return statusInkOf(cell, shown)
}

/** The fill of a square that is large enough to have its history drawn on it. */
export function statusInkOf(cell: number, shown: ReadonlySet<Layer>): Ink {
  const status = statusOf(cell)
  return shown.has(status) ? status : 'blank'
}

/** What one port's light shows; null where it has none. */
export interface Light {
  /** Filled: it listens. */
  readonly listens: boolean
  /** Framed: it is declared. */
  readonly isDeclared: boolean
  /** What is and what is declared differ, and that is to be seen. */
  readonly drifts: boolean
}

export function lightOf(cell: number, shown: ReadonlySet<Layer>): Light | null {
  const unexpected = shown.has('unexpected') && isIn(cell, 'unexpected')
  const missing = shown.has('missing') && isIn(cell, 'missing')
  const listens = unexpected || (shown.has('listening') && isIn(cell, 'listening'))
  const isDeclared = missing || (shown.has('declared') && isIn(cell, 'declared'))
  return listens || isDeclared ? { listens, isDeclared, drifts: unexpected || missing } : null
}
