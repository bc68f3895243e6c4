/** What a port is for in a word or two, for lists. */
import type { LoreBook, Registry, Transport } from '../registry/index.ts'

/** More ports than these in a use make it too wide to name one of them by: NetInfo's 600–1023 explains no listener. */
const WIDE = 64

/**
 * The registry's name, and after a tilde the name of the likeliest unofficial use, where there is one: `http`,
 * `commplex-main ~Flask`, `~Vite`. Malware is named only where nothing else is known.
 */
export function serviceLabel(registry: Registry, lore: LoreBook, port: number, transport: Transport): string {
  const entry = registry.lookup(port, transport)
  const registered = new Set(entry.names.map((name) => name.toLowerCase()))
  const known = lore.forPort(port).filter(({ lore: each, uses }) => {
    const isNarrow = uses.some((use) => use.transports.includes(transport) && use.ports.some((text) => widthOf(text) <= WIDE))
    return isNarrow && !(each.registryNames ?? []).some((name) => registered.has(name.toLowerCase()))
  })
  const rank = (each: (typeof known)[number]): number => (each.lore.category === 'malware' ? 2 : 0) + (each.lore.state === 'extinct' ? 1 : 0)
  const [best] = known.toSorted((a, b) => rank(a) - rank(b))
  if (best === undefined || (entry.name !== '' && rank(best) > 0)) return entry.name
  return `${entry.name} ~${best.lore.name}`.trim()
}

function widthOf(text: string): number {
  const [first = 0, last = first] = text.split('-').map(Number)
  return last - first + 1
}
