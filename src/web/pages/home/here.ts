/** What listens on this machine, port by port, the most reachable first: the home page shows the first ten. */
import { serviceLabel } from '../../../answer/index.ts'
import type { Listener, Reach } from '../../../listeners/index.ts'
import type { LoreBook, Registry } from '../../../registry/index.ts'
import { REACHES } from '../../live/reaches.ts'

export interface PortHere {
  readonly port: number
  readonly transport: Listener['transport']
  /** What the port is for, in a word or two; empty where nothing is known. */
  readonly label: string
  /** Null where it may not be seen. */
  readonly process: string | null
  readonly reach: Reach
}

/** One entry for each port and transport, however many addresses it listens on. */
export function portsHere(listeners: readonly Listener[]): readonly Listener[] {
  const found = new Map<string, Listener>()
  for (const each of listeners.toSorted(byReach)) {
    const key = `${each.transport} ${each.port}`
    if (!found.has(key)) found.set(key, each)
  }
  return [...found.values()]
}

export function describePort(registry: Registry, lore: LoreBook, listener: Listener): PortHere {
  const { port, transport, process, reach } = listener
  return {
    port,
    transport,
    label: serviceLabel(registry, lore, port, transport),
    process: process?.name ?? null,
    reach,
  }
}

function byReach(a: Listener, b: Listener): number {
  return (
    REACHES.indexOf(a.reach) - REACHES.indexOf(b.reach) || a.port - b.port || a.transport.localeCompare(b.transport)
  )
}
