/** The part of a port's page that says what IANA's registry says, and what that means. */
import { printable } from '../core/index.ts'
import { PORT_RANGES, TRANSPORTS, rangeOf } from '../registry/index.ts'
import type { PortSpan, Transport } from '../registry/index.ts'
import type { PortReport, ReportedAssignment, ReportedTransport } from '../answer/index.ts'
import { sourceOf, spanText } from '../answer/index.ts'
import { paragraph, section } from './style.ts'
import type { Style } from './style.ts'

export function registryPart(report: PortReport, style: Style, all: boolean): string {
  const groups = groupTransports(report)
  const lines = groups.map(
    ({ transports, entry }) => statusLine(transports, entry, style) + registryDetails(entry, style, all),
  )
  const sources = groups.map(({ entry }) => `${entry.asOf} (${sourceOf(entry)})`)
  const source = paragraph(`IANA's registry as of ${[...new Set(sources)].join('; ')}.`, style.width, '  ')
  return `${section('Registry', style, lines.join(''))}${style.dim(source)}${meaning(report, style)}`
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
  const primary = entry.names[0]
  const holder = primary === undefined ? '' : ` to ${style.bold(printable(primary))}${otherNames(entry.assignments)}`
  const saysNothing = entry.description === '' || entry.description.toLowerCase() === entry.names[0]?.toLowerCase()
  const description = saysNothing ? '' : `: ${printable(entry.description)}`
  return paragraph(`${transports.join(', ')}: ${paintedStatus}${holder}${description}${run}`, style.width, '  ', '    ')
}

/** The names beside the primary one, those apart that IANA keeps only for the record. */
function otherNames(assignments: readonly ReportedAssignment[]): string {
  const [, ...others] = assignments.filter((row) => row.name !== null)
  const groups: [string, ReportedAssignment[]][] = [
    ['also', others.filter((row) => !row.historic)],
    ['aliases', others.filter((row) => row.historic && row.aliasOf !== null)],
    ['historic', others.filter((row) => row.historic && row.aliasOf === null)],
  ]
  const texts = groups.flatMap(([title, rows]) =>
    rows.length === 0 ? [] : [`${title} ${rows.map((row) => printable(row.name ?? '')).join(', ')}`],
  )
  return texts.length === 0 ? '' : ` (${texts.join('; ')})`
}

/** What the registry says beyond the name, under the line that it belongs to. */
function registryDetails(entry: ReportedTransport, style: Style, all: boolean): string {
  const told = new Set<string>()
  return entry.assignments
    .map((row) => {
      const fields = all ? allFields(row) : briefFields(row)
      const lines = fields.flatMap(([title, value]) => (value === null || value === '' ? [] : [`${title}: ${value}`]))
      const fresh = all ? lines : lines.filter((line) => !told.has(line))
      for (const line of fresh) told.add(line)
      if (fresh.length === 0) return ''
      const heading = `${row.name ?? 'no name'} (details of ${row.detailAsOf})`
      const indent = all ? '      ' : '    '
      const body = fresh.map((line) => paragraph(printable(line), style.width, indent, `${indent}  `)).join('')
      return (all ? paragraph(printable(heading), style.width, '    ') : '') + body
    })
    .join('')
}

type Field = readonly [title: string, value: string | null]

function briefFields(row: ReportedAssignment): readonly Field[] {
  const references = row.references.map((each) => (each.url === null ? each.label : `${each.label} <${each.url}>`))
  // The registry begins the field with its own heading.
  const misuse = row.unauthorizedUse?.replace(/^known unauthorized uses?:?\s*/i, '') ?? null
  return [
    ['Reference', references.join(', ')],
    ['Unauthorised use', misuse],
  ]
}

function allFields(row: ReportedAssignment): readonly Field[] {
  return [
    ...briefFields(row),
    ['Assignee', row.assignee],
    ['Contact', row.contact],
    ['Registered', row.registrationDate],
    ['Modified', row.modificationDate],
    ['Service code', row.serviceCode],
    ['Notes', row.notes],
  ]
}

/** What the status means for the reader, and the risk where the port is used without being assigned. */
function meaning(report: PortReport, style: Style): string {
  const statuses = new Set(Object.values(report.transports).map((entry) => entry.status))
  const isHeld = report.assigned
  const [system, , dynamic] = PORT_RANGES
  const range = rangeOf(report.port)
  const sentences: string[] = []
  if (report.port === 0)
    sentences.push('Port 0 is none to listen on: a program that binds to it is given any free port.')
  if (range === dynamic)
    sentences.push('Dynamic ports are never assigned (RFC 6335 §6): systems lend them to programs for the moment.')
  else if (statuses.has('reserved') && !isHeld) {
    sentences.push('Reserved means that IANA holds the number back: it is not given out now (RFC 6335 §6).')
  } else if (!isHeld) {
    sentences.push(
      `Unassigned means that IANA has given ${report.port} to no one: no program that answers there has a right to it, and IANA may assign it any day (${range.procedure.replace('assigned ', '')}).`,
    )
  }
  if (range === system && report.port !== 0 && sentences.length > 0)
    sentences.push('On Unix, only root or a program with the right to may listen on it.')
  const users = report.unofficialUses
    .filter((use) => use.category !== 'malware' && use.relation === 'unofficial')
    .map((use) => use.name)
  if (users.length > 0 && range !== dynamic) {
    const names =
      users.length > 3 ? `${users.slice(0, 3).join(', ')} and others` : new Intl.ListFormat('en').format(users)
    sentences.push(
      `Should IANA assign it, what still uses it for ${names} would be taken for the new service, by firewalls, scanners and people.`,
    )
  }
  return sentences.length === 0 ? '' : paragraph(sentences.join(' '), style.width, '  ')
}
