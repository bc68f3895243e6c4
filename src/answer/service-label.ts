/** What a port is for in a word or two, for lists. */
import type { LoreBook, LoreBrief, Registry, Transport } from '../registry/index.ts'

/** More ports than these in a use make it too wide to name one of them by. */
const WIDE = 64

/**
 * The registry's name, and after a tilde the name of the likeliest unofficial use, where there is one: `http`,
 * `~Vite`, `commplex-main ~Flask, …` where there are more. Malware is named only where nothing else is known.
 */
export function serviceLabel(registry: Registry, lore: LoreBook, port: number, transport: Transport): string {
  const entry = registry.lookup(port, transport)
  const known = lore.briefsForPort(port, { transports: [transport], portsMax: WIDE })
  if (known.length === 0) return entry.name
  const registered = new Set(entry.names.map((name) => name.toLowerCase()))
  const others = known.filter((each) => !each.registryNames.some((name) => registered.has(name.toLowerCase())))
  const rank = ({ category, state }: LoreBrief): number =>
    (category === 'malware' ? 2 : 0) + (state === 'extinct' ? 1 : 0)
  const [best] = others.toSorted((a, b) => rank(a) - rank(b))
  if (best === undefined || (entry.name !== '' && rank(best) > 0)) return entry.name
  return `${entry.name} ~${best.name}${others.length > 1 ? ', …' : ''}`.trim()
}
