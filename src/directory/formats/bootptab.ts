/** bootptab: what machines that boot over the network are told. */
import { firstValue } from '../model.ts'
import type { Properties } from '../model.ts'
import { dumpLines, printFirst, single } from './dump-parts.ts'
import { EntryCollector } from './entry-collector.ts'
import type { Format, Parsed } from './format.ts'
import { readLines, splitBlanks, trimBlanks } from './lines.ts'

/** The folder of boot files and the default one; machines stand after the `%%`. */
const HEADER = '/private/tftpboot:/\nmach\n%%\n'
/** Ethernet, in ARP's numbers; nidump knows no other. */
const HARDWARE_TYPE = '1'
const FIELDS = ['name', 'htype', 'en_address', 'ip_address', 'bootfile'] as const

function dumpMachine(entry: Properties): string | undefined {
  if (firstValue(entry, 'name') === undefined) return undefined
  return [
    printFirst(entry, 'name'),
    HARDWARE_TYPE,
    printFirst(entry, 'en_address', '0:0:0:0:0:0'),
    printFirst(entry, 'ip_address', '0.0.0.0'),
    printFirst(entry, 'bootfile', 'mach'),
  ].join('\t')
}

function parseMachines(text: string): Parsed {
  const entries = new EntryCollector()
  let isAfterHeader = false
  let lastNumber = 0
  for (const line of readLines(text, entries)) {
    lastNumber = line.number
    if (!isAfterHeader) {
      isAfterHeader = trimBlanks(line.text) === '%%'
      continue
    }
    const fields = splitBlanks(line.text)
    if (fields.length < FIELDS.length) {
      entries.report(line.number, `${fields.length} fields instead of ${FIELDS.length}`)
      continue
    }
    if (fields.length > FIELDS.length) entries.report(line.number, `what follows field ${FIELDS.length} is left out`)
    entries.add(
      line.number,
      FIELDS.map((name, index) => single(name, fields[index] ?? '')),
    )
  }
  if (lastNumber > 0 && !isAfterHeader) entries.report(lastNumber, 'no line %% ends the header: no machine was read')
  return entries.finish()
}

export const BOOTPTAB: Format = {
  name: 'bootptab',
  directory: '/machines',
  holds: 'children',
  dump: (entries) => HEADER + dumpLines(entries, dumpMachine),
  parse: parseMachines,
}
