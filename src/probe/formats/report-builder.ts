/**
 * Puts together the hosts of a report in whatever order a file speaks of them: masscan has a record a port, and another for
 * what it said.
 */
import { isIPv4 } from 'node:net'
import { LIMITS, printable } from '../../core/index.ts'
import { formatZoned, parseZoned } from '../addresses.ts'
import { PROBE_TRANSPORTS, portKey } from '../model.ts'
import type { Banner, ProbeTransport, ReportedHost, ReportedPort, UnlistedPorts } from '../model.ts'
import { FormatError } from './format-error.ts'
import { isAnswer } from './scan-words.ts'

const PORT_MAX = 65_535

/** Text from a report's file: made printable, and no longer than anybody reads. */
export function boundedText(text: string): string {
  return printable(text.slice(0, LIMITS.reportTextChars)).slice(0, LIMITS.reportTextChars)
}

/** As above; null for none. */
export function textOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined || text === '' ? null : boundedText(text)
}

/** A port's number; null for another text. */
export function readPort(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1
  return port >= 0 && port <= PORT_MAX ? port : null
}

export class ReportBuilder {
  readonly #hosts: Map<string, HostDraft> = new Map()
  readonly #hostsMax: number
  readonly #portsMax: number
  #ports = 0

  constructor(hostsMax: number = LIMITS.reportHosts, portsMax: number = LIMITS.reportPorts) {
    this.#hostsMax = hostsMax
    this.#portsMax = portsMax
  }

  /**
   * The draft of a host; the same one for all forms of its address, null where the text is no address.
   * @throws FormatError for more hosts than a report may have
   */
  host(text: string): HostDraft | null {
    const known = this.#hosts.get(text)
    if (known !== undefined) return known
    const found = readAddress(text)
    if (found === null) return null
    const same = this.#hosts.get(found.address)
    if (same !== undefined) return same
    if (this.#hosts.size === this.#hostsMax)
      throw new FormatError(null, `it has more than ${this.#hostsMax} hosts`, 'too-large')
    const draft = new HostDraft(found.address, found.family, this.#count)
    this.#hosts.set(found.address, draft)
    return draft
  }

  build(): readonly ReportedHost[] {
    return [...this.#hosts.values()].map((draft) => draft.build())
  }

  /** One for all hosts, of which there may be a million. */
  readonly #count = (): void => {
    this.#ports += 1
    if (this.#ports > this.#portsMax)
      throw new FormatError(null, `it has more than ${this.#portsMax} ports`, 'too-large')
  }
}

export class HostDraft {
  readonly address: string
  readonly family: 4 | 6
  /** What the file itself says of it. */
  isUp: boolean | null = null
  readonly #names: string[] = []
  readonly #ports: Map<number, ReportedPort> = new Map()
  readonly #unlisted: UnlistedPorts[] = []
  readonly #count: () => void

  constructor(address: string, family: 4 | 6, count: () => void) {
    this.address = address
    this.family = family
    this.#count = count
  }

  addName(name: string): void {
    const text = boundedText(name)
    if (text !== '' && this.#names.length < LIMITS.reportNames && !this.#names.includes(text)) this.#names.push(text)
  }

  /** Adds what is said of a port to what is known of it: a later word goes before an earlier one, and any before none. */
  addPort(port: ReportedPort): void {
    const key = portKey(port.transport, port.port)
    const before = this.#ports.get(key)
    if (before === undefined) this.#count()
    this.#ports.set(key, before === undefined ? port : joinPorts(before, port))
  }

  addUnlisted(unlisted: UnlistedPorts): void {
    if (this.#unlisted.length < LIMITS.reportUnlisted) this.#unlisted.push(unlisted)
  }

  countOf(transport: ProbeTransport): number {
    let count = 0
    for (const port of this.#ports.values()) if (port.transport === transport) count += 1
    return count
  }

  /** The transport of a port that is listed with one; null for none. */
  transportOf(port: number): ProbeTransport | null {
    return PROBE_TRANSPORTS.find((transport) => this.#ports.has(portKey(transport, port))) ?? null
  }

  build(): ReportedHost {
    const keys = [...this.#ports.keys()].toSorted((a, b) => a - b)
    const ports = keys.flatMap((key) => this.#ports.get(key) ?? [])
    const hasAnswered = [...ports, ...this.#unlisted].some(({ state }) => isAnswer(state))
    return {
      address: this.address,
      family: this.family,
      names: this.#names,
      isUp: hasAnswered ? true : this.isUp,
      ports,
      unlisted: this.#unlisted,
    }
  }
}

function joinPorts(before: ReportedPort, after: ReportedPort): ReportedPort {
  const banner = joinBanners(before.banner, after.banner)
  if (after.state === before.state || after.state === 'unmeasured') return { ...before, banner }
  return { ...after, banner }
}

function joinBanners(before: Banner | null, after: Banner | null): Banner | null {
  if (before === null || after === null) return after ?? before
  return {
    service: after.service ?? before.service,
    product: after.product ?? before.product,
    version: after.version ?? before.version,
    text: before.text ?? after.text,
    tls: after.tls ?? before.tls,
    details: { ...before.details, ...after.details },
  }
}

function readAddress(text: string): { readonly address: string; readonly family: 4 | 6 } | null {
  if (isIPv4(text)) return { address: text, family: 4 }
  const zoned = parseZoned(text)
  return zoned === null ? null : { address: formatZoned(zoned.value, zoned.zone), family: 6 }
}
