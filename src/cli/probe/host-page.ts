/** The hosts of a scan for a terminal: what is open, what that means, and what is unexpected. */
import { printable } from '../../core/index.ts'
import type { PortState, ReportedHost, ReportedPort, ScanReport, UnlistedPorts } from '../../probe/index.ts'
import { serviceLabel } from '../../answer/index.ts'
import { fit, paragraph, table } from '../style.ts'
import type { Column, Style } from '../style.ts'
import { foundSentence, foundText } from './found-text.ts'
import type { MeaningBook, PortMeaning } from '../../answer/index.ts'
import { unmeasuredText } from './state-words.ts'

/** Ports that are told in sentences; of more, the table is all, and --json tells the rest. */
const TOLD_MAX = 30
/** Hosts without an open port that are named; more are counted. */
const NAMED_HOSTS_MAX = 6
const USES_MAX = 3
/** In a narrower window the table has no room for what the sentences below it say as well. */
const WIDE_COLUMNS = 76
const SERVICE_COLUMNS = 18

interface Told {
  readonly port: ReportedPort
  readonly meaning: PortMeaning
}

export function renderHosts(report: ScanReport, book: MeaningBook, style: Style): string {
  const told = report.hosts.filter((host) => report.hosts.length === 1 || hasOpen(host))
  const others = report.hosts.filter((host) => !told.includes(host))
  const parts = [...told.map((host) => renderHost(host, book, style)), renderOthers(others, style)]
  if (report.hosts.length === 0) return 'Nothing is told of any host.\n'
  return parts.filter((part) => part !== '').join('\n')
}

function hasOpen({ ports }: ReportedHost): boolean {
  return ports.some(({ state }) => state === 'open')
}

export function hostText({ address, names }: Pick<ReportedHost, 'address' | 'names'>): string {
  const [name, ...more] = names.map(printable)
  if (name === undefined) return printable(address)
  return `${name} (${[printable(address), ...more].join(', ')})`
}

function renderHost(host: ReportedHost, book: MeaningBook, style: Style): string {
  const rows = host.ports
    .filter(({ state }) => state !== 'unmeasured')
    .map((port): Told => ({ port, meaning: book.meaningOf(port, host.address, host.names) }))
  const open = rows.filter(({ port }) => port.state === 'open')
  const title = paragraph(
    `${style.bold(hostText(host))}: ${open.length === 0 ? 'no port is open' : `${portsText(open.length)} open`}`,
    style.width,
    '',
    '  ',
  )
  const parts = [
    title + (rows.length === 0 ? '' : portTable(rows, book, style)) + notShown(host, style),
    meanings(open, style),
    unexpected(rows, style),
    directoryNote(host, book, style),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function portsText(count: number): string {
  return count === 1 ? 'one port is' : `${count} ports are`
}

function portTable(rows: readonly Told[], book: MeaningBook, style: Style): string {
  const paint: Readonly<Record<PortState, (text: string) => string>> = {
    open: style.green,
    closed: style.red,
    filtered: style.yellow,
    'open|filtered': style.yellow,
    unmeasured: style.dim,
  }
  const isWide = style.width >= WIDE_COLUMNS
  const columns: Column<Told>[] = [
    { title: 'PORT', cell: ({ port }) => portText(port), isAscii: true, paint: (text) => style.bold(text) },
    {
      title: 'STATE',
      cell: ({ port }) => port.state,
      isAscii: true,
      paint: (text, { port }) => paint[port.state](text),
    },
    ...(isWide ? [{ title: 'REASON', cell: ({ port }: Told) => port.reason, isAscii: true }] : []),
    { title: 'SERVICE', cell: ({ port, meaning }) => fit(printable(labelOf(port, meaning, book)), SERVICE_COLUMNS) },
  ]
  if (isWide && rows.some(({ meaning }) => meaning.declared.length > 0))
    columns.push({
      title: 'DECLARED',
      cell: ({ meaning }) =>
        fit(printable(meaning.declared.map(({ names }) => names[0] ?? '?').join(', ')), SERVICE_COLUMNS),
    })
  if (isWide && rows.some(({ port }) => port.banner !== null))
    columns.push({ title: 'ANSWERS', cell: ({ port }) => (port.banner === null ? '' : foundText(port.banner)) })
  return table(rows, columns, style)
}

export function portText({ port, transport }: Pick<ReportedPort, 'port' | 'transport'>): string {
  return `${port}/${transport}`
}

/** As lists of listeners have it; where that is nothing, the use of many ports that this is one of. */
function labelOf({ port, transport }: ReportedPort, { uses }: PortMeaning, { registry, lore }: MeaningBook): string {
  const label = serviceLabel(registry, lore, port, transport)
  const [use] = uses
  return label !== '' || use === undefined ? label : `~${use.lore.name}`
}

/** Counts by state and reason: `Not shown: 997 closed (conn-refused), 2 filtered (no-response)`. */
function notShown({ ports, unlisted }: ReportedHost, style: Style): string {
  const counted = unlisted.filter(({ state }) => state !== 'unmeasured')
  const shown =
    counted.length === 0 ? '' : paragraph(`Not shown: ${counted.map(countText).join(', ')}`, style.width, '', '  ')
  return shown + unmeasured(ports, unlisted, style)
}

function countText({ count, transport, state, reason }: UnlistedPorts): string {
  return `${count} ${transport} ${state} (${reason})`
}

/** Said in so many words: these ports are not closed. */
function unmeasured(ports: readonly ReportedPort[], unlisted: readonly UnlistedPorts[], style: Style): string {
  const counts = new Map<UnlistedPorts['reason'], number>()
  const listed = ports.filter(({ state }) => state === 'unmeasured').map(({ reason }) => ({ reason, count: 1 }))
  for (const { reason, count } of [...listed, ...unlisted.filter(({ state }) => state === 'unmeasured')])
    counts.set(reason, (counts.get(reason) ?? 0) + count)
  return [...counts]
    .map(([reason, count]) =>
      paragraph(
        style.yellow(
          `Not measured: ${count} ${count === 1 ? 'port' : 'ports'} (${reason}): ${unmeasuredText(reason)}. Nothing is known of ${count === 1 ? 'it' : 'them'}.`,
        ),
        style.width,
        '',
        '  ',
      ),
    )
    .join('')
}

function meanings(open: readonly Told[], style: Style): string {
  if (open.length === 0) return ''
  const told = open.slice(0, TOLD_MAX)
  const rest = open.length - told.length
  const more = rest === 0 ? '' : paragraph(`… and ${rest} more open ports: --json tells of all.`, style.width, '  ')
  const body = told.map(({ port, meaning }) =>
    paragraph(`${style.bold(portText(port))}: ${meaningSentences(port, meaning)}`, style.width, '  ', '    '),
  )
  return `${style.bold('What they mean')}\n${body.join('')}${more}`
}

function meaningSentences({ banner }: ReportedPort, { entry, uses, isGhost, declared }: PortMeaning): string {
  const sentences = [registrySentence(entry)]
  const others = uses.filter(({ relation }) => relation !== 'registered')
  if (others.length > 0) {
    const names = others
      .slice(0, USES_MAX)
      .map(({ lore }) => {
        const mark = lore.category === 'malware' ? ' (malware)' : lore.state === 'extinct' ? ' (extinct)' : ''
        return `${lore.name}${mark}`
      })
      .join(', ')
    sentences.push(`Unofficially ${names}${others.length > USES_MAX ? ` and ${others.length - USES_MAX} more` : ''}.`)
  }
  if (isGhost) sentences.push('A ghost port.')
  for (const { names, domain, server, path } of declared.slice(0, USES_MAX))
    sentences.push(
      `Declared as ${names[0] ?? '?'} (${path} in ${server === null ? domain : `${domain} at ${server}`}).`,
    )
  if (banner !== null) sentences.push(`Answers ${foundSentence(banner)}`)
  return printable(sentences.join(' '))
}

function registrySentence(entry: PortMeaning['entry']): string {
  if (entry.status !== 'assigned') return `${entry.status} in IANA's registry.`
  const [first] = entry.assignments
  const description = first?.description ?? ''
  const saysNothing = description === '' || description.toLowerCase() === entry.name.toLowerCase()
  const what = [entry.name, saysNothing ? '' : description].filter((part) => part !== '').join(': ')
  return `assigned to ${what.replace(/\.$/, '')}.`
}

/** Everything that no one would expect, under one heading. */
export function unexpected(rows: readonly Told[], style: Style): string {
  const lines = rows.flatMap(({ port, meaning }) =>
    meaning.remarks.map(({ text, citation }) => {
      const source = citation === null ? '' : ` <${citation.url}>${citation.seen ? '' : ' (unverified)'}`
      return paragraph(
        `${style.yellow(portText(port))}: ${printable(text)}${printable(source)}`,
        style.width,
        '  ',
        '    ',
      )
    }),
  )
  return lines.length === 0 ? '' : `${style.bold('Unexpected')}\n${lines.join('')}`
}

/** Which machine of the directory this is; nothing where there is no directory. */
export function directoryNote({ address, names }: ReportedHost, { machines }: MeaningBook, style: Style): string {
  const { domains, notes } = machines.declared
  if (domains.length === 0) return ''
  const machine = machines.machineAt(address, names)
  const what =
    machine === null
      ? `No entry of /machines has this address, in ${domains.join(', ')}.`
      : `${machine.path === null ? 'This machine' : machine.path} in domain ${machine.domain}: ${machine.hasDeclarations ? 'services are declared for it' : 'no service is declared for it'}.`
  const lines = [what, ...notes].map((text) => paragraph(printable(text), style.width, '  '))
  return `${style.bold('In the directory')}\n${lines.join('')}`
}

/** Hosts without an open port, in one line for each way in which nothing was open. */
function renderOthers(hosts: readonly ReportedHost[], style: Style): string {
  const groups = new Map<string, ReportedHost[]>()
  for (const host of hosts) {
    const key = silence(host)
    groups.set(key, [...(groups.get(key) ?? []), host])
  }
  return [...groups]
    .map(([what, group]) => {
      const named = group.slice(0, NAMED_HOSTS_MAX).map(hostText).join(', ')
      const rest = group.length > NAMED_HOSTS_MAX ? ` and ${group.length - NAMED_HOSTS_MAX} more` : ''
      const count = group.length === 1 ? 'One host' : `${group.length} hosts`
      return paragraph(`${style.bold(count)} ${what}: ${named}${rest}`, style.width, '', '  ')
    })
    .join('')
}

function silence({ ports, unlisted }: ReportedHost): string {
  const states = new Set([...ports, ...unlisted].map(({ state, reason }) => `${state} (${reason})`))
  const all = [...states].toSorted().join(', ')
  if (states.size === 0) return 'without a port that was told of'
  const isSilent = [...ports, ...unlisted].every(({ reason }) => reason === 'no-response')
  return isSilent ? `from which nothing came back, ${all}` : `with no open port, ${all}`
}
