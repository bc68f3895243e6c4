/**
 * printcap: printers, one property for each capability: a text `cap=value`, a number `cap#n` (stored as `#n`), a flag `cap`
 * (stored without values). niload keeps only the texts, and takes `a|b` for one name; here all is kept.
 */
import { byteLengthOf } from '../../core/index.ts'
import { valuesOf } from '../model.ts'
import type { Properties, Property } from '../model.ts'
import { TAB_COLUMNS, WRAP_COLUMN, dumpLines, flattenField, single } from './dump-parts.ts'
import { EntryCollector } from './entry-collector.ts'
import type { Format, Parsed } from './format.ts'
import { joinBackslashed, readLines, trimBlanks } from './lines.ts'

const CONTINUED = ' \\\n\t:'
/** After the TAB and the colon. */
const INDENT_COLUMNS = TAB_COLUMNS + 1

function dumpCapability({ name, values }: Property): string {
  const [value] = values
  if (value === undefined) return `${flattenField(name)}:`
  return `${flattenField(name)}${value.startsWith('#') ? '' : '='}${flattenField(value)}:`
}

function dumpPrinter(entry: Properties): string {
  let text = `${valuesOf(entry, 'name').map(flattenField).join('|')}:${CONTINUED}`
  let column = INDENT_COLUMNS
  for (const property of entry) {
    if (property.name === 'name') continue
    const word = dumpCapability(property)
    const length = byteLengthOf(word)
    if (column > INDENT_COLUMNS && column + length > WRAP_COLUMN) {
      text += CONTINUED
      column = INDENT_COLUMNS
    }
    text += word
    column += length
  }
  return text
}

function parseCapability(field: string): Property {
  const at = field.search(/[=#]/)
  if (at === -1) return { name: field, values: [] }
  return single(field.slice(0, at), field.slice(field[at] === '#' ? at : at + 1))
}

function parsePrinters(text: string): Parsed {
  const entries = new EntryCollector()
  for (const line of joinBackslashed(readLines(text, entries), entries)) {
    const [first = '', ...fields] = line.text.split(':').map(trimBlanks)
    const names = first.split('|').map(trimBlanks)
    if (names.includes('')) {
      entries.report(line.number, first === '' ? 'the printer has no name' : 'a name of the printer is empty')
      continue
    }
    const properties: Property[] = [{ name: 'name', values: names }]
    for (const field of fields) {
      if (field === '') continue
      const property = parseCapability(field)
      if (property.name === '') entries.report(line.number, 'a capability without a name is left out')
      else if (property.name === 'name') entries.report(line.number, 'a capability called name is left out')
      else properties.push(property)
    }
    entries.add(line.number, properties)
  }
  return entries.finish()
}

export const PRINTCAP: Format = {
  name: 'printcap',
  directory: '/printers',
  holds: 'children',
  dump: (entries) => dumpLines(entries, dumpPrinter),
  parse: parsePrinters,
}
