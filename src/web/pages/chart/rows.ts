/** What the chart tells of squares when they are pointed at: names by row, which do not change, and what is there now. */
import type { DeclaredBook } from '../../../answer/index.ts'
import type { LoreBook, Registry } from '../../../registry/index.ts'
import type { SocketSnapshot } from '../../live/socket-watch.ts'
import { SIDE } from './cell-code.ts'
import { GHOST_PORTS_MAX } from './cells.ts'
import type { CellNames, CellPresent, RowNames } from './island-form.ts'

export function namesOfRow(registry: Registry, lore: LoreBook, row: number): RowNames {
  const found: Record<string, CellNames> = {}
  for (let port = row * SIDE; port < (row + 1) * SIDE; port += 1) {
    const names = namesOfCell(registry, lore, port)
    if (names.services !== undefined || names.lore !== undefined) found[port] = names
  }
  return found
}

function namesOfCell(registry: Registry, lore: LoreBook, port: number): CellNames {
  const services = registry
    .lookupAll(port)
    .flatMap(({ transport, names }) => (names.length === 0 ? [] : [[transport, names] as const]))
  const known = lore.briefsForPort(port, { portsMax: GHOST_PORTS_MAX })
  return {
    ...(services.length === 0 ? {} : { services: Object.fromEntries(services) }),
    ...(known.length === 0
      ? {}
      : {
          lore: known.map(({ name, category, state }) => ({ name, state: category === 'malware' ? category : state })),
        }),
  }
}

export function presentOn(port: number, snapshot: SocketSnapshot, declared: DeclaredBook): CellPresent {
  return {
    listeners: snapshot
      .listenersOn(port)
      .map(({ transport, address, process }) => ({ transport, address, process: process?.name ?? null })),
    declared: declared.forPort(port).map(({ domain, names, protocols }) => ({ domain, names, protocols })),
  }
}
