/** A range of ports for a terminal: what its ports are for, run by run, and what is on them here. */
import { printable } from '../core/index.ts'
import type { Sockets } from '../listeners/index.ts'
import { rangeOf } from '../registry/index.ts'
import type { LoreBook, PortSpan, Registry, Status, Transport } from '../registry/index.ts'
import { spanText } from '../answer/index.ts'
import type { PortQuery } from '../answer/index.ts'
import { paragraph, table } from './style.ts'
import type { Style } from './style.ts'

const ROWS_MAX = 200
const USES_MAX = 60

interface Run {
  readonly first: number
  readonly transports: string
  readonly status: Status
  readonly what: string
  last: number
}

export function renderRange(
  span: PortSpan,
  query: PortQuery,
  registry: Registry,
  lore: LoreBook,
  sockets: Sockets | null,
  style: Style,
): string {
  const ranges = [...new Set([rangeOf(span.first).name, rangeOf(span.last).name])].join(' to ')
  const title = `${style.bold(`Ports ${spanText(span)}`)}${query.name === null ? '' : `, asked for as ${printable(query.name)}`} · ${ranges} range\n`
  const runs = runsOf(span, query.transports, registry)
  const shown = runs.slice(0, ROWS_MAX)
  const paint = { assigned: style.green, unassigned: style.yellow, reserved: style.cyan }
  const rows = table(
    shown,
    [
      { title: 'PORTS', cell: spanText },
      { title: 'TRANSPORTS', cell: (run) => run.transports },
      { title: 'STATUS', cell: (run) => run.status, paint: (text, run) => paint[run.status](text) },
      { title: 'SERVICE', cell: (run) => printable(run.what) },
    ],
    style,
  )
  const rest =
    runs.length > shown.length
      ? paragraph(`… and ${runs.length - shown.length} more runs: ask for a smaller range, or --json.`, style.width, '')
      : ''
  return [
    title,
    rows + rest,
    loreLines(span, lore, style),
    sockets === null ? '' : hereLines(span, query.transports, sockets, style),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

/** Adjacent ports, and transports, with the same answer are one run. */
function runsOf(span: PortSpan, transports: readonly Transport[], registry: Registry): Run[] {
  const runs: Run[] = []
  let open: Run[] = []
  let openKey = ''
  for (let port = span.first; port <= span.last; port += 1) {
    const groups = new Map<string, { transports: Transport[]; status: Status; what: string }>()
    for (const transport of transports) {
      const entry = registry.lookup(port, transport)
      const [first] = entry.assignments
      const what =
        entry.status === 'assigned'
          ? [entry.names.join(', '), first?.description ?? ''].filter((part) => part !== '').join(': ')
          : ''
      const key = `${entry.status} ${what}`
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { transports: [transport], status: entry.status, what })
      else group.transports.push(transport)
    }
    // Almost no port is assigned on sctp and dccp: that is said only where nothing else is.
    for (const [key, group] of groups) {
      if (groups.size > 1 && group.status === 'unassigned' && !group.transports.some(isCommon)) groups.delete(key)
    }
    const key = JSON.stringify([...groups])
    if (key === openKey) {
      for (const run of open) run.last = port
    } else {
      runs.push(...open)
      open = [...groups.values()].map(({ transports: named, status, what }) => ({
        transports: named.join(', '),
        status,
        what,
        first: port,
        last: port,
      }))
      openKey = key
    }
  }
  return [...runs, ...open]
}

function isCommon(transport: Transport): boolean {
  return transport === 'tcp' || transport === 'udp'
}

function loreLines(span: PortSpan, lore: LoreBook, style: Style): string {
  const found = new Map<string, { name: string; state: string; ports: Set<string> }>()
  for (let port = span.first; port <= span.last; port += 1) {
    if (!lore.covers(port)) continue
    for (const { lore: entry, uses } of lore.forPort(port)) {
      const known = found.get(entry.id) ?? { name: entry.name, state: entry.state, ports: new Set<string>() }
      for (const use of uses) for (const ports of use.ports) known.ports.add(ports)
      found.set(entry.id, known)
    }
  }
  if (found.size === 0) return ''
  const names = [...found.values()].map(
    ({ name, state, ports }) =>
      `${name} (${[...ports].slice(0, 3).join(', ')}${state === 'extinct' ? ', extinct' : ''})`,
  )
  const rest = names.length > USES_MAX ? `; and ${names.length - USES_MAX} more: ask for a smaller range` : ''
  return `${style.bold('Known uses')}\n${paragraph(names.slice(0, USES_MAX).join('; ') + rest, style.width, '  ')}`
}

function hereLines(span: PortSpan, transports: readonly Transport[], sockets: Sockets, style: Style): string {
  const here = sockets.listeners.filter(
    (each) => span.first <= each.port && each.port <= span.last && transports.includes(each.transport),
  )
  const rows = here.map((each) =>
    paragraph(
      printable(
        `${each.transport} ${each.port} on ${each.address}: ${each.process === null ? 'process not seen' : `${each.process.name}, pid ${each.process.pid}`}`,
      ),
      style.width,
      '  ',
      '    ',
    ),
  )
  const body = rows.length === 0 ? '  Nothing listens on these ports.\n' : rows.join('')
  return `${style.bold('On this machine')}\n${body}`
}
