/** What is written to the domains, as it is written: each entry of their journals, but for who did it. */
import type { Domain } from '../../directory/index.ts'
import type { ServedDomain } from '../live/served-domains.ts'
import type { EventFeed, ServerEvent } from './event-streams.ts'

/** Entries sent at once: more are told as one `reset`, after which a client reads anew. */
const ENTRIES_MAX = 500

/**
 * Follows some domains. An id holds where each of them stood (`local=12,network=7`), so that a client that was cut off misses
 * nothing.
 */
export function followDomains(served: readonly ServedDomain[], lastId: string | undefined): EventFeed {
  const told = readPlaces(lastId)
  const places = new Map(served.map(({ tag, domain }) => [tag, told.get(tag) ?? domain.revision()]))
  const idNow = (): string => [...places].map(([tag, revision]) => `${encodeURIComponent(tag)}=${revision}`).join(',')
  let isFirst = true
  return {
    next: () => {
      const events: ServerEvent[] = []
      for (const { tag, domain } of served) {
        for (const { event, revision, data } of changesAfter(domain, places.get(tag) ?? 0)) {
          places.set(tag, revision)
          events.push({ event, id: idNow(), data: { domain: tag, revision, ...data } })
        }
      }
      if (isFirst && events.length === 0) events.push({ event: 'ready', id: idNow(), data: Object.fromEntries(places) })
      isFirst = false
      return events
    },
    watch: (wake) => {
      const unwatch = served.map(({ domain }) => domain.onChange(wake))
      return () => {
        for (const each of unwatch) each()
      }
    },
  }
}

interface Change {
  readonly event: 'write' | 'reset'
  readonly revision: number
  readonly data: Readonly<Record<string, unknown>>
}

function changesAfter(domain: Domain, revision: number): readonly Change[] {
  const now = domain.revision()
  if (now === revision) return []
  const first = now > revision && now - revision <= ENTRIES_MAX ? domain.entryAt(revision + 1) : undefined
  // A domain that was restored stands before where it was; a journal does not go back for ever.
  if (first === undefined) return [{ event: 'reset', revision: now, data: {} }]
  return [...domain.journal({ afterRevision: revision, limit: now - revision })].map((entry) => ({
    event: entry.kind === 'replaceAll' ? 'reset' : 'write',
    revision: entry.revision,
    data: { time: new Date(entry.timeMs).toISOString(), kind: entry.kind, object: entry.object, path: entry.path },
  }))
}

const ID_CHARS_MAX = 4096

function readPlaces(id: string | undefined): ReadonlyMap<string, number> {
  const found = (id ?? '').slice(0, ID_CHARS_MAX).matchAll(/([^=,]+)=(\d{1,15})(?=,|$)/g)
  const places = new Map<string, number>()
  for (const [, tag = '', revision] of found) {
    try {
      places.set(decodeURIComponent(tag), Number(revision))
    } catch {
      // What a client sends as an id need not be one of ours: it then begins anew.
      return new Map()
    }
  }
  return places
}
