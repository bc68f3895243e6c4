/**
 * The names of the directory, to be searched: what the entries of the open domains are called, but for what /services only repeats
 * of the registry. Read anew when a domain has changed, and no more than every two seconds.
 */
import { ROOT_OBJECT, firstValue, isFromRegistry, valuesOf } from '../../../directory/index.ts'
import type { Domain } from '../../../directory/index.ts'
import type { ServedDomains } from '../../live/served-domains.ts'

export interface NamedEntry {
  readonly domain: string
  /** By names: `/users/pia`. */
  readonly path: string
  readonly names: readonly string[]
}

interface DomainNames {
  readonly revision: number
  readonly readAtMs: number
  readonly entries: readonly (NamedEntry & { readonly words: readonly string[] })[]
}

/** Entries of one domain that are searched: more are found by their folder. */
const ENTRIES_MAX = 50_000
const FRESH_MS = 2000

export class DirectoryNames {
  readonly #domains: ServedDomains
  readonly #now: () => number
  readonly #known: WeakMap<Domain, DomainNames> = new WeakMap()

  constructor(domains: ServedDomains, now: () => number) {
    this.#domains = domains
    this.#now = now
  }

  /** The entries one of whose names has the text in it: whole names first, then those that begin with it. */
  find(text: string, max: number): readonly NamedEntry[] {
    const wanted = text.trim().toLowerCase()
    if (wanted === '') return []
    const ranked: { readonly entry: NamedEntry; readonly rank: number }[] = []
    for (const { domain, tag } of this.#domains.all())
      for (const entry of this.#entriesOf(domain, tag)) {
        const rank = Math.min(...entry.words.map((word) => rankOf(word, wanted)))
        if (rank < UNLIKE) ranked.push({ entry, rank })
      }
    return ranked
      .toSorted((a, b) => a.rank - b.rank || (a.entry.path < b.entry.path ? -1 : 1))
      .slice(0, max)
      .map(({ entry }) => entry)
  }

  #entriesOf(domain: Domain, tag: string): DomainNames['entries'] {
    const known = this.#known.get(domain)
    const nowMs = this.#now()
    if (known !== undefined && nowMs - known.readAtMs < FRESH_MS) return known.entries
    const revision = domain.revision()
    const entries = known?.revision === revision ? known.entries : [...readEntries(domain, tag)]
    this.#known.set(domain, { revision, readAtMs: nowMs, entries })
    return entries
  }
}

const UNLIKE = 3

function rankOf(word: string, wanted: string): number {
  if (word === wanted) return 0
  if (word.startsWith(wanted)) return 1
  return wanted.length > 1 && word.includes(wanted) ? 2 : UNLIKE
}

function* readEntries(domain: Domain, tag: string): Generator<DomainNames['entries'][number], void, undefined> {
  let count = 0
  for (const folder of domain.childrenOf(ROOT_OBJECT)) {
    const folderName = firstValue(domain.read(folder)?.properties ?? [], 'name')
    if (folderName === undefined) continue
    for (const object of domain.childrenOf(folder)) {
      const properties = domain.read(object)?.properties ?? []
      const names = valuesOf(properties, 'name')
      if (names.length === 0 || isFromRegistry(properties)) continue
      yield {
        domain: tag,
        path: domain.pathOf(object),
        names,
        words: names.map((name) => name.toLowerCase()),
      }
      count += 1
      if (count >= ENTRIES_MAX) return
    }
  }
}
