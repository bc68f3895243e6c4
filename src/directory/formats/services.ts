/** services: names of ports. */
import type { Properties } from '../model.ts'
import { dumpLines, printAll, printFirst, single } from './dump-parts.ts'
import { EntryCollector } from './entry-collector.ts'
import type { Format, Parsed } from './format.ts'
import { dropComment, readLines, splitBlanks } from './lines.ts'

/** Only the first protocol is printed, as nidump does. */
function dumpService(entry: Properties): string | undefined {
  const [name, ...aliases] = printAll(entry, 'name')
  if (name === undefined) return undefined
  return `${name}\t${printFirst(entry, 'port')}/${printFirst(entry, 'protocol')}\t${aliases.join('\t')}`
}

interface Service {
  readonly line: number
  readonly port: string
  readonly names: Set<string>
  readonly protocols: Set<string>
}

/**
 * Two lines of one name, for tcp and udp, are one entry with two protocols when the port is the same, and two entries when
 * it is not; with niload the second line replaces the first.
 */
function parseServices(text: string): Parsed {
  const entries = new EntryCollector()
  const services = new Map<string, Service>()
  for (const line of readLines(text, entries)) {
    const [name, second, ...aliases] = splitBlanks(dropComment(line.text))
    if (name === undefined) continue
    const slash = second?.indexOf('/') ?? -1
    const port = second?.slice(0, slash) ?? ''
    const protocol = second?.slice(slash + 1) ?? ''
    if (slash === -1 || port === '' || protocol === '') {
      entries.report(line.number, 'no PORT/PROTOCOL follows the name')
      continue
    }
    const key = `${name} ${port}`
    const service = services.get(key) ?? { line: line.number, port, names: new Set([name]), protocols: new Set() }
    services.set(key, service)
    for (const alias of aliases) service.names.add(alias)
    service.protocols.add(protocol)
  }
  for (const { line, port, names, protocols } of services.values()) {
    entries.add(line, [
      { name: 'name', values: [...names] },
      single('port', port),
      { name: 'protocol', values: [...protocols] },
    ])
  }
  return entries.finish()
}

export const SERVICES: Format = {
  name: 'services',
  directory: '/services',
  holds: 'children',
  dump: (entries) => dumpLines(entries, dumpService),
  parse: parseServices,
}
