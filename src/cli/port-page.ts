/** The page of one port for a terminal: one screen, unless `all` is asked for. */
import type { Connection, Listener, Reach } from '../listeners/index.ts'
import { PORT_RANGES, TRANSPORTS, rangeOf } from '../registry/index.ts'
import type { PortSpan, Transport } from '../registry/index.ts'
import { Footnotes } from './footnotes.ts'
import type { PortReport, ReportedTransport, ReportedUse } from './port-report.ts'
import { spanText } from './query.ts'
import { fit, paragraph, printable } from './style.ts'
import type { Style } from './style.ts'

/** How many uses, listeners and connections a page shows before it says how many more there are. */
const SHOWN = { uses: 3, listeners: 6, connections: 3 }

export interface PageOptions {
  /** Every use with its history, every field of the registry, every socket. */
  readonly all: boolean
  /** What the socket reader could not see. */
  readonly notes: readonly string[]
}

export function renderPort(report: PortReport, style: Style, options: PageOptions): string {
  const notes = new Footnotes(options.all)
  const parts = [
    header(report, style),
    registryPart(report, style, options.all),
    usesPart(report, style, options.all, notes),
    herePart(report, style, options),
    section('Declared', style, '  Nothing: no directory serves this machine yet.\n'),
    checksPart(report.port, style),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function section(title: string, style: Style, body: string): string {
  return body === '' ? '' : `${style.bold(title)}\n${body}`
}

function header(report: PortReport, style: Style): string {
  const range = rangeOf(report.port)
  const ghost = report.ghost ? ` · ${style.yellow('ghost port')}: what used it is gone` : ''
  return `${style.bold(`Port ${report.port}`)} · ${range.name} range ${spanText(range)} (${range.alias})${ghost}\n`
}

function registryPart(report: PortReport, style: Style, all: boolean): string {
  const groups = groupTransports(report)
  const lines = groups.map(({ transports, entry }) => statusLine(transports, entry, style)).join('')
  // Of the pairs without a row, the day is that of the source that has none.
  const sources = groups.map(({ entry }) => `${entry.asOf} (${entry.source.replace(/, no row$/, '')})`)
  const source = paragraph(`IANA's registry as of ${[...new Set(sources)].join('; ')}.`, style.width, '  ')
  const details = groups.map(({ transports, entry }) => registryDetails(transports, entry, style, all)).join('')
  return `${section('Registry', style, lines + details)}${style.dim(source)}${meaning(report, style)}`
}

/** Transports that have the same answer stand on one line, with the run that they have in common. */
function groupTransports(report: PortReport): { transports: Transport[]; entry: ReportedTransport }[] {
  const groups = new Map<string, { transports: Transport[]; entry: ReportedTransport }>()
  for (const transport of TRANSPORTS) {
    const entry = report.transports[transport]
    if (entry === undefined) continue
    const key = JSON.stringify([entry.status, entry.names, entry.description, entry.source])
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { transports: [transport], entry })
    else
      groups.set(key, {
        transports: [...known.transports, transport],
        entry: { ...entry, run: commonRun(known.entry.run, entry.run) },
      })
  }
  return [...groups.values()]
}

function commonRun(a: PortSpan, b: PortSpan): PortSpan {
  return { first: Math.max(a.first, b.first), last: Math.min(a.last, b.last) }
}

function statusLine(transports: readonly Transport[], entry: ReportedTransport, style: Style): string {
  const paint = { assigned: style.green, unassigned: style.yellow, reserved: style.cyan }[entry.status]
  const run = entry.run.first === entry.run.last ? '' : `, like all of ${spanText(entry.run)}`
  const paintedStatus = paint(entry.status)
  if (entry.status !== 'assigned') {
    const isPlain = /^(unassigned|reserved)$/i.test(entry.description)
    const word = isPlain ? '' : ` (${printable(entry.description)})`
    return paragraph(`${transports.join(', ')}: ${paintedStatus}${word}${run}`, style.width, '  ', '    ')
  }
  const [primary, ...others] = entry.names.map(printable)
  const also = others.length === 0 ? '' : ` (also ${others.join(', ')})`
  const holder = primary === undefined ? '' : ` to ${style.bold(primary)}${also}`
  const saysNothing = entry.description === '' || entry.description.toLowerCase() === entry.names[0]?.toLowerCase()
  const description = saysNothing ? '' : `: ${printable(entry.description)}`
  return paragraph(`${transports.join(', ')}: ${paintedStatus}${holder}${description}${run}`, style.width, '  ', '    ')
}

function registryDetails(
  transports: readonly Transport[],
  entry: ReportedTransport,
  style: Style,
  all: boolean,
): string {
  const rows = all
    ? entry.assignments
    : entry.assignments.filter((row) => row.unauthorizedUse !== null || row.references.length > 0).slice(0, 1)
  return rows
    .map((row) => {
      const references = row.references
        .map((each) => (each.url === null ? each.label : `${each.label} <${each.url}>`))
        .join(', ')
      const fields: [string, string | null][] = [
        ['Reference', references === '' ? null : references],
        ['Unauthorised use', row.unauthorizedUse],
        ...(all
          ? ([
              ['Assignee', row.assignee],
              ['Contact', row.contact],
              ['Registered', row.registrationDate],
              ['Modified', row.modificationDate],
              ['Service code', row.serviceCode],
              ['Notes', row.notes],
            ] satisfies [string, string | null][])
          : []),
      ]
      const given = fields.filter(([, value]) => value !== null)
      if (given.length === 0) return ''
      const heading = all
        ? paragraph(
            `${row.name ?? 'no name'} on ${transports.join(', ')} (details of ${row.detailAsOf})`,
            style.width,
            '  ',
          )
        : ''
      return (
        heading +
        given
          .map(([title, value]) => paragraph(printable(`${title}: ${value ?? ''}`), style.width, '    ', '      '))
          .join('')
      )
    })
    .join('')
}

/** What the status means for the reader, and the risk where the port is used without being assigned. */
function meaning(report: PortReport, style: Style): string {
  const statuses = new Set(Object.values(report.transports).map((entry) => entry.status))
  const [system, , dynamic] = PORT_RANGES
  const range = rangeOf(report.port)
  const sentences: string[] = []
  if (range === dynamic)
    sentences.push('Dynamic ports are never assigned (RFC 6335 §6): systems lend them to programs for the moment.')
  else if (statuses.has('unassigned') && !statuses.has('assigned')) {
    sentences.push(
      `Unassigned means that IANA has given ${report.port} to no one: no program that answers there has a right to it, and IANA may assign it any day (${range.procedure.replace('assigned ', '')}).`,
    )
  } else if (statuses.has('reserved') && !statuses.has('assigned')) {
    sentences.push('Reserved means that IANA holds the number back: it is not given out now (RFC 6335 §6).')
  }
  if (range === system && sentences.length > 0)
    sentences.push('On Unix, only root or a program with the right to may listen on it.')
  const users = report.unofficialUses
    .filter((use) => use.category !== 'malware' && use.relation === 'unofficial')
    .map((use) => use.name)
  if (users.length > 0 && range !== dynamic) {
    const names = users.length > 3 ? `${users.slice(0, 3).join(', ')} and others` : users.join(', ')
    sentences.push(
      `Should IANA assign it, what still uses it for ${names} would be taken for the new service, by firewalls, scanners and people.`,
    )
  }
  return sentences.length === 0 ? '' : paragraph(sentences.join(' '), style.width, '  ')
}

function usesPart(report: PortReport, style: Style, all: boolean, notes: Footnotes): string {
  const groups: [string, readonly ReportedUse[]][] = [
    ['Unofficial uses', report.unofficialUses],
    ['More of its registered use', report.registeredUses],
  ]
  const parts = groups.map(([title, uses]) => {
    const shown = all ? uses : uses.slice(0, SHOWN.uses)
    const rest = uses.slice(shown.length).map((use) => use.name)
    const others = rest.length === 0 ? '' : paragraph(`Also ${rest.join(', ')}: --all tells.`, style.width, '  ')
    return section(title, style, shown.map((use) => renderUse(use, style, all, notes)).join('') + others)
  })
  const sources = [...notes.entries()]
    .map(({ number, citation }) => {
      const date = citation.date === null ? '' : `, ${citation.date}`
      return paragraph(
        `[${number}] ${citation.title}, ${citation.publisher}${date} <${citation.url}>`,
        style.width,
        '  ',
        '      ',
      )
    })
    .join('')
  return parts.filter((part) => part !== '').join('\n') + style.dim(sources)
}

function renderUse(use: ReportedUse, style: Style, all: boolean, notes: Footnotes): string {
  const state =
    use.category === 'malware'
      ? style.red('malware')
      : use.state === 'extinct'
        ? style.yellow('extinct')
        : 'in use today'
  const era = use.era === null ? '' : eraText(use.era) + notes.mark(use.era.citations)
  const title = paragraph(
    `${style.bold(use.name)}, ${state}${era}. ${use.summary.text}${notes.mark(use.summary.citations)}`,
    style.width,
    '  ',
    '    ',
  )
  const uses = use.uses.map(
    (each) => `${each.transports.join(', ')} ${each.ports.join(', ')}: ${each.text}${notes.mark(each.citations)}`,
  )
  const conflict =
    use.relation === 'conflict' ? [`Conflict: IANA assigned ${conflictText(use)}; what answers may be either.`] : []
  const successors = use.successors.map(
    (each) =>
      `${each.name}${each.ports.length === 0 ? '' : ` (${each.ports.join(', ')})`}${notes.mark(each.citations)}`,
  )
  const after = successors.length === 0 ? [] : [`Succeeded by ${successors.join('; ')}.`]
  const told = all ? [...use.history, ...use.security] : use.security.slice(0, 1)
  const lines = [...uses, ...conflict, ...after, ...told.map((each) => `${each.text}${notes.mark(each.citations)}`)]
  return title + lines.map((line) => paragraph(line, style.width, '    ', '      ')).join('')
}

function eraText(era: NonNullable<ReportedUse['era']>): string {
  if (era.from !== null && era.until !== null) return `, ${era.from} to ${era.until}`
  if (era.until !== null) return `, until ${era.until}`
  if (era.from !== null) return `, since ${era.from}`
  return era.text === null ? '' : `, ${era.text.replace(/\.$/, '')}`
}

function conflictText(use: ReportedUse): string {
  const byName = new Map<string, string[]>()
  for (const { transport, name } of use.conflictsWith) byName.set(name, [...(byName.get(name) ?? []), transport])
  return [...byName].map(([name, transports]) => `${transports.join(', ')} to ${name}`).join(' and ')
}

export const REACH_WORDS: Readonly<Record<Reach, string>> = {
  machine: 'this machine only',
  network: 'this network',
  everywhere: 'everywhere',
  namespace: 'its container only',
}

function herePart(report: PortReport, style: Style, { all, notes }: PageOptions): string {
  const { listeners, connections } = report
  const shownListeners = all ? listeners : listeners.slice(0, SHOWN.listeners)
  const shownConnections = all ? connections : connections.slice(0, SHOWN.connections)
  const body = [
    listeners.length === 0
      ? paragraph(
          `Nothing listens on ${report.port}${connections.length === 0 ? ', and no connection uses it' : ''}.`,
          style.width,
          '  ',
        )
      : '',
    ...shownListeners.map((each) => listenerText(each, style)),
    more(listeners.length - shownListeners.length, 'listener', style),
    ...shownConnections.map((each) => connectionText(each, style)),
    more(connections.length - shownConnections.length, 'connection', style),
    ...notes.map((note) => paragraph(note, style.width, '  ')),
  ]
  return section('On this machine', style, body.join(''))
}

function more(count: number, what: string, style: Style): string {
  return count <= 0
    ? ''
    : paragraph(`… and ${count} more ${what}${count === 1 ? '' : 's'}: --all lists them.`, style.width, '  ')
}

export function endpointText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function listenerText(listener: Listener, style: Style): string {
  const { process, unseen } = listener
  const where = `${listener.transport} ${endpointText(listener.address, listener.port)}, reachable from ${REACH_WORDS[listener.reach]}`
  if (process === null) return paragraph(`${where}: process not seen. ${unseen?.hint ?? ''}`, style.width, '  ', '    ')
  const sharers = listener.holders.length > 1 ? ` and ${listener.holders.length - 1} more that share it` : ''
  const head = paragraph(
    `${style.green(where)}: ${style.bold(printable(process.name))}, pid ${process.pid}${sharers}, user ${process.user ?? 'not seen'}`,
    style.width,
    '  ',
    '    ',
  )
  const command = process.command === null ? '' : `    ${fit(printable(process.command), style.width - 4)}\n`
  return head + command + paragraph(printable(whyText(process)), style.width, '    ')
}

function whyText(process: NonNullable<Listener['process']>): string {
  const { origin } = process
  const since = process.startedAt === null ? '' : `since ${process.startedAt.slice(0, 19).replace('T', ' ')}Z`
  const by = {
    systemd: `started by systemd unit ${origin.name ?? ''}`,
    container: `in container ${origin.name ?? ''}`,
    cron: `started by ${origin.name ?? ''}`,
    shell: `started from shell ${origin.name ?? ''}`,
    init: `a child of ${origin.name ?? ''}, pid 1`,
    unknown: '',
  }[origin.kind]
  const directory = process.workingDirectory === null ? '' : `in ${process.workingDirectory}`
  const chain =
    process.parents.length === 0
      ? ''
      : `parents: ${process.parents.map((each) => `${each.name} ${each.pid}`).join(' ← ')}`
  return [by, since, directory, chain].filter((part) => part !== '').join('; ')
}

function connectionText(connection: Connection, style: Style): string {
  const ends = `${endpointText(connection.address, connection.port)} → ${endpointText(connection.remoteAddress, connection.remotePort)}`
  const who = connection.process === null ? '' : `: ${connection.process.name}, pid ${connection.process.pid}`
  return paragraph(printable(`${connection.transport} ${ends}, ${connection.state}${who}`), style.width, '  ', '    ')
}

function checksPart(port: number, style: Style): string {
  const rows = [
    ['Linux, macOS', `sudo lsof -i :${port}`],
    ['Windows', `netstat -ano | findstr :${port}`],
    ['from elsewhere', `nmap -p ${port} HOST`],
  ]
  return section(
    'To check',
    style,
    rows.map(([where = '', command = '']) => `  ${where.padEnd(16)}${style.cyan(command)}\n`).join(''),
  )
}
