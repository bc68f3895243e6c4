/** networks, protocols and rpc: a name, its number or address, and other names. */
import type { Properties } from '../model.ts'
import { dumpLines, printAll, printFirst, single } from './dump-parts.ts'
import { EntryCollector } from './entry-collector.ts'
import type { Format, Parsed } from './format.ts'
import { dropComment, readLines, splitBlanks } from './lines.ts'

/** The second TAB is there even without other names. */
function dumpEntry(entry: Properties, property: string): string | undefined {
  const [name, ...aliases] = printAll(entry, 'name')
  return name === undefined ? undefined : `${name}\t${printFirst(entry, property)}\t${aliases.join('\t')}`
}

function parseEntries(text: string, property: string): Parsed {
  const entries = new EntryCollector()
  for (const line of readLines(text, entries)) {
    const [name, value, ...aliases] = splitBlanks(dropComment(line.text))
    if (name === undefined) continue
    if (value === undefined) entries.report(line.number, `no ${property} follows the name`)
    else entries.add(line.number, [{ name: 'name', values: [name, ...aliases] }, single(property, value)])
  }
  return entries.finish()
}

function makeFormat(name: string, directory: string, property: string): Format {
  return {
    name,
    directory,
    holds: 'children',
    dump: (entries) => dumpLines(entries, (entry) => dumpEntry(entry, property)),
    parse: (text) => parseEntries(text, property),
  }
}

export const NETWORKS: Format = makeFormat('networks', '/networks', 'address')
export const PROTOCOLS: Format = makeFormat('protocols', '/protocols', 'number')
export const RPC: Format = makeFormat('rpc', '/rpcs', 'number')
