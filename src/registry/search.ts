/**
 * Free-text search over the registry's names and descriptions and over the lore, ranked, tolerant of typing errors.
 *
 * Every word of the query must be found. A word counts most as a whole name, then as the beginning of one, inside one,
 * as a word of the description, as the beginning of such a word. Only where little is found are misspelt words tried.
 */
import type { LoreBook } from './lore-file.ts'
import type { Lore } from './lore-schema.ts'
import { TRANSPORTS, parseSpan } from './model.ts'
import type { PortSpan, Transport } from './model.ts'
import type { Registry } from './registry.ts'
import { indexOf, wordsOf } from './search-index.ts'
import type { Candidate } from './search-index.ts'

export interface SearchHit {
  readonly kind: 'registry' | 'lore'
  /** The service's name; for lore, its id. */
  readonly id: string
  readonly name: string
  readonly description: string
  readonly ports: readonly PortSpan[]
  readonly transports: readonly Transport[]
  /** Higher is better; comparable within one answer only. */
  readonly score: number
  /** True when a word was found only by assuming a typing error. */
  readonly isGuess: boolean
}

/** With fewer hits than this, misspelt words are tried too. */
const FEW = 3
/** A service that the lore knows is one that somebody once looked for. */
const LORE_BONUS = 5

/**
 * Searches; the best `max` hits come back, best first. The first search of a registry prepares its words, some 30 ms; each one
 * after it takes a tenth of a millisecond, and 2 ms where words may be misspelt.
 */
export function search(registry: Registry, lore: LoreBook, query: string, max: number): readonly SearchHit[] {
  const wanted = wordsOf(query)
  if (wanted.length === 0) return []
  const whole = query.trim().toLowerCase()
  const index = indexOf(registry, lore)
  const makeHits = (isGuess: boolean): SearchHit[] =>
    [...index.find(wanted, whole, isGuess)]
      .toSorted(([a], [b]) => a - b)
      .flatMap(([number, score]) => {
        const candidate = index.candidates[number]
        if (candidate === undefined) return []
        if (candidate.kind === 'registry') return [registryHit(registry, candidate, score, isGuess)]
        const entry = index.loreEntries[candidate.number]
        return entry === undefined ? [] : [{ ...loreFields(entry), score: score + LORE_BONUS, isGuess }]
      })
  const hits = makeHits(false)
  if (hits.length < FEW) {
    const known = new Set(hits.map(keyOf))
    hits.push(...makeHits(true).filter((hit) => !known.has(keyOf(hit))))
  }
  return joinTransports(hits)
    .toSorted(
      (a, b) =>
        b.score - a.score || (a.ports[0]?.first ?? 65_536) - (b.ports[0]?.first ?? 65_536) || a.id.localeCompare(b.id),
    )
    .slice(0, max)
}

function registryHit(registry: Registry, { number }: Candidate, score: number, isGuess: boolean): SearchHit {
  const { name, description, ports, transports, isHistoric } = registry.assignment(number)
  const penalty = (isHistoric ? 4 : 0) + (ports === null ? 3 : 0)
  return {
    kind: 'registry',
    id: name,
    name,
    description,
    ports: ports === null ? [] : [ports],
    transports,
    score: score - penalty,
    isGuess,
  }
}

function loreFields(entry: Lore): Omit<SearchHit, 'score' | 'isGuess'> {
  return {
    kind: 'lore',
    id: entry.id,
    name: entry.name,
    description: entry.summary.text,
    ports: entry.uses.flatMap((use) => use.ports.map(parseSpan)),
    transports: TRANSPORTS.filter((transport) => entry.uses.some((use) => use.transports.includes(transport))),
  }
}

/** The same name on the same port is one hit, whatever its transports and the words about each. */
function joinTransports(hits: readonly SearchHit[]): SearchHit[] {
  const joined = new Map<string, SearchHit>()
  for (const hit of hits) {
    const known = joined.get(keyOf(hit))
    if (known === undefined) joined.set(keyOf(hit), hit)
    else {
      const transports = TRANSPORTS.filter((each) => known.transports.includes(each) || hit.transports.includes(each))
      joined.set(keyOf(hit), { ...(known.score >= hit.score ? known : hit), transports })
    }
  }
  return [...joined.values()]
}

function keyOf(hit: SearchHit): string {
  return `${hit.kind} ${hit.id.toLowerCase()} ${hit.ports.map(({ first, last }) => `${first}-${last}`).join()}`
}
