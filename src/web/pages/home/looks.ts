/** Ports worth a look: ghosts, NetInfo's first, and others by the day, so that each has its turn. */
import { parseSpan } from '../../../registry/index.ts'
import type { Lore, LoreBook, Registry } from '../../../registry/index.ts'
import { isGhostPort } from '../chart/cells.ts'

/** Where this project began. */
export const FIRST_LOOK = { port: 973, id: 'netinfo' } as const

const DAY_MS = 86_400_000
/** A step through the list that shares no divisor with any length it has had, so that neighbours in the alphabet do not follow. */
const STRIDE = 7919

export interface Look {
  readonly port: number
  readonly lore: Lore
}

/** Every service that is extinct and whose port has become a ghost, by name, each with the first such port that it had alone. */
export function ghostsOf(registry: Registry, lore: LoreBook): readonly Look[] {
  return lore.entries().flatMap((entry) => {
    if (entry.state !== 'extinct' || entry.category === 'malware') return []
    if (entry.id === FIRST_LOOK.id) return [{ port: FIRST_LOOK.port, lore: entry }]
    const ports = entry.uses.flatMap(({ ports: spans }) =>
      spans.map(parseSpan).flatMap(({ first, last }) => (first === last ? [first] : [])),
    )
    const port = ports.find((each) => isGhostPort(registry, lore, each))
    return port === undefined ? [] : [{ port, lore: entry }]
  })
}

/** So many of them, of which only the first is the same each day (UTC). */
export function looksOfDay(ghosts: readonly Look[], timeMs: number, count: number): readonly Look[] {
  const first = ghosts.filter(({ lore }) => lore.id === FIRST_LOOK.id)
  const others = ghosts.filter(({ lore }) => lore.id !== FIRST_LOOK.id)
  const wanted = Math.min(count - first.length, others.length)
  const from = Math.floor(timeMs / DAY_MS) * wanted
  const chosen = Array.from({ length: wanted }, (_, index) => others[((from + index) * STRIDE) % others.length])
  return [...first, ...chosen.filter((each) => each !== undefined)]
}
