/** The journal a page at a time, the newest first, by who, where and what. */
import type { Domain, JournalEntry } from '../../directory/index.ts'

export interface JournalQuery {
  /** Entries older than this revision; from the newest on where it is missing. */
  readonly before?: number
  readonly limit: number
  /** Of this directory and those below it, as the journal writes paths. */
  readonly path?: string
  readonly who?: string
  readonly kind?: 'create' | 'destroy' | 'change'
}

export interface JournalPage {
  readonly entries: readonly JournalEntry[]
  /** Where the next page begins; null at the end of the journal. */
  readonly before: number | null
}

/** Entries looked at for one page: 40 ms; a filter that fits few is gone on with from there. */
const LOOKED_AT_MAX = 20_000

export function listJournal(domain: Domain, query: JournalQuery): JournalPage {
  const entries: JournalEntry[] = []
  let revision = Math.min(query.before ?? Number.POSITIVE_INFINITY, domain.revision() + 1) - 1
  for (let looked = 0; revision > 0; revision -= 1, looked += 1) {
    if (entries.length === query.limit || looked === LOOKED_AT_MAX) return { entries, before: revision + 1 }
    const entry = domain.entryAt(revision)
    // The journal does not go back so far.
    if (entry === undefined) break
    if (fits(entry, query)) entries.push(entry)
  }
  return { entries, before: null }
}

function fits(entry: JournalEntry, { path, who, kind }: JournalQuery): boolean {
  if (path !== undefined && path !== '/' && entry.path !== path && !entry.path.startsWith(`${path}/`)) return false
  if (who !== undefined && entry.who !== who) return false
  return kind === undefined || kindOf(entry) === kind
}

/** The writes of one kind or another as a reader tells them apart. */
export function kindOf({ kind }: JournalEntry): 'create' | 'destroy' | 'change' | 'replace' {
  if (kind === 'create' || kind === 'destroy') return kind
  return kind === 'replaceAll' ? 'replace' : 'change'
}
