/** What nmap's two formats say alike: who scanned, when, how it ended, and what was not measured. */
import { LIMITS, printable } from '../../core/index.ts'
import type { ReportedHost, ReportedPort, ScanReport, UnlistedPorts } from '../model.ts'
import { makePortSet, readPortText } from '../ports.ts'
import type { HostDraft } from './report-builder.ts'
import { isProbeTransport, readReason } from './scan-words.ts'

/** What both writers may be told. */
export interface WriteOptions {
  /** The name that a port is registered for, as nmap's own table gives it; null for none. */
  readonly serviceNameOf?: (port: number, transport: 'tcp' | 'udp') => string | null
}

const NO_VERSION = 'unknown'

/** The version in nmap's place for it: another tool than nmap stands before its own. */
export function writeTool({ tool, toolVersion }: Pick<ScanReport, 'tool' | 'toolVersion'>): string {
  const version = printable(toolVersion ?? NO_VERSION)
  return tool === 'nmap' ? version : `${tool} ${version}`
}

/** What `writeTool` wrote, or nmap's version. */
export function readTool(text: string): Pick<ScanReport, 'tool' | 'toolVersion'> {
  const [, tool, own] = /^(portolan|masscan) (.*)$/s.exec(text) ?? []
  const version = printable(own ?? text).slice(0, LIMITS.reportTextChars)
  return {
    tool: tool === 'portolan' || tool === 'masscan' ? tool : 'nmap',
    toolVersion: version === NO_VERSION || version === '' ? null : version,
  }
}

/** A command line from a file; null for an empty one. */
export function readCommand(text: string): string | null {
  return text === '' ? null : printable(text.slice(0, LIMITS.commandChars)).slice(0, LIMITS.commandChars)
}

/** In the form of C's ctime, with its zone, which nmap leaves to be guessed. */
export function formatTime(timeMs: number | null): string {
  if (timeMs === null) return 'an unknown time'
  const [day = '', date = '', month = '', year = '', time = ''] = new Date(timeMs).toUTCString().split(' ')
  return `${day.slice(0, 3)} ${month} ${date} ${time} ${year} UTC`
}

/** Seconds that the scan took, with two digits as nmap writes them; 0 where it is not known. */
export function elapsedSeconds({ startedMs, endedMs }: ScanReport): string {
  const elapsed = startedMs === null || endedMs === null ? 0 : Math.max(0, endedMs - startedMs)
  return (elapsed / 1000).toFixed(2)
}

export interface HostCounts {
  up: number
  down: number
  unmeasured: number
}

export function countHosts(hosts: readonly ReportedHost[]): HostCounts {
  const counts = { up: 0, down: 0, unmeasured: 0 }
  for (const host of hosts) {
    if (host.isUp === false) counts.down += 1
    else counts.up += 1
    for (const { state } of host.ports) if (state === 'unmeasured') counts.unmeasured += 1
    for (const { state, count } of host.unlisted) if (state === 'unmeasured') counts.unmeasured += count
  }
  return counts
}

/** How it ended, in nmap's words and what it has none for. */
export function summaryOf(report: ScanReport): string {
  const { up, down, unmeasured } = countHosts(report.hosts)
  const total = up + down
  const hosts = `${total} IP address${total === 1 ? '' : 'es'} (${up} host${up === 1 ? '' : 's'} up)`
  const left = unmeasured === 0 ? '' : `; ${unmeasured} port${unmeasured === 1 ? '' : 's'} not measured`
  const end = report.isWhole ? '' : '; it broke off before its end'
  return `${hosts} scanned in ${elapsedSeconds(report)} seconds${left}${end}`
}

const UNMEASURED_MARK = 'not measured: '

/**
 * The ports of a host that were not measured, which nmap has no state for: `not measured: tcp 1-5,9 (cancelled); 80 more of udp
 * (time-out)`. Null where all were.
 */
export function writeUnmeasured(ports: readonly ReportedPort[], unlisted: readonly UnlistedPorts[]): string | null {
  const listed = new Map<string, { readonly head: string; readonly reason: string; readonly ports: number[] }>()
  for (const { transport, port, state, reason } of ports) {
    if (state !== 'unmeasured') continue
    const key = `${transport} ${reason}`
    const known = listed.get(key)
    if (known === undefined) listed.set(key, { head: transport, reason, ports: [port] })
    else known.ports.push(port)
  }
  const parts = [...listed.values()].map((each) => `${each.head} ${makePortSet(each.ports).toText()} (${each.reason})`)
  for (const { transport, state, reason, count, ports: named } of unlisted)
    if (state === 'unmeasured')
      parts.push(`${count} more of ${transport}${named === undefined ? '' : ` ${named}`} (${reason})`)
  return parts.length === 0 ? null : UNMEASURED_MARK + parts.join('; ')
}

/** Adds what `writeUnmeasured` wrote to a host; another text adds nothing. */
export function readUnmeasured(text: string, host: HostDraft): void {
  if (!text.startsWith(UNMEASURED_MARK)) return
  for (const part of text.slice(UNMEASURED_MARK.length).split('; ')) {
    const [, count, transport = '', ports = '', word = ''] =
      /^(?:(\d{1,6}) more of )?(tcp|udp)(?: ([\d,-]+))? \(([a-z-]+)\)$/.exec(part) ?? []
    if (!isProbeTransport(transport)) continue
    const state = 'unmeasured'
    const reason = readReason(word, state, transport)
    const set = ports === '' ? null : readPortText(ports)
    if (count !== undefined) {
      host.addUnlisted({
        transport,
        state,
        reason,
        count: Number(count),
        ...(set === null ? {} : { ports: set.toText() }),
      })
      continue
    }
    for (let index = 0; index < (set?.size ?? 0); index += 1)
      host.addPort({ transport, port: set?.at(index) ?? 0, state, reason, rttMs: null, banner: null })
  }
}
