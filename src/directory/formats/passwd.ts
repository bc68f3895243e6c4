/** passwd and passwd.43: users, with the ten fields of BSD 4.4 or the seven before it. */
import { firstValue } from '../model.ts'
import type { Properties } from '../model.ts'
import { dumpLines, flattenField, single } from './dump-parts.ts'
import { EntryCollector } from './entry-collector.ts'
import type { Format, Parsed } from './format.ts'
import { readLines, trimBlanks } from './lines.ts'

const FIELDS = ['name', 'passwd', 'uid', 'gid', 'class', 'change', 'expire', 'realname', 'home', 'shell'] as const
const FIELDS_43 = ['name', 'passwd', 'uid', 'gid', 'realname', 'home', 'shell'] as const
/** What a user of seven fields gets besides, in niload's order. */
const ADDED_43: Properties = [single('class', ''), single('change', '0'), single('expire', '0')]
const DEFAULTS: Readonly<Record<string, string>> = { change: '0', expire: '0' }

function dumpUsers(entries: Iterable<Properties>, fields: readonly string[]): string {
  return dumpLines(entries, (entry) =>
    firstValue(entry, 'name') === undefined
      ? undefined
      : fields.map((name) => flattenField(firstValue(entry, name) ?? DEFAULTS[name] ?? '')).join(':'),
  )
}

function parseUsers(text: string, fields: readonly string[], added: Properties, other: string): Parsed {
  const entries = new EntryCollector()
  for (const line of readLines(text, entries)) {
    const values = line.text.split(':').map(trimBlanks)
    const [name = ''] = values
    if (name.startsWith('+')) continue
    if (values.length !== fields.length) {
      entries.report(line.number, `${values.length} fields instead of ${fields.length}${other}`)
    } else if (name === '') entries.report(line.number, 'the user has no name')
    else {
      entries.add(line.number, [
        ...fields.map((field, index) => single(field, values[index] ?? '')),
        ...added,
        single('_writers_passwd', name),
      ])
    }
  }
  return entries.finish()
}

export const PASSWD: Format = {
  name: 'passwd',
  directory: '/users',
  holds: 'children',
  dump: (entries) => dumpUsers(entries, FIELDS),
  parse: (text) => parseUsers(text, FIELDS, [], ' (the format of 7 is passwd.43)'),
}

/** The format of today's `/etc/passwd`. */
export const PASSWD_43: Format = {
  name: 'passwd.43',
  directory: '/users',
  holds: 'children',
  dump: (entries) => dumpUsers(entries, FIELDS_43),
  parse: (text) => parseUsers(text, FIELDS_43, ADDED_43, ' (the format of 10 is passwd)'),
}
