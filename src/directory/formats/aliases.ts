/** aliases: mail aliases and their members. */
import { byteLengthOf } from '../../core/index.ts'
import { firstValue } from '../model.ts'
import type { Properties } from '../model.ts'
import { TAB_COLUMNS, WRAP_COLUMN, dumpLines, flatten, printAll, single } from './dump-parts.ts'
import { EntryCollector } from './entry-collector.ts'
import type { Format, Parsed } from './format.ts'
import { joinIndented, readLines, trimBlanks } from './lines.ts'

/** Wraps before a member that would exceed the column, its comma counted; never before the first of a line. */
function dumpAlias(entry: Properties): string | undefined {
  const name = firstValue(entry, 'name')
  const members = printAll(entry, 'members')
  if (name === undefined || members.length === 0) return undefined
  let text = `${flatten(name)}: `
  let column = byteLengthOf(text)
  members.forEach((member, index) => {
    const word = index < members.length - 1 ? `${member},` : member
    const length = byteLengthOf(word)
    if (index > 0 && column + length > WRAP_COLUMN) {
      text += '\n\t'
      column = TAB_COLUMNS
    }
    text += word
    column += length
  })
  return text
}

/** Splits at commas, but not inside quotes (`"|/usr/bin/filter a,b"`); undefined when a quote is not closed. */
function splitMembers(text: string): string[] | undefined {
  const members: string[] = []
  let from = 0
  let isQuoted = false
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (character === '"') isQuoted = !isQuoted
    else if (character === ',' && !isQuoted) {
      members.push(text.slice(from, index))
      from = index + 1
    }
  }
  members.push(text.slice(from))
  return isQuoted ? undefined : members.map(trimBlanks).filter((member) => member !== '')
}

function parseAliases(text: string): Parsed {
  const entries = new EntryCollector()
  for (const line of joinIndented(readLines(text, entries), entries)) {
    const colon = line.text.indexOf(':')
    const name = trimBlanks(line.text.slice(0, Math.max(colon, 0)))
    const members = splitMembers(line.text.slice(colon + 1))
    if (colon === -1) entries.report(line.number, 'no colon follows the name')
    else if (name === '') entries.report(line.number, 'the alias has no name')
    else if (members === undefined) entries.report(line.number, 'a quote is not closed')
    else if (members.length === 0) entries.report(line.number, 'the alias has no members')
    else entries.add(line.number, [single('name', name), { name: 'members', values: members }])
  }
  return entries.finish()
}

export const ALIASES: Format = {
  name: 'aliases',
  directory: '/aliases',
  holds: 'children',
  dump: (entries) => dumpLines(entries, dumpAlias),
  parse: parseAliases,
}
