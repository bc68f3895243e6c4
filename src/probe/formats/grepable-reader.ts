/**
 * Reads nmap's grepable output (-oG) and masscan's, which is made after it: a line a host, fields with tabs between.
 *
 * What the format does not hold: reasons, a service's product apart from its version, times with their zone.
 */
import type { Banner, PortState, ProbeTransport, ScanReport } from '../model.ts'
import { readPortText } from '../ports.ts'
import { FormatError } from './format-error.ts'
import { readMasscanBanner } from './masscan-banner.ts'
import { readCommand, readUnmeasured } from './nmap-words.ts'
import { ReportBuilder, boundedText, readPort, textOrNull } from './report-builder.ts'
import type { HostDraft } from './report-builder.ts'
import { isPortState, isProbeTransport, readReason, readState } from './scan-words.ts'
import { linesOf } from './text-lines.ts'
import { addUnlistedPorts } from './unlisted.ts'
import type { UnlistedPart } from './unlisted.ts'

const HEAD = /^# (Nmap|Masscan|Portolan) (\S+) scan initiated (.*?)(?: as: (.*))?$/
const ASKED = /^# Ports scanned: TCP\(\d*;([\d,-]*)\) UDP\(\d*;([\d,-]*)\)/
const DONE = /^# (?:Nmap|Masscan|Portolan) done at (.*?)(?: -- .*)?$/
const UNMEASURED = /^# (\S+) (not measured: .*)$/
const HOST = /^(?:Timestamp: \d+\t)?Host: (\S+) \(([^\t]*)\)(?:\t|$)/
/** Between two ports. Fields have no slash of their own, so that no text within one looks like it. */
const ENTRY = /, (?=\d+\/[a-z|]+\/[a-z]+\/)/
const TOOLS = { Nmap: 'nmap', Masscan: 'masscan', Portolan: 'portolan' } as const

/** @throws FormatError for a line that is none of the format; the last one, where its end is missing, is left out. */
export function readGrepable(text: string): ScanReport {
  return new GrepableReader().read(text)
}

class GrepableReader {
  readonly #builder: ReportBuilder = new ReportBuilder()
  readonly #unlisted: { readonly host: HostDraft; readonly part: UnlistedPart }[] = []
  #tool: ScanReport['tool'] = 'nmap'
  #toolVersion: string | null = null
  #command: string | null = null
  #startedMs: number | null = null
  #endedMs: number | null = null
  #asked: Record<ProbeTransport, string | null> = { tcp: null, udp: null }
  #isDone = false

  read(text: string): ScanReport {
    for (const { line, number } of linesOf(text)) {
      if (line.startsWith('#')) this.#readComment(line)
      else if (line.trim() !== '') this.#readHost(line, number)
    }
    const asked = this.#asked
    const only = this.#onlyTransport()
    for (const { host, part } of this.#unlisted) addUnlistedPorts(host, [part], asked, only)
    return {
      tool: this.#tool,
      toolVersion: this.#toolVersion,
      command: this.#command,
      startedMs: this.#startedMs,
      endedMs: this.#endedMs,
      isWhole: this.#isDone,
      asked,
      // It is not written there.
      isHalfOpen: false,
      hosts: this.#builder.build(),
    }
  }

  #readComment(line: string): void {
    const [, tool, version, started = '', command] = HEAD.exec(line) ?? []
    if (tool === 'Nmap' || tool === 'Masscan' || tool === 'Portolan') {
      this.#tool = TOOLS[tool]
      this.#toolVersion = version === 'unknown' ? null : textOrNull(version)
      this.#command = readCommand(command ?? '')
      this.#startedMs = readTime(started)
    }
    const [, tcp, udp] = ASKED.exec(line) ?? []
    if (tcp !== undefined && udp !== undefined)
      this.#asked = { tcp: readPortText(tcp)?.toText() ?? null, udp: readPortText(udp)?.toText() ?? null }
    const done = DONE.exec(line)
    if (done !== null) {
      this.#isDone = true
      this.#endedMs = readTime(done[1] ?? '')
    }
    const [, address = '', unmeasured] = UNMEASURED.exec(line) ?? []
    const host = unmeasured === undefined ? null : this.#builder.host(address)
    if (host !== null) readUnmeasured(unmeasured ?? '', host)
  }

  /** The one transport that the command scanned, where no line tells: nmap writes its ports only with -v. */
  #onlyTransport(): ProbeTransport | null | undefined {
    if (this.#asked.tcp !== null || this.#asked.udp !== null || this.#command === null) return undefined
    const scans = [...this.#command.matchAll(/(?:^| )-s([A-Z]+)(?= |$)/g)].map((found) => found[1] ?? '').join('')
    if (!scans.includes('U')) return 'tcp'
    return /[STAWMNFX]/.test(scans) ? null : 'udp'
  }

  #readHost(line: string, number: number): void {
    const found = HOST.exec(line)
    const host = this.#builder.host(found?.[1] ?? '')
    if (found === null || host === null)
      throw new FormatError(
        number,
        "a line stands there that is none of nmap's grepable output (Host: ADDRESS (NAME) …)",
      )
    host.addName(found[2] ?? '')
    const fields = new Map<string, string>()
    for (const field of line.slice(found[0].length).split('\t')) {
      const colon = field.indexOf(': ')
      const [name, value] = [field.slice(0, colon), field.slice(colon + 2)]
      if (name === 'Status') host.isUp = value === 'Up' ? true : value === 'Down' ? false : null
      else if (name === 'Ports') this.#readPorts(value, host, number)
      else if (name === 'Ignored State') this.#readIgnored(value, host)
      else if (colon !== -1) fields.set(name, value)
    }
    this.#readBanner(fields, host)
  }

  #readPorts(value: string, host: HostDraft, line: number): void {
    for (const entry of value.split(ENTRY)) {
      if (entry.trim() === '') continue
      const [number = '', word = '', transport = '', , service = '', , version = ''] = entry.split('/')
      const port = readPort(number)
      if (port === null || word === '' || transport === '')
        throw new FormatError(line, `${boundedText(entry)} is no port with its state and transport`)
      if (!isProbeTransport(transport)) continue
      const state = readState(word)
      const reason = readReason(null, state, transport)
      host.addPort({ port, transport, state, reason, rttMs: null, banner: readService(service, version) })
    }
  }

  #readIgnored(value: string, host: HostDraft): void {
    const [, word = '', count = ''] = /^(\S+) \((\d{1,6})\)$/.exec(value) ?? []
    if (word === '') return
    const state: PortState = isPortState(word) ? word : 'unmeasured'
    this.#unlisted.push({ host, part: { state, word: null, protocol: null, count: Number(count), ports: null } })
  }

  /** masscan's line of a banner, which does not say its transport: it is that of a port that is listed. */
  #readBanner(fields: ReadonlyMap<string, string>, host: HostDraft): void {
    const port = readPort(fields.get('Port') ?? '')
    const [kind, text] = [fields.get('Service'), fields.get('Banner')]
    if (port === null || kind === undefined || text === undefined) return
    const transport = host.transportOf(port) ?? 'tcp'
    const reason = readReason(null, 'open', transport)
    host.addPort({ port, transport, state: 'open', reason, rttMs: null, banner: readMasscanBanner(kind, text) })
  }
}

/** A name alone may be that of nmap's table, and says nothing of the service. */
function readService(service: string, version: string): Banner | null {
  const [, tunnel, name = ''] = /^(ssl\|)?(.*)$/.exec(service) ?? []
  if (version === '' && tunnel === undefined) return null
  return {
    service: name === 'unknown' ? null : textOrNull(name.replace(/\?$/, '')),
    product: textOrNull(version),
    version: null,
    text: null,
    tls: null,
    details: tunnel === undefined ? {} : { tunnel: 'ssl' },
  }
}

/** nmap's times have no zone, and cannot be placed; Portolan's have. */
function readTime(text: string): number | null {
  const time = text.endsWith(' UTC') ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : time
}
