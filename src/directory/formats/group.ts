/** group: groups and their members. */
import { firstValue, valuesOf } from '../model.ts'
import type { Properties } from '../model.ts'
import { dumpLines, flattenField, single } from './dump-parts.ts'
import { EntryCollector } from './entry-collector.ts'
import type { Format, Parsed } from './format.ts'
import { readLines, trimBlanks } from './lines.ts'

const FIELDS_MIN = 3
const FIELDS_MAX = 4

function dumpGroup(entry: Properties): string | undefined {
  const name = firstValue(entry, 'name')
  if (name === undefined) return undefined
  const fields = [name, firstValue(entry, 'passwd') ?? '', firstValue(entry, 'gid') ?? '']
  return [...fields, valuesOf(entry, 'users').join(',')].map(flattenField).join(':')
}

function parseGroups(text: string): Parsed {
  const entries = new EntryCollector()
  for (const line of readLines(text, entries)) {
    const fields = line.text.split(':').map(trimBlanks)
    const [name = '', passwd = '', gid = '', users = ''] = fields
    if (name.startsWith('+')) continue
    if (fields.length < FIELDS_MIN) {
      entries.report(line.number, `${fields.length} fields instead of ${FIELDS_MAX}`)
    } else if (name === '') entries.report(line.number, 'the group has no name')
    else {
      if (fields.length > FIELDS_MAX) entries.report(line.number, `what follows field ${FIELDS_MAX} is left out`)
      // A group of nobody has one empty member, as niload makes it.
      const members = users.split(',').map(trimBlanks)
      entries.add(line.number, [
        single('name', name),
        single('passwd', passwd),
        single('gid', gid),
        { name: 'users', values: members },
      ])
    }
  }
  return entries.finish()
}

export const GROUP: Format = {
  name: 'group',
  directory: '/groups',
  holds: 'children',
  dump: (entries) => dumpLines(entries, dumpGroup),
  parse: parseGroups,
}
