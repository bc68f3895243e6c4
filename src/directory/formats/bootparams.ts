/**
 * bootparams: what diskless machines mount.
 *
 * niload wants TABs where nidump writes blanks and backslashes (tools.md §10.4); here any blanks separate, so that what was
 * dumped can be loaded.
 */
import { firstValue } from '../model.ts'
import type { Properties } from '../model.ts'
import { dumpLines, flatten, printAll, single } from './dump-parts.ts'
import { EntryCollector } from './entry-collector.ts'
import type { Format, Parsed } from './format.ts'
import { joinBackslashed, readLines, splitBlanks } from './lines.ts'

function dumpMachine(entry: Properties): string | undefined {
  const name = firstValue(entry, 'name')
  const parameters = printAll(entry, 'bootparams')
  return name === undefined || parameters.length === 0 ? undefined : `${flatten(name)} ${parameters.join(' \\\n\t')}`
}

function parseMachines(text: string): Parsed {
  const entries = new EntryCollector()
  for (const line of joinBackslashed(readLines(text, entries), entries)) {
    const [name, ...parameters] = splitBlanks(line.text)
    if (name === undefined) continue
    if (parameters.length === 0) entries.report(line.number, 'no KEY=HOST:PATH follows the name')
    else entries.add(line.number, [single('name', name), { name: 'bootparams', values: parameters }])
  }
  return entries.finish()
}

export const BOOTPARAMS: Format = {
  name: 'bootparams',
  directory: '/machines',
  holds: 'children',
  dump: (entries) => dumpLines(entries, dumpMachine),
  parse: parseMachines,
}
