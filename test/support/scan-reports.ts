/** Reports of scans as arbitraries, and as much of a report as each format holds. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { PORT_STATES, PROBE_TRANSPORTS, REASONS } from '../../src/probe/model.ts'
import type { Banner, PortState, ReportedHost, ReportedPort, ScanReport, UnlistedPorts } from '../../src/probe/model.ts'
import { formatIpv6 } from '../../src/probe/addresses.ts'
import { isAnswer, readReason } from '../../src/probe/formats/scan-words.ts'
import { makePortSet } from '../../src/probe/ports.ts'

const PLAIN = { noNullPrototype: true } as const
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null })

/** Printable text with what XML, tables and JSON each have to escape. */
const text = fc
  .string({ unit: fc.constantFrom(...'abz09 <>&"\'/|,;:()#%=é中\\-'.split('')), minLength: 1, maxLength: 12 })
  .filter((each) => each.trim() !== '')
const word = fc.constantFrom('ssh', 'http', 'ldap', 'x11', 'netinfo')
const name = fc.constantFrom('ada', 'ada.example', 'b-1.example', 'müller.example')
const port = fc.integer({ min: 0, max: 65_535 })
const seconds = fc.integer({ min: 1, max: 4_000_000_000 }).map((each) => each * 1000)

const ipv4 = fc.ipV4()
const ipv6 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((value) => formatIpv6(value)),
  fc.constantFrom('::1', 'fe80::1%eth0'),
)

export const banners: fc.Arbitrary<Banner> = fc.record(
  {
    service: optional(word),
    product: optional(text),
    version: optional(text),
    text: optional(text),
    tls: optional(
      fc.record(
        {
          protocol: fc.constantFrom('TLSv1.2', 'TLSv1.3'),
          alpn: optional(fc.constant('h2')),
          subject: text,
          issuer: text,
          names: fc.array(name, { maxLength: 3 }),
          validFrom: fc.constant('2026-01-01T00:00:00Z'),
          validTo: fc.constant('2027-01-01T00:00:00Z'),
        },
        PLAIN,
      ),
    ),
    details: fc.dictionary(fc.constantFrom('title', 'extrainfo', 'ostype', 'server'), text, PLAIN),
  },
  PLAIN,
)

const ports: fc.Arbitrary<readonly ReportedPort[]> = fc
  .uniqueArray(
    fc.record(
      {
        port,
        transport: fc.constantFrom(...PROBE_TRANSPORTS),
        state: fc.constantFrom(...PORT_STATES),
        reason: fc.constantFrom(...REASONS),
        rttMs: optional(fc.double({ min: 0, max: 10_000, noNaN: true }).map((each) => each + 0)),
        banner: optional(banners),
      },
      PLAIN,
    ),
    { selector: (each) => `${each.transport} ${each.port}`, maxLength: 12 },
  )
  .map((each) => each.toSorted(inOrder))

export function inOrder(one: ReportedPort, other: ReportedPort): number {
  return one.transport === other.transport ? one.port - other.port : one.transport < other.transport ? -1 : 1
}

type Counted = UnlistedPorts & { readonly named: readonly number[] | null }

function withPorts({ named, ...rest }: Counted): UnlistedPorts {
  if (named === null) return rest
  return { ...rest, count: named.length, ports: makePortSet(named).toText() }
}

const unlisted: fc.Arbitrary<readonly UnlistedPorts[]> = fc.uniqueArray(
  fc
    .record(
      {
        transport: fc.constantFrom(...PROBE_TRANSPORTS),
        state: fc.constantFrom(...PORT_STATES),
        reason: fc.constantFrom(...REASONS),
        count: fc.integer({ min: 1, max: 65_536 }),
        // Ports that are named are as many as are counted.
        named: optional(fc.uniqueArray(port, { minLength: 1, maxLength: 5 })),
      },
      PLAIN,
    )
    .map(withPorts),
  { selector: (each) => `${each.transport} ${each.state} ${each.reason}`, maxLength: 4 },
)

const hosts: fc.Arbitrary<readonly ReportedHost[]> = fc
  .uniqueArray(
    fc.oneof(
      ipv4.map((address) => ({ address, family: 4 as const })),
      ipv6.map((address) => ({ address, family: 6 as const })),
    ),
    { selector: ({ address }) => address, maxLength: 4 },
  )
  .chain((addresses) =>
    fc.tuple(
      ...addresses.map((each) =>
        fc
          .record(
            {
              names: fc.uniqueArray(name, { maxLength: 3 }),
              isUp: fc.constantFrom(true, false, null),
              ports,
              unlisted,
            },
            PLAIN,
          )
          .map((host) => answering({ ...each, ...host })),
      ),
    ),
  )

/** A host that has answered is up. */
function answering(host: ReportedHost): ReportedHost {
  return hasAnswered(host) ? { ...host, isUp: true } : host
}

function hasAnswered(host: Pick<ReportedHost, 'ports' | 'unlisted'>): boolean {
  return [...host.ports, ...host.unlisted].some(({ state }) => isAnswer(state))
}

const asked = optional(fc.uniqueArray(port, { minLength: 1, maxLength: 8 }).map((each) => makePortSet(each).toText()))

/** Reports as a scan gives them: a host that has answered is up. */
export const scanReports: fc.Arbitrary<ScanReport> = fc.record(
  {
    tool: fc.constantFrom('portolan', 'nmap', 'masscan'),
    toolVersion: optional(fc.constantFrom('7.93', '0.1.0', '1.0-BETA')),
    command: optional(text),
    startedMs: optional(seconds),
    endedMs: optional(seconds),
    isWhole: fc.boolean(),
    asked: fc.record({ tcp: asked, udp: asked }, PLAIN),
    isHalfOpen: fc.boolean(),
    hosts,
  },
  PLAIN,
)

/** What nmap's XML holds: no round trips, and of a banner what `service` and the script of that name have places for. */
export function heldByXml(report: ScanReport): ScanReport {
  const held = heldAsked(report)
  return {
    ...report,
    asked: held,
    isHalfOpen: report.isHalfOpen && (held.tcp ?? '') !== '',
    hosts: report.hosts.map(xmlHost),
  }
}

/** What nmap's formats hold of the ports asked for: none of a transport that is not named, where the other is. */
export function heldAsked({ asked: { tcp, udp } }: ScanReport): ScanReport['asked'] {
  const rest = tcp === null && udp === null ? null : ''
  return { tcp: tcp ?? rest, udp: udp ?? rest }
}

function xmlHost(host: ReportedHost): ReportedHost {
  return { ...host, ports: host.ports.map(xmlPort), unlisted: inXmlOrder(host.unlisted) }
}

function xmlPort(each: ReportedPort): ReportedPort {
  const isAsked = each.banner !== null && each.state !== 'unmeasured'
  return { ...each, rttMs: null, banner: isAsked ? xmlBanner(each.banner) : null }
}

function xmlBanner({ tls, details, ...rest }: Banner): Banner {
  const kept = Object.fromEntries(Object.entries(details).filter(([key]) => key === 'extrainfo' || key === 'ostype'))
  return { ...rest, tls: null, details: tls === null ? kept : { ...kept, tunnel: 'ssl' } }
}

/** Those of one state together, in the order of their first; what was not measured stands before all. */
function inXmlOrder(parts: readonly UnlistedPorts[]): readonly UnlistedPorts[] {
  const states: readonly PortState[] = ['unmeasured', ...parts.map(({ state }) => state)]
  return [...new Set(states)].flatMap((state) => parts.filter((part) => part.state === state))
}

/** What JSON holds: hosts with the ports that are listed. */
export function heldByJson(report: ScanReport): readonly ReportedHost[] {
  return report.hosts.filter((host) => host.ports.length > 0).map(jsonHost)
}

function jsonHost(host: ReportedHost): ReportedHost {
  return { ...host, isUp: hasAnswered({ ports: host.ports, unlisted: [] }) ? true : null, unlisted: [] }
}

/** What the grepable form holds of a host: states, one name, and of a banner one text. */
export function heldByGrepable(host: ReportedHost): ReportedHost {
  return { ...host, names: host.names.slice(0, 1), ports: host.ports.map(grepablePort) }
}

function grepablePort(each: ReportedPort): ReportedPort {
  const isMeasured = each.state !== 'unmeasured'
  return {
    ...each,
    rttMs: null,
    reason: isMeasured ? readReason(null, each.state, each.transport) : each.reason,
    banner: each.banner !== null && isMeasured ? grepableBanner(each.banner) : null,
  }
}

function grepableBanner({ service, product, version, tls, details }: Banner): Banner | null {
  const extra = details['extrainfo']
  const parts = [product, version, extra === undefined ? null : `(${extra})`].filter((part) => part !== null)
  if (parts.length === 0 && tls === null) return null
  return {
    service,
    product: parts.length === 0 ? null : parts.join(' ').replaceAll('/', '|'),
    version: null,
    text: null,
    tls: null,
    details: tls === null ? {} : { tunnel: 'ssl' },
  }
}

/** A file of test/fixtures/probe. */
export function probeFixture(file: string): Buffer {
  return readFileSync(new URL(`../fixtures/probe/${file}`, import.meta.url))
}
