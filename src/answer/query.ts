/** What a person asks about: `973`, `443/udp`, `6000-6063`, `ssh`, `netinfo`. */
import { PortolanError } from '../core/index.ts'
import { PORT_MAX, TRANSPORTS, namesOf, parseSpan } from '../registry/index.ts'
import type { LoreBook, PortSpan, Registry, Transport } from '../registry/index.ts'

export interface PortQuery {
  /** As it was typed. */
  readonly text: string
  readonly spans: readonly PortSpan[]
  /** All four where none was named. */
  readonly transports: readonly Transport[]
  /** The name that was asked for, where one was. */
  readonly name: string | null
}

/** More ports than these are a range to be summed up, not a list of pages. */
const NAMED_PORTS_MAX = 64

/**
 * Reads one word of a question. A query without spans is a name that is known, but has no port, or is not known at all.
 * @throws ERR_PORTOLAN_PORT_INVALID
 */
export function parseQuery(text: string, registry: Registry, openLore: () => LoreBook): PortQuery {
  const invalid = (what: string): PortolanError =>
    new PortolanError('ERR_PORTOLAN_PORT_INVALID', `'${text}' ${what}`, {
      hint: `Ask for a port (973), a port of a transport (443/udp), a range (6000-6063) or a service (ssh); ports are 0 to ${PORT_MAX}.`,
    })
  const slash = text.lastIndexOf('/')
  const named = slash === -1 ? undefined : TRANSPORTS.find((each) => each === text.slice(slash + 1).toLowerCase())
  const subject = named === undefined ? text : text.slice(0, slash)
  const transports = named === undefined ? TRANSPORTS : [named]
  const numbers = /^(\d+)(?:\s*[-–]\s*(\d+))?$/.exec(subject)
  if (numbers !== null) {
    const first = Number(numbers[1])
    const last = numbers[2] === undefined ? first : Number(numbers[2])
    if (first > PORT_MAX || last > PORT_MAX) throw invalid(`is above ${PORT_MAX}, the highest port`)
    if (first > last) throw invalid('is a range that ends before it begins')
    return { text, spans: [{ first, last }], transports, name: null }
  }
  if (slash !== -1 && named === undefined && /^\d+$/.test(text.slice(0, slash)))
    throw invalid(`names no transport; they are ${TRANSPORTS.join(', ')}`)
  if (subject === '' || /^[-+]?\d+([.,]\d+)?$/.test(subject)) throw invalid('is not a port')
  return { text, spans: spansOfName(subject, transports, registry, openLore), transports, name: subject }
}

/** The registry's ports of a name, else those that the lore knows it by. */
function spansOfName(
  name: string,
  transports: readonly Transport[],
  registry: Registry,
  openLore: () => LoreBook,
): readonly PortSpan[] {
  const assigned = registry
    .byName(name)
    .flatMap((row) =>
      row.ports !== null && row.transports.some((each) => transports.includes(each)) ? [row.ports] : [],
    )
  return distinct(assigned.length > 0 ? assigned : loreSpans(name, openLore()))
}

function loreSpans(name: string, lore: LoreBook): PortSpan[] {
  const wanted = name.toLowerCase()
  for (const entry of lore.entries()) {
    if (namesOf(entry).includes(wanted)) return entry.uses.flatMap((use) => use.ports.map(parseSpan))
  }
  return []
}

function distinct(spans: readonly PortSpan[]): PortSpan[] {
  return [...new Map(spans.map((span) => [`${span.first}-${span.last}`, span])).values()].slice(0, NAMED_PORTS_MAX)
}

/** How a query is shown: `973`, `6000–6063`. */
export function spanText({ first, last }: PortSpan): string {
  return first === last ? String(first) : `${first}–${last}`
}
