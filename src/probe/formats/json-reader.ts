/** Reads JSON: Portolan's own answers, as an array or one a line, and masscan's (-oJ, -oD). */
import type { Banner, ReportedPort, ScanReport, TlsFacts } from '../model.ts'
import { LIMITS } from '../../core/index.ts'
import { FormatError, findLine } from './format-error.ts'
import { isRecord, readJsonObjects } from './json-objects.ts'
import { readMasscanBanner } from './masscan-banner.ts'
import { MasscanTimes, masscanReport } from './masscan-report.ts'
import { ReportBuilder, boundedText, readPort, textOrNull } from './report-builder.ts'
import type { HostDraft } from './report-builder.ts'
import { isPortState, isProbeTransport, readReason, readState } from './scan-words.ts'

type Fields = Readonly<Record<string, unknown>>

/** @throws FormatError for what is no JSON, or of another kind; a text that ends early gives what it holds. */
export function readJson(text: string): ScanReport {
  const reader = new JsonReader()
  const objects = readJsonObjects(text)
  for (;;) {
    const { value, done } = objects.next()
    if (done === true) return reader.finish(value)
    if (!reader.read(value.value))
      throw new FormatError(
        findLine(text, value.offset),
        "an object is neither Portolan's nor masscan's answer for a port",
      )
  }
}

class JsonReader {
  readonly #builder: ReportBuilder = new ReportBuilder()
  readonly #times: MasscanTimes = new MasscanTimes()
  #isMasscan = false
  #isFinished = false

  /** False for an object of another kind. */
  read(fields: Fields): boolean {
    if (fields['finished'] === 1) {
      this.#isFinished = true
      this.#isMasscan = true
      return true
    }
    return typeof fields['ip'] === 'string' ? this.#readMasscan(fields) : this.#readOwn(fields)
  }

  finish(isClosed: boolean): ScanReport {
    const report = masscanReport(this.#builder, this.#times, isClosed || this.#isFinished)
    return this.#isMasscan ? report : { ...report, tool: 'portolan' }
  }

  /** A record of -oJ holds its ports in a list, one of -oD is of one. */
  #readMasscan(fields: Fields): boolean {
    const host = this.#builder.host(textIn(fields, 'ip'))
    if (host === null) return false
    this.#isMasscan = true
    this.#times.add(fields['timestamp'])
    const { ports, data } = fields
    if (Array.isArray(ports)) return ports.every((each) => isRecord(each) && readMasscanPort(each, host))
    if (!isRecord(data)) return false
    const service = fields['rec_type'] === 'banner' ? { name: data['service_name'], banner: data['banner'] } : undefined
    return readMasscanPort({ ...data, port: fields['port'], proto: fields['proto'], service }, host)
  }

  #readOwn(fields: Fields): boolean {
    const port = portIn(fields)
    const [transport, state] = [textIn(fields, 'transport'), textIn(fields, 'state')]
    const host = port === null || !isProbeTransport(transport) ? null : this.#builder.host(textIn(fields, 'host'))
    if (host === null || port === null || !isProbeTransport(transport) || !isPortState(state)) return false
    for (const name of textsIn(fields, 'names')) host.addName(name)
    const { rttMs } = fields
    host.addPort({
      port,
      transport,
      state,
      reason: readReason(textIn(fields, 'reason'), state, transport),
      rttMs: typeof rttMs === 'number' && Number.isFinite(rttMs) && rttMs >= 0 ? rttMs : null,
      banner: isRecord(fields['banner']) ? readOwnBanner(fields['banner']) : null,
    })
    return true
  }
}

function readMasscanPort(fields: Fields, host: HostDraft): boolean {
  const port = portIn(fields)
  const transport = textIn(fields, 'proto')
  if (port === null || transport === '') return false
  if (!isProbeTransport(transport)) return true
  const { service, status } = fields
  const isBanner = isRecord(service)
  if (!isBanner && typeof status !== 'string') return false
  // What was said was said by an open port.
  const state: ReportedPort['state'] = isBanner ? 'open' : readState(textIn(fields, 'status'))
  const banner = isBanner ? readMasscanBanner(textIn(service, 'name'), textIn(service, 'banner')) : null
  const reason = readReason(textIn(fields, 'reason'), state, transport)
  host.addPort({ port, transport, state, reason, rttMs: null, banner })
  return true
}

function readOwnBanner(fields: Fields): Banner {
  const details: Record<string, string> = {}
  const given = isRecord(fields['details']) ? Object.entries(fields['details']) : []
  for (const [key, value] of given.slice(0, LIMITS.reportNames))
    // A name of an object's own workings is no word of a protocol.
    if (typeof value === 'string' && key !== '__proto__') details[boundedText(key)] = boundedText(value)
  return {
    service: textOrNull(textIn(fields, 'service')),
    product: textOrNull(textIn(fields, 'product')),
    version: textOrNull(textIn(fields, 'version')),
    text: textOrNull(textIn(fields, 'text')),
    tls: isRecord(fields['tls']) ? readTls(fields['tls']) : null,
    details,
  }
}

function readTls(fields: Fields): TlsFacts {
  return {
    protocol: boundedText(textIn(fields, 'protocol')),
    alpn: textOrNull(textIn(fields, 'alpn')),
    subject: boundedText(textIn(fields, 'subject')),
    issuer: boundedText(textIn(fields, 'issuer')),
    names: textsIn(fields, 'names').map((name) => boundedText(name)),
    validFrom: boundedText(textIn(fields, 'validFrom')),
    validTo: boundedText(textIn(fields, 'validTo')),
  }
}

/** Empty where it is no text. */
function textIn(fields: Fields, key: string): string {
  const value = fields[key]
  return typeof value === 'string' ? value : ''
}

function textsIn(fields: Fields, key: string): readonly string[] {
  const value = fields[key]
  if (!Array.isArray(value)) return []
  return value.slice(0, LIMITS.reportNames).filter((each): each is string => typeof each === 'string')
}

function portIn(fields: Fields): number | null {
  const { port } = fields
  return typeof port === 'number' ? readPort(String(port)) : null
}
