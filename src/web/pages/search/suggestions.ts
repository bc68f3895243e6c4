/** What is suggested for the beginning of a query: few, each with where it leads. */
import { rangeOf } from '../../../registry/index.ts'
import { namedHref } from '../../directory/paths.ts'
import type { View } from '../../i18n/view.ts'
import type { WebServices } from '../../services.ts'
import type { DirectoryNames } from './directory-names.ts'
import { find, portOfHit } from './find.ts'

export interface Suggestion {
  readonly text: string
  readonly detail: string
  readonly href: string
}

const SUGGESTIONS_MAX = 8
const OF_DIRECTORY = 2

export function suggestionsFor(
  view: View,
  query: string,
  services: Pick<WebServices, 'registry' | 'lore'>,
  names: DirectoryNames,
): readonly Suggestion[] {
  if (query === '') return []
  const { spans, services: hits, lore, directory } = find(query, services, names, SUGGESTIONS_MAX)
  const numbers = spans.map(({ first, last }) => ({
    text: view.digits(first === last ? String(first) : `${first}–${last}`),
    detail: view.t(`common.range.${rangeOf(first).name}`),
    href: view.href(first === last ? `/ports/${first}` : `/ports?from=${first}`),
  }))
  const words = [...hits, ...lore]
    .toSorted((a, b) => b.score - a.score)
    .flatMap((hit) => {
      const port = portOfHit(hit)
      if (port === undefined) return []
      const ports = view.digits(port.first === port.last ? String(port.first) : `${port.first}–${port.last}`)
      return [{ text: hit.name, detail: view.t('search.hit.port', { ports }), href: view.href(`/ports/${port.first}`) }]
    })
  const entries = directory.slice(0, OF_DIRECTORY).map(({ domain, path, names: [name = path] }) => ({
    text: name,
    detail: `${domain}:${path}`,
    href: view.href(namedHref(domain, path)),
  }))
  const room = SUGGESTIONS_MAX - entries.length
  return [...numbers, ...words].slice(0, room).concat(entries)
}
