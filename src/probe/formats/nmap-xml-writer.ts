/**
 * Writes nmap's XML (nmap.dtd, xmloutputversion 1.05), a piece at a time.
 *
 * The DTD knows one scanner, nmap; who really scanned stands before the version. What nmap has no state for, ports that were not
 * measured, stands in the comment of their host and in the summary, and never among the ports.
 */
import { readPortText } from '../ports.ts'
import type { PortState, ReportedHost, ReportedPort, ScanReport, UnlistedPorts } from '../model.ts'
import { writeNmapService } from './nmap-service.ts'
import { countHosts, elapsedSeconds, formatTime, summaryOf, writeTool, writeUnmeasured } from './nmap-words.ts'
import type { WriteOptions } from './nmap-words.ts'
import { isAnswer } from './scan-words.ts'

type Attributes = readonly (readonly [string, string | number | null])[]

/** What XML 1.0 §2.2 has no place for, not even by number. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ['\t', '&#9;'],
  ['\n', '&#10;'],
  ['\r', '&#13;'],
])
const MICROSECONDS = 1000
/** nmap's least time to wait for an answer, in microseconds (--min-rtt-timeout). */
const TIMEOUT_MIN_US = 100_000

/** The pieces of the file, in order; times have whole seconds in this format. */
export function* writeNmapXml(report: ScanReport, options: WriteOptions = {}): Generator<string, void, undefined> {
  yield* writeHead(report)
  for (const host of report.hosts) yield* writeHost(host, options)
  const { up, down: told } = countHosts(report.hosts)
  const down = told + (report.silentHosts ?? 0)
  const end = report.endedMs ?? 0
  const finished = tag('finished', [
    ['time', seconds(end)],
    ['timestr', formatTime(report.endedMs)],
    ['summary', `${writeTool(report)} done at ${formatTime(report.endedMs)}; ${summaryOf(report)}`],
    ['elapsed', elapsedSeconds(report)],
    ['exit', report.isWhole ? 'success' : 'error'],
    ['errormsg', report.isWhole ? null : 'the scan broke off before its end'],
  ])
  const counts: Attributes = [
    ['up', up],
    ['down', down],
    ['total', up + down],
  ]
  yield `<runstats>${finished}${tag('hosts', counts)}\n</runstats>\n</nmaprun>\n`
}

function* writeHead(report: ScanReport): Generator<string, void, undefined> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE nmaprun>\n'
  const root: Attributes = [
    ['scanner', 'nmap'],
    ['args', report.command ?? ''],
    ['start', report.startedMs === null ? null : seconds(report.startedMs)],
    ['startstr', report.startedMs === null ? null : formatTime(report.startedMs)],
    ['version', writeTool(report)],
    ['xmloutputversion', '1.05'],
  ]
  yield `<nmaprun${attributes(root)}>\n`
  for (const transport of ['tcp', 'udp'] as const) {
    const services = report.asked[transport]
    if (services === null || services === '') continue
    const info: Attributes = [
      ['type', transport === 'udp' ? 'udp' : report.isHalfOpen ? 'syn' : 'connect'],
      ['protocol', transport],
      ['numservices', readPortText(services)?.size ?? 0],
      ['services', services],
    ]
    yield `${tag('scaninfo', info)}\n`
  }
  yield '<verbose level="0"/>\n<debugging level="0"/>\n'
}

function* writeHost(host: ReportedHost, options: WriteOptions): Generator<string, void, undefined> {
  const [state, reason] = statusOf(host)
  const status = tag('status', [
    ['state', state],
    ['reason', reason],
    ['reason_ttl', 0],
  ])
  const address = tag('address', [
    ['addr', host.address],
    ['addrtype', `ipv${host.family}`],
  ])
  yield `<host${attributes([['comment', writeUnmeasured(host.ports, host.unlisted)]])}>${status}\n${address}\n<hostnames>\n`
  for (const name of host.names) yield `${tag('hostname', [['name', name]])}\n`
  yield '</hostnames>\n'
  if (host.ports.length + host.unlisted.length > 0) {
    yield '<ports>'
    yield* writeExtraPorts(host.unlisted)
    for (const port of host.ports) if (port.state !== 'unmeasured') yield writePort(port, options)
    yield '</ports>\n'
  }
  yield `${writeTimes(host.ports)}</host>\n`
}

/** A state of nmap's, and the reason: up by the user's word is what nmap, too, says of a host that has not answered. */
function statusOf(host: ReportedHost): readonly [string, string] {
  if (host.isUp === null) return ['up', 'user-set']
  if (!host.isUp) return ['down', 'no-response']
  const answer = [...host.ports, ...host.unlisted].find(({ state }) => isAnswer(state))
  return ['up', answer?.reason ?? 'unknown-response']
}

/** One element a state, as ndiff wants it, with one of each reason in it. */
function* writeExtraPorts(unlisted: readonly UnlistedPorts[]): Generator<string, void, undefined> {
  const byState = new Map<PortState, UnlistedPorts[]>()
  for (const each of unlisted) {
    if (each.state === 'unmeasured') continue
    const known = byState.get(each.state)
    if (known === undefined) byState.set(each.state, [each])
    else known.push(each)
  }
  for (const [state, parts] of byState) {
    const count = parts.reduce((sum, part) => sum + part.count, 0)
    const head: Attributes = [
      ['state', state],
      ['count', count],
    ]
    yield `<extraports${attributes(head)}>\n`
    for (const part of parts) {
      const reason: Attributes = [
        ['reason', part.reason],
        ['count', part.count],
        ['proto', part.transport],
        ['ports', part.ports ?? null],
      ]
      yield `${tag('extrareasons', reason)}\n`
    }
    yield '</extraports>\n'
  }
}

function writePort(port: ReportedPort, { serviceNameOf }: WriteOptions): string {
  const head: Attributes = [
    ['protocol', port.transport],
    ['portid', port.port],
  ]
  const state = tag('state', [
    ['state', port.state],
    ['reason', port.reason],
    ['reason_ttl', 0],
  ])
  const service = writeNmapService(port.banner, serviceNameOf?.(port.port, port.transport) ?? null)
  const text = port.banner?.text ?? null
  const script: Attributes = [
    ['id', 'banner'],
    ['output', text],
  ]
  const inner = [state, service === null ? '' : tag('service', service), text === null ? '' : tag('script', script)]
  return `<port${attributes(head)}>${inner.join('')}</port>\n`
}

/** The round trips of a host in microseconds: their mean, mean deviation and the time to wait that follows (nmap's timing.cc). */
function writeTimes(ports: readonly ReportedPort[]): string {
  const trips = ports.flatMap(({ rttMs }) => (rttMs === null ? [] : [rttMs * MICROSECONDS]))
  if (trips.length === 0) return ''
  const mean = trips.reduce((sum, trip) => sum + trip, 0) / trips.length
  const deviation = trips.reduce((sum, trip) => sum + Math.abs(trip - mean), 0) / trips.length
  const times: Attributes = [
    ['srtt', Math.round(mean)],
    ['rttvar', Math.round(deviation)],
    ['to', Math.round(Math.max(TIMEOUT_MIN_US, mean + 4 * deviation))],
  ]
  return `${tag('times', times)}\n`
}

function seconds(timeMs: number): number {
  return Math.floor(timeMs / 1000)
}

function tag(name: string, values: Attributes): string {
  return `<${name}${attributes(values)}/>`
}

function attributes(values: Attributes): string {
  return values.map(([name, value]) => (value === null ? '' : ` ${name}="${escape(String(value))}"`)).join('')
}

function escape(text: string): string {
  const writable = text.toWellFormed().replace(UNWRITABLE, '\uFFFD')
  return writable.replace(/[&<>"\t\n\r]/g, (character) => ESCAPES.get(character) ?? character)
}
