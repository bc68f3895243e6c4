/** The bytes of the chart that do not change while a server runs: each port's status, and what the lore knows of it. */
import { STATUSES, isGhost, relateUse } from '../../../registry/index.ts'
import type { LoreBook, Registry, Transport } from '../../../registry/index.ts'
import { CELLS, GHOST_BIT, LORE_BIT } from './cell-code.ts'

/** A use of more ports than these would cover the chart, and tells little of each of them (RTP's 16,384). */
export const LORE_PORTS_MAX = 64
/** Of ghosts there are few, and NetInfo's 424 ports are what this began with. */
export const GHOST_PORTS_MAX = 512

/** One byte a port (cell-code.ts), without what listens or is declared; some 200 ms of work. */
function encodeCells(registry: Registry, lore: LoreBook, transport: Transport): Uint8Array<ArrayBuffer> {
  const cells = new Uint8Array(CELLS)
  for (let port = 0; port < CELLS; port += 1) {
    cells[port] = STATUSES.indexOf(registry.status(port, transport)) | historyBits(registry, lore, port, transport)
  }
  return cells
}

function historyBits(registry: Registry, lore: LoreBook, port: number, transport: Transport): number {
  const known = lore.briefsForPort(port, { transports: [transport], portsMax: GHOST_PORTS_MAX })
  if (known.length === 0) return 0
  const mayBeGhost = known.some(({ category, state }) => category !== 'malware' && state === 'extinct')
  const isKnown = lore.covers(port, { transports: [transport], portsMax: LORE_PORTS_MAX })
  return (isKnown ? LORE_BIT : 0) | (mayBeGhost && isGhostPort(registry, lore, port) ? GHOST_BIT : 0)
}

/** As the page of the port says it: judged by all transports, and by wide uses too. */
export function isGhostPort(registry: Registry, lore: LoreBook, port: number): boolean {
  const isAssigned = registry.lookupAll(port).some(({ status }) => status === 'assigned')
  return isGhost(
    lore.forPort(port).map((use) => relateUse(registry, port, use)),
    isAssigned,
  )
}

/** The bytes of each transport, made when they are first asked for. */
export class ChartCells {
  readonly #registry: Registry
  readonly #lore: LoreBook
  readonly #made: Map<Transport, Uint8Array<ArrayBuffer>> = new Map()

  constructor(registry: Registry, lore: LoreBook) {
    this.#registry = registry
    this.#lore = lore
  }

  of(transport: Transport): Uint8Array<ArrayBuffer> {
    let cells = this.#made.get(transport)
    if (cells === undefined) {
      cells = encodeCells(this.#registry, this.#lore, transport)
      this.#made.set(transport, cells)
    }
    return cells
  }
}
