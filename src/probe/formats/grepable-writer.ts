/** Writes nmap's grepable form (-oG): a line a host, fields with tabs between, ports as `22/open/tcp//ssh//OpenSSH 9.2p1/`. */
import { printable } from '../../core/index.ts'
import type { PortState, ReportedHost, ReportedPort, ScanReport } from '../model.ts'
import { readPortText } from '../ports.ts'
import { isTunnelled } from './nmap-service.ts'
import { formatTime, summaryOf, writeUnmeasured } from './nmap-words.ts'
import type { WriteOptions } from './nmap-words.ts'

const TOOL_NAMES: Readonly<Record<ScanReport['tool'], string>> = {
  nmap: 'Nmap',
  masscan: 'Masscan',
  portolan: 'Portolan',
}

/** The pieces of the file, in order; what broke off before its end has no last line, as with nmap. */
export function* writeGrepable(report: ScanReport, options: WriteOptions = {}): Generator<string, void, undefined> {
  const tool = TOOL_NAMES[report.tool]
  const version = report.toolVersion === null ? 'unknown' : printable(report.toolVersion).replaceAll(' ', '_')
  const command = report.command === null ? '' : ` as: ${printable(report.command)}`
  yield `# ${tool} ${version} scan initiated ${formatTime(report.startedMs)}${command}\n`
  const { tcp, udp } = report.asked
  // What no word is of was not asked for, where there is a word of the other.
  if (tcp !== null || udp !== null)
    yield `# Ports scanned: TCP(${portsField(tcp)}) UDP(${portsField(udp)}) SCTP(0;) PROTOCOLS(0;)\n`
  for (const host of report.hosts) yield* writeHost(host, options)
  yield report.isWhole
    ? `# ${tool} done at ${formatTime(report.endedMs)} -- ${summaryOf(report)}\n`
    : `# ${tool} broke off: ${summaryOf(report)}\n`
}

function portsField(ports: string | null): string {
  return `${readPortText(ports ?? '')?.size ?? 0};${ports ?? ''}`
}

function* writeHost(host: ReportedHost, options: WriteOptions): Generator<string, void, undefined> {
  const [name = ''] = host.names
  // A name with a space or a parenthesis would end its field.
  const head = `Host: ${host.address} (${/^[^\s()]*$/.test(name) ? name : ''})`
  yield `${head}\tStatus: ${host.isUp === null ? 'Unknown' : host.isUp ? 'Up' : 'Down'}\n`
  const unmeasured = writeUnmeasured(host.ports, host.unlisted)
  if (unmeasured !== null) yield `# ${host.address} ${unmeasured}\n`
  if (host.ports.length + host.unlisted.length === 0) return
  const counts = new Map<PortState, number>()
  for (const { state, count } of host.unlisted)
    if (state !== 'unmeasured') counts.set(state, (counts.get(state) ?? 0) + count)
  const ports = host.ports.flatMap((port) => (port.state === 'unmeasured' ? [] : [portField(port, options)]))
  const ignored = [...counts].map(([state, count]) => `\tIgnored State: ${state} (${count})`)
  yield `${head}\tPorts: ${ports.join(', ')}${ignored.join('')}\n`
}

function portField({ port, transport, state, banner }: ReportedPort, { serviceNameOf }: WriteOptions): string {
  const registered = serviceNameOf?.(port, transport) ?? ''
  const name = banner === null ? registered : (banner.service ?? 'unknown')
  const tunnel = banner !== null && isTunnelled(banner) ? 'ssl|' : ''
  return `${port}/${state}/${transport}//${fieldOf(tunnel + name)}//${fieldOf(versionOf(banner))}/`
}

/** Product, version and more in one, as nmap has it. */
function versionOf(banner: ReportedPort['banner']): string {
  const extra = banner?.details['extrainfo']
  const parts = [banner?.product, banner?.version, extra === undefined ? null : `(${extra})`]
  return parts.filter((part) => part !== null && part !== undefined && part !== '').join(' ')
}

/** nmap writes a bar for a slash, which ends a field. */
function fieldOf(text: string): string {
  return printable(text).replaceAll('/', '|')
}
