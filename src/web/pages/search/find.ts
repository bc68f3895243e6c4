/** What a query finds: ports by number, services and lore by name or word, entries of the directory by name. */
import { parseQuery } from '../../../answer/index.ts'
import { PortolanError } from '../../../core/index.ts'
import { search } from '../../../registry/index.ts'
import type { PortSpan, SearchHit, Transport } from '../../../registry/index.ts'
import { toLatinDigits } from '../../i18n/digits.ts'
import type { WebServices } from '../../services.ts'
import type { DirectoryNames, NamedEntry } from './directory-names.ts'

export interface Findings {
  readonly query: string
  /** Ports that the query names by number. */
  readonly spans: readonly PortSpan[]
  readonly transports: readonly Transport[]
  readonly services: readonly SearchHit[]
  readonly lore: readonly SearchHit[]
  readonly directory: readonly NamedEntry[]
  /** Whether nothing has exactly these letters. */
  readonly isGuess: boolean
  /** Whether there may be more than is told. */
  readonly hasMore: boolean
}

export const QUERY_CHARS_MAX = 200
const HITS_MAX = 60
const ENTRIES_MAX = 30

export function find(
  query: string,
  { registry, lore }: Pick<WebServices, 'registry' | 'lore'>,
  names: DirectoryNames,
  max: number = HITS_MAX,
): Findings {
  const numbers = numbersIn(query, { registry, lore })
  const hits = numbers === null ? search(registry, lore, query, max + 1) : []
  const shown = hits.slice(0, max)
  const directory = numbers === null ? names.find(query, ENTRIES_MAX + 1) : []
  return {
    query,
    spans: numbers?.spans ?? [],
    transports: numbers?.transports ?? [],
    services: shown.filter(({ kind }) => kind === 'registry'),
    lore: shown.filter(({ kind }) => kind === 'lore'),
    directory: directory.slice(0, ENTRIES_MAX),
    isGuess: shown.length > 0 && shown.every(({ isGuess }) => isGuess) && directory.length === 0,
    hasMore: hits.length > max || directory.length > ENTRIES_MAX,
  }
}

/** Where a hit leads: a port of its own tells more of it than the first of a range. */
export function portOfHit({ ports }: SearchHit): PortSpan | undefined {
  return ports.find(({ first, last }) => first === last) ?? ports[0]
}

/** `973`, `443/udp` and `6000-6063`, also in the reader's own digits; null where the query is words. */
export function numbersIn(
  query: string,
  { registry, lore }: Pick<WebServices, 'registry' | 'lore'>,
): { readonly spans: readonly PortSpan[]; readonly transports: readonly Transport[] } | null {
  const latin = toLatinDigits(query.trim())
  if (!/^\d/.test(latin)) return null
  try {
    const { name, spans, transports } = parseQuery(latin, registry, () => lore)
    return name === null ? { spans, transports } : null
  } catch (error) {
    // No port: it may still be a word (`3com`).
    if (error instanceof PortolanError) return null
    throw error
  }
}
