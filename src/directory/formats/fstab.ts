/**
 * fstab: mounts.
 *
 * The old sources disagree on two names (tools.md §10.3). Written here are `vfstype`, which nidump and niload both use, and
 * `freq`, which nidump reads and netinfo(5) names: with niload's `dump_freq` the number would be lost in the next dump.
 * Where an entry has only `type` or `dump_freq`, those are printed.
 */
import { findProperty, firstValue } from '../model.ts'
import type { Properties } from '../model.ts'
import { dumpLines, single } from './dump-parts.ts'
import { EntryCollector } from './entry-collector.ts'
import type { Format, Parsed } from './format.ts'
import { readLines, splitBlanks } from './lines.ts'
import { escapeOctal, unescapeOctal } from './octal.ts'

const FIELDS_MIN = 4
const FIELDS_MAX = 6

function dumpMount(entry: Properties): string | undefined {
  const name = firstValue(entry, 'name')
  if (name === undefined) return undefined
  const options = findProperty(entry, 'opts')?.values ?? []
  return [
    name,
    firstValue(entry, 'dir') ?? '',
    firstValue(entry, 'vfstype') ?? firstValue(entry, 'type') ?? 'nfs',
    options.length === 0 ? 'rw' : options.join(','),
    firstValue(entry, 'freq') ?? firstValue(entry, 'dump_freq') ?? '0',
    firstValue(entry, 'passno') ?? '0',
  ]
    .map(escapeOctal)
    .join(' ')
}

/** The last two fields may be missing (fstab(5)); niload passes such a line over. */
function parseMounts(text: string): Parsed {
  const entries = new EntryCollector()
  for (const line of readLines(text, entries)) {
    const fields = splitBlanks(line.text)
    const [name = '', dir = '', vfstype = '', options = '', freq = '0', passno = '0'] = fields.map(unescapeOctal)
    if (fields.length < FIELDS_MIN) {
      entries.report(line.number, `${fields.length} fields instead of ${FIELDS_MAX}`)
      continue
    }
    if (fields.length > FIELDS_MAX) entries.report(line.number, `what follows field ${FIELDS_MAX} is left out`)
    entries.add(line.number, [
      single('name', name),
      single('dir', dir),
      single('vfstype', vfstype),
      { name: 'opts', values: options.split(',') },
      single('freq', freq),
      single('passno', passno),
    ])
  }
  return entries.finish()
}

export const FSTAB: Format = {
  name: 'fstab',
  directory: '/mounts',
  holds: 'children',
  dump: (entries) => dumpLines(entries, dumpMount),
  parse: parseMounts,
}
