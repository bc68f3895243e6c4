/** hosts and ethers: the addresses of machines. */
import { valuesOf } from '../model.ts'
import type { Properties } from '../model.ts'
import { dumpLines, flatten, printAll, printFirst } from './dump-parts.ts'
import { EntryCollector } from './entry-collector.ts'
import type { Format, Parsed } from './format.ts'
import { dropComment, readLines, splitBlanks } from './lines.ts'

interface Machine {
  readonly line: number
  readonly names: readonly string[]
  readonly addresses: string[]
}

/** The machines of a text: lines that have the same names, in the same order, are one machine. */
function readMachines(text: string, entries: EntryCollector, address: string): Iterable<Machine> {
  const machines = new Map<string, Machine>()
  for (const line of readLines(text, entries)) {
    const [first, ...names] = splitBlanks(dropComment(line.text))
    if (first === undefined) continue
    if (names.length === 0) {
      entries.report(line.number, `the machine of this ${address} has no name`)
      continue
    }
    const key = names.join(' ')
    const machine = machines.get(key)
    if (machine === undefined) machines.set(key, { line: line.number, names, addresses: [first] })
    else machine.addresses.push(first)
  }
  return machines.values()
}

/**
 * niload makes an entry of each line, and the last of one name replaces the others: a machine of two addresses keeps one.
 * Here it keeps them all, where all its names are the same.
 */
function parseAddresses(text: string, property: string, called: string): Parsed {
  const entries = new EntryCollector()
  for (const { line, names, addresses } of readMachines(text, entries, called)) {
    entries.add(line, [
      { name: property, values: addresses },
      { name: 'name', values: names },
    ])
  }
  return entries.finish()
}

function dumpHosts(entries: Iterable<Properties>): string {
  let text = ''
  for (const entry of entries) {
    const names = printAll(entry, 'name').join(' ')
    for (const address of valuesOf(entry, 'ip_address')) text += `${flatten(address)}\t${names}\n`
  }
  return text
}

export const HOSTS: Format = {
  name: 'hosts',
  directory: '/machines',
  holds: 'children',
  dump: dumpHosts,
  parse: (text) => parseAddresses(text, 'ip_address', 'address'),
}

/** niload has no ethers; this is the reading of what nidump writes, and of ethers(5). */
export const ETHERS: Format = {
  name: 'ethers',
  directory: '/machines',
  holds: 'children',
  dump: (entries) =>
    dumpLines(entries, (entry) =>
      valuesOf(entry, 'en_address').length === 0
        ? undefined
        : `${printFirst(entry, 'en_address')}\t${printAll(entry, 'name').join(' ')}`,
    ),
  parse: (text) => parseAddresses(text, 'en_address', 'Ethernet address'),
}
