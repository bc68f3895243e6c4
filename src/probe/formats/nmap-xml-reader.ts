/**
 * Reads nmap's XML (nmap.dtd, xmloutputversion 1.0 to 1.05) and masscan's, which is made after it.
 *
 * Scripts, operating systems, traces and hosts' hardware addresses are passed over. So are ports of other transports than TCP
 * and UDP.
 */
import type { ProbeTransport, ReportedPort, ScanReport } from '../model.ts'
import { readPortText } from '../ports.ts'
import { FormatError } from './format-error.ts'
import { readMasscanBanner } from './masscan-banner.ts'
import { readNmapService } from './nmap-service.ts'
import { readCommand, readTool, readUnmeasured } from './nmap-words.ts'
import { ReportBuilder, boundedText, readPort, textOrNull } from './report-builder.ts'
import type { HostDraft } from './report-builder.ts'
import { isProbeTransport, readReason, readState } from './scan-words.ts'
import { addUnlistedPorts } from './unlisted.ts'
import type { UnlistedPart } from './unlisted.ts'
import { XmlReader } from './xml-reader.ts'

/** @throws FormatError for what is malformed, or no nmap's XML; a text that ends early gives what it holds. */
export function readNmapXml(text: string): ScanReport {
  const reader = new XmlReader(text)
  const event = reader.next()
  if (event !== 'start') throw new FormatError(reader.line, "it ends before <nmaprun>, the root of nmap's XML")
  if (reader.name !== 'nmaprun')
    throw new FormatError(
      reader.line,
      `it is XML of another kind: <${boundedText(reader.name)}> stands where <nmaprun> should`,
    )
  return new RunReader(reader).read()
}

type Answer = Pick<ReportedPort, 'state' | 'reason'>

class RunReader {
  readonly #reader: XmlReader
  readonly #builder: ReportBuilder = new ReportBuilder()
  #asked: Record<ProbeTransport, string | null> = { tcp: null, udp: null }
  #startedMs: number | null = null
  #endedMs: number | null = null
  #hasFinished = false
  #isHalfOpen = false

  constructor(reader: XmlReader) {
    this.#reader = reader
  }

  read(): ScanReport {
    const reader = this.#reader
    const isMasscan = reader.attribute('scanner') === 'masscan'
    const version = reader.attribute('version') ?? ''
    const command = readCommand(reader.attribute('args') ?? '')
    this.#startedMs = readSeconds(reader.attribute('start'))
    const isClosed = this.#eachChild((name) => this.#readPart(name)) && reader.next() === 'whole'
    const { tcp, udp } = this.#asked
    // What no word is of was not asked for, where there is a word of the other.
    const rest = tcp === null && udp === null ? null : ''
    return {
      ...readTool(isMasscan ? `masscan ${version}` : version),
      command,
      startedMs: this.#startedMs,
      endedMs: this.#endedMs,
      isWhole: isClosed && this.#hasFinished,
      asked: { tcp: tcp ?? rest, udp: udp ?? rest },
      isHalfOpen: this.#isHalfOpen,
      hosts: this.#builder.build(),
    }
  }

  /** Has each element of the one that has begun read to its end; false when the text ends before. */
  #eachChild(read: (name: string) => boolean): boolean {
    const { depth } = this.#reader
    for (;;) {
      const event = this.#reader.next()
      if (event === 'cut' || event === 'whole') return false
      if (event === 'end' && this.#reader.depth < depth) return true
      if (event === 'start' && !read(this.#reader.name)) return false
    }
  }

  #readPart(name: string): boolean {
    if (name === 'host') return this.#readHost()
    if (name === 'scaninfo') this.#readScanInfo()
    if (name === 'runstats') return this.#eachChild((each) => this.#readRunStats(each))
    return this.#reader.skipElement()
  }

  #readScanInfo(): void {
    const protocol = this.#reader.attribute('protocol') ?? ''
    const services = this.#reader.attribute('services')
    if (protocol === 'tcp') this.#isHalfOpen = this.#reader.attribute('type') === 'syn'
    if (services === null || !isProbeTransport(protocol)) return
    this.#asked[protocol] = readPortText(services)?.toText() ?? null
  }

  #readRunStats(name: string): boolean {
    if (name === 'finished') {
      this.#endedMs = readSeconds(this.#reader.attribute('time'))
      this.#hasFinished = this.#reader.attribute('exit') !== 'error'
    }
    return this.#reader.skipElement()
  }

  #readHost(): boolean {
    const reader = this.#reader
    const comment = reader.attribute('comment')
    const found: { isUp: boolean | null; host: HostDraft | null } = { isUp: null, host: null }
    const unlisted: UnlistedPart[] = []
    const isClosed = this.#eachChild((name) => {
      if (name === 'status') found.isUp = this.#readStatus()
      if (name === 'address') found.host ??= this.#readAddress()
      if (name === 'hostnames') return this.#eachChild(() => this.#readName(found.host))
      if (name !== 'ports') return reader.skipElement()
      const host = requireHost(found.host, reader)
      return this.#eachChild((each) => this.#readInPorts(each, host, unlisted))
    })
    // The address may be what the text broke off before.
    if (!isClosed && found.host === null) return false
    const host = requireHost(found.host, reader)
    host.isUp = found.isUp
    if (comment !== null) readUnmeasured(comment, host)
    addUnlistedPorts(host, unlisted, this.#asked)
    return isClosed
  }

  /** Up by the word of the user (`-Pn`) is not known to be up. */
  #readStatus(): boolean | null {
    const state = this.#reader.attribute('state')
    if (state === 'up') return this.#reader.attribute('reason') === 'user-set' ? null : true
    return state === 'down' ? false : null
  }

  #readAddress(): HostDraft | null {
    if (this.#reader.attribute('addrtype') === 'mac') return null
    const address = this.#reader.attribute('addr') ?? ''
    const host = this.#builder.host(address)
    if (host === null) throw new FormatError(this.#reader.line, `${boundedText(address)} is no address of a host`)
    return host
  }

  #readName(host: HostDraft | null): boolean {
    host?.addName(this.#reader.attribute('name') ?? '')
    return this.#reader.skipElement()
  }

  #readInPorts(name: string, host: HostDraft, unlisted: UnlistedPart[]): boolean {
    if (name === 'port') return this.#readPort(host)
    return name === 'extraports' ? this.#readExtraPorts(unlisted) : this.#reader.skipElement()
  }

  #readExtraPorts(unlisted: UnlistedPart[]): boolean {
    const state = readState(this.#reader.attribute('state') ?? '')
    const count = this.#readCount()
    const parts: UnlistedPart[] = []
    const isClosed = this.#eachChild((name) => {
      if (name === 'extrareasons') {
        const ports = readPortText(this.#reader.attribute('ports') ?? '')?.toText() ?? ''
        const [word, protocol] = [this.#reader.attribute('reason'), this.#reader.attribute('proto')]
        parts.push({ state, word, protocol, count: this.#readCount(), ports: ports === '' ? null : ports })
      }
      return this.#reader.skipElement()
    })
    // Reasons came with nmap 4.50, their transports and ports with 7.90.
    unlisted.push(...(parts.length === 0 ? [{ state, word: null, protocol: null, count, ports: null }] : parts))
    return isClosed
  }

  #readCount(): number {
    const text = this.#reader.attribute('count') ?? ''
    if (!/^\d{1,6}$/.test(text)) throw new FormatError(this.#reader.line, `${boundedText(text)} is no number of ports`)
    return Number(text)
  }

  #readPort(host: HostDraft): boolean {
    const reader = this.#reader
    const transport = reader.attribute('protocol') ?? ''
    if (!isProbeTransport(transport)) return reader.skipElement()
    const number = reader.attribute('portid') ?? ''
    const port = readPort(number)
    if (port === null) throw new FormatError(reader.line, `${boundedText(number)} is no port`)
    const found: { answer: Answer | null; banner: ReportedPort['banner'] } = { answer: null, banner: null }
    const isClosed = this.#eachChild((name) => {
      if (name === 'state') {
        const state = readState(reader.attribute('state') ?? '')
        found.answer = { state, reason: readReason(reader.attribute('reason'), state, transport) }
      } else if (name === 'service') found.banner = this.#readService()
      else if (name === 'script' && reader.attribute('id') === 'banner')
        found.banner = withText(found.banner, textOrNull(reader.attribute('output')))
      return reader.skipElement()
    })
    if (found.answer !== null) host.addPort({ port, transport, ...found.answer, rttMs: null, banner: found.banner })
    return isClosed
  }

  #readService(): ReportedPort['banner'] {
    const said = this.#reader.attribute('banner')
    if (said !== null) return readMasscanBanner(this.#reader.attribute('name') ?? '', said)
    return readNmapService((key) => this.#reader.attribute(key))
  }
}

function withText(banner: ReportedPort['banner'], text: string | null): ReportedPort['banner'] {
  if (text === null) return banner
  const none = { service: null, product: null, version: null, tls: null, details: {} }
  return { ...(banner ?? none), text }
}

function requireHost(host: HostDraft | null, reader: XmlReader): HostDraft {
  if (host === null) throw new FormatError(reader.line, 'a host has no address before its ports or its end')
  return host
}

function readSeconds(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,10}$/.test(text) ? Number(text) * 1000 : null
}
