/** resolv.conf: how this domain's machines ask the DNS; the one format whose entry is the directory itself. */
import { firstValue, valuesOf } from '../model.ts'
import type { Properties } from '../model.ts'
import { dumpLines, flatten, printAll } from './dump-parts.ts'
import { EntryCollector } from './entry-collector.ts'
import type { Format, Parsed } from './format.ts'
import { readLines, splitBlanks } from './lines.ts'

/** Each is a list; nidump prints the first three, in this order. */
const KEYWORDS = ['domain', 'search', 'nameserver', 'sortlist', 'options'] as const

/** `search` is printed where there is one; domain and nameserver are needed. */
function dumpResolver(entry: Properties): string | undefined {
  const domain = firstValue(entry, 'domain')
  const search = printAll(entry, 'search')
  const servers = valuesOf(entry, 'nameserver')
  if (domain === undefined || servers.length === 0) return undefined
  return [
    `domain ${flatten(domain)}`,
    ...(search.length === 0 ? [] : [`search ${search.join(' ')}`]),
    ...servers.map((server) => `nameserver ${flatten(server)}`),
  ].join('\n')
}

/**
 * One entry, or none where no line says anything. As resolv.conf(5) has it, name servers add up, and of the other lines the
 * last of its kind counts.
 */
function parseResolver(text: string): Parsed {
  const entries = new EntryCollector()
  const found = new Map<string, string[]>()
  for (const line of readLines(text, entries)) {
    const [keyword = '', ...words] = splitBlanks(line.text)
    if (keyword.startsWith(';') || keyword.startsWith('#')) continue
    if (!KEYWORDS.some((known) => known === keyword)) {
      entries.report(line.number, `${JSON.stringify(keyword.slice(0, 40))} is no word of resolv.conf`)
    } else if (words.length === 0) entries.report(line.number, `nothing follows ${keyword}`)
    else if (keyword === 'nameserver') {
      const servers = found.get(keyword)
      if (servers === undefined) found.set(keyword, words.slice(0, 1))
      else servers.push(...words.slice(0, 1))
    } else found.set(keyword, keyword === 'domain' ? words.slice(0, 1) : words)
  }
  const properties = KEYWORDS.map((name) => ({ name, values: found.get(name) ?? [] }))
  if (found.size > 0)
    entries.add(
      1,
      properties.filter(({ values }) => values.length > 0),
    )
  return entries.finish()
}

export const RESOLV_CONF: Format = {
  name: 'resolv.conf',
  directory: '/locations/resolver',
  holds: 'itself',
  dump: (entries) => dumpLines(entries, dumpResolver),
  parse: parseResolver,
}
