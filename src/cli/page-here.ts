/** The part of a port's page that tells what is on it on this machine now. */
import { printable } from '../core/index.ts'
import type { Connection, Listener, Reach } from '../listeners/index.ts'
import { TRANSPORTS } from '../registry/index.ts'
import type { PortReport } from '../answer/index.ts'
import { fit, paragraph, section } from './style.ts'
import type { Style } from './style.ts'

/** How many listeners and connections a page shows before it says how many more there are. */
const SHOWN = { listeners: 6, connections: 3 }

export const REACH_WORDS: Readonly<Record<Reach, string>> = {
  machine: 'this machine only',
  network: 'this network',
  everywhere: 'everywhere',
  namespace: 'its container only',
}

/** @param notes what could not be seen, in sentences */
export function herePart(report: PortReport, style: Style, all: boolean, notes: readonly string[]): string {
  const { listeners, connections } = report
  const shownListeners = all ? listeners : listeners.slice(0, SHOWN.listeners)
  const shownConnections = all ? connections : connections.slice(0, SHOWN.connections)
  const body = [
    listeners.length === 0
      ? paragraph(
          `Nothing listens on ${subject(report)}${connections.length === 0 ? ', and no connection uses it' : ''}.`,
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

/** The port, and the transports where not all were asked for: a page of one does not speak for the others. */
function subject(report: PortReport): string {
  const asked = TRANSPORTS.filter((transport) => report.transports[transport] !== undefined)
  return asked.length === TRANSPORTS.length ? String(report.port) : `${report.port}/${asked.join(', ')}`
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
    `${style.green(where)}: ${style.bold(printable(process.name))}, pid ${process.pid}${sharers}, user ${printable(process.user ?? 'not seen')}`,
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
