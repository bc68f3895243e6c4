/** exports: what this machine lets others mount. niload has no such format; this is the reading of what nidump writes. */
import { valuesOf } from '../model.ts'
import type { Properties } from '../model.ts'
import { dumpLines } from './dump-parts.ts'
import { EntryCollector } from './entry-collector.ts'
import type { Format, Parsed } from './format.ts'
import { dropComment, joinBackslashed, readLines, splitBlanks } from './lines.ts'
import { escapeOctal, unescapeOctal } from './octal.ts'

/** All separators are printed, so that blanks double where a list is empty. */
function dumpExport(entry: Properties): string | undefined {
  const [name, ...others] = valuesOf(entry, 'name').map(escapeOctal)
  if (name === undefined) return undefined
  const options = valuesOf(entry, 'opts').map((option) => `-${escapeOctal(option)}`)
  const clients = valuesOf(entry, 'clients').map(escapeOctal)
  return [name, others.join(' '), options.join(' '), clients.join(' ')].join(' ')
}

/** After the first word, what begins with `/` is another path, with `-` an option, and all else a client (`ada(ro)`). */
function parseExports(text: string): Parsed {
  const entries = new EntryCollector()
  for (const line of joinBackslashed(readLines(text, entries), entries)) {
    const [first, ...rest] = splitBlanks(dropComment(line.text))
    if (first === undefined) continue
    const names = rest.filter((word) => word.startsWith('/'))
    const options = rest.filter((word) => word.startsWith('-')).map((word) => word.slice(1))
    const clients = rest.filter((word) => !word.startsWith('/') && !word.startsWith('-'))
    entries.add(line.number, [
      { name: 'name', values: [first, ...names].map(unescapeOctal) },
      { name: 'opts', values: options.map(unescapeOctal) },
      { name: 'clients', values: clients.map(unescapeOctal) },
    ])
  }
  return entries.finish()
}

export const EXPORTS: Format = {
  name: 'exports',
  directory: '/exports',
  holds: 'children',
  dump: (entries) => dumpLines(entries, dumpExport),
  parse: parseExports,
}
