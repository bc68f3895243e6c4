/**
 * Compares two scans: what appeared, what vanished, what changed.
 *
 * A report need not list a port to tell its state: nmap counts the many that are alike. Where the ports asked for are known, and
 * no more were asked for than are listed and counted, such a port has the state that was counted. What one of the two did not
 * ask for, did not measure, or broke off before, is no difference: it is counted as not compared.
 */
import { compareAddresses } from './addresses.ts'
import type { PortState, ProbeTransport, ReportedHost, ReportedPort, ScanReport, UnlistedPorts } from './model.ts'
import { PROBE_TRANSPORTS, portKey } from './model.ts'
import { readPortText } from './ports.ts'
import type { PortSet } from './targets-model.ts'

/** A port as one of the two reports tells it. */
export interface PortFacts {
  readonly state: PortState
  /** As the port's banner has them; null where it was not asked, or is only counted. */
  readonly service: string | null
  readonly product: string | null
  readonly version: string | null
  /** False where the report counts the port and does not list it. */
  readonly isListed: boolean
}

/**
 * `appeared` the first report says nothing of it; `vanished` the second says nothing of it; `state` they differ in its state;
 * `service` both asked what it is, and the answers differ.
 */
export type PortChangeKind = 'appeared' | 'vanished' | 'state' | 'service'

export interface PortChange {
  readonly port: number
  readonly transport: ProbeTransport
  readonly kind: PortChangeKind
  readonly before: PortFacts | null
  readonly after: PortFacts | null
}

/** Ports that neither report lists, and that had one state in the first and have another in the second. */
export interface UnlistedChange {
  readonly transport: ProbeTransport
  readonly count: number
  readonly before: PortState
  readonly after: PortState
}

export interface HostDiff {
  readonly address: string
  readonly family: 4 | 6
  readonly names: readonly string[]
  /** Whether one of the reports alone has the host. */
  readonly kind: 'appeared' | 'vanished' | 'changed'
  readonly wasUp: boolean | null
  readonly isUp: boolean | null
  /** Ordered by transport (tcp first), then port. */
  readonly ports: readonly PortChange[]
  readonly unlisted: readonly UnlistedChange[]
}

export interface ReportDiff {
  /** The hosts with a difference, IPv4 first, by address. */
  readonly hosts: readonly HostDiff[]
  /** Hosts that both reports have. */
  readonly hostsCompared: number
  /** Ports that one report tells of and the other did not ask for, did not measure, or broke off before. */
  readonly uncompared: number
}

export function diffReports(before: ScanReport, after: ScanReport): ReportDiff {
  const comparison = new Comparison(before, after)
  const [firsts, seconds] = [hostsOf(before), hostsOf(after)]
  const addresses = [...new Set([...firsts.keys(), ...seconds.keys()])]
  const hosts = addresses.flatMap((address) => comparison.compareHost(firsts.get(address), seconds.get(address)) ?? [])
  return {
    hosts: hosts.toSorted((one, other) => compareAddresses(one.address, other.address)),
    hostsCompared: addresses.filter((address) => firsts.has(address) && seconds.has(address)).length,
    uncompared: comparison.uncompared,
  }
}

function hostsOf({ hosts }: ScanReport): ReadonlyMap<string, ReportedHost> {
  return new Map(hosts.map((host) => [host.address, host]))
}

class Comparison {
  uncompared: number = 0
  readonly #before: Side
  readonly #after: Side

  constructor(before: ScanReport, after: ScanReport) {
    this.#before = new Side(before)
    this.#after = new Side(after)
  }

  /** Null where there is no difference. */
  compareHost(before: ReportedHost | undefined, after: ReportedHost | undefined): HostDiff | null {
    const host = after ?? before
    if (host === undefined) return null
    const [first, second] = [this.#before.of(before), this.#after.of(after)]
    const ports: PortChange[] = []
    for (const [key, port] of new Map([...first.listed, ...second.listed])) {
      const change = this.#comparePort(port, first.listed.get(key), second.listed.get(key), first, second)
      if (change !== null) ports.push(change)
    }
    const unlisted = PROBE_TRANSPORTS.flatMap((transport) => compareUnlisted(transport, first, second))
    const wasUp = before?.isUp ?? null
    const isUp = after?.isUp ?? null
    const kind = this.#kindOf(before, after)
    if (kind === null) return null
    const isUpChanged = wasUp !== null && isUp !== null && wasUp !== isUp
    // A host that one report alone has, and that has not answered there, may be there or not in both.
    const isNews = kind === 'changed' ? isUpChanged : wasUp === true || isUp === true
    if (!isNews && ports.length + unlisted.length === 0) return null
    return {
      address: host.address,
      family: host.family,
      names: [...new Set([...(before?.names ?? []), ...(after?.names ?? [])])],
      kind,
      wasUp,
      isUp,
      ports: ports.toSorted(comparePorts),
      unlisted,
    }
  }

  /** Null where a report that broke off may not have come to the host. */
  #kindOf(before: ReportedHost | undefined, after: ReportedHost | undefined): HostDiff['kind'] | null {
    if (before === undefined) return this.#before.isWhole ? 'appeared' : null
    if (after === undefined) return this.#after.isWhole ? 'vanished' : null
    return 'changed'
  }

  #comparePort(
    { port, transport }: ReportedPort,
    listedBefore: ReportedPort | undefined,
    listedAfter: ReportedPort | undefined,
    first: HostSide,
    second: HostSide,
  ): PortChange | null {
    const before = first.factsOf(transport, port, listedBefore)
    const after = second.factsOf(transport, port, listedAfter)
    if (before === 'uncompared' || after === 'uncompared') {
      this.uncompared += 1
      return null
    }
    if (before === null && after === null) return null
    const kind = kindOf(before, after, listedBefore, listedAfter)
    return kind === null ? null : { port, transport, kind, before, after }
  }
}

function comparePorts(one: PortChange, other: PortChange): number {
  const order = PROBE_TRANSPORTS.indexOf(one.transport) - PROBE_TRANSPORTS.indexOf(other.transport)
  return order === 0 ? one.port - other.port : order
}

function kindOf(
  before: PortFacts | null,
  after: PortFacts | null,
  listedBefore: ReportedPort | undefined,
  listedAfter: ReportedPort | undefined,
): PortChangeKind | null {
  if (before === null) return 'appeared'
  if (after === null) return 'vanished'
  if (before.state !== after.state) return 'state'
  const isKnown = (listedBefore?.banner ?? null) !== null && (listedAfter?.banner ?? null) !== null
  const isSame =
    before.service === after.service && before.product === after.product && before.version === after.version
  return isKnown && !isSame ? 'service' : null
}

/** What a report knows beside its hosts. */
class Side {
  readonly isWhole: boolean
  readonly #asked: Readonly<Record<ProbeTransport, PortSet | null>>

  constructor({ isWhole, asked }: ScanReport) {
    this.isWhole = isWhole
    const setOf = (text: string | null): PortSet | null => (text === null ? null : readPortText(text))
    this.#asked = { tcp: setOf(asked.tcp), udp: setOf(asked.udp) }
  }

  of(host: ReportedHost | undefined): HostSide {
    return new HostSide(host, this.#asked, this.isWhole)
  }
}

/** What a report knows of the ports of one host. */
class HostSide {
  readonly listed: ReadonlyMap<number, ReportedPort>
  readonly asked: Readonly<Record<ProbeTransport, PortSet | null>>
  readonly #isWhole: boolean
  readonly #onlyStates: Readonly<Record<ProbeTransport, PortState | 'several' | null>>
  readonly #unlisted: Readonly<Record<ProbeTransport, (port: number) => PortState | 'several' | null>>

  constructor(host: ReportedHost | undefined, asked: HostSide['asked'], isWhole: boolean) {
    this.listed = new Map(host?.ports.map((port) => [portKey(port.transport, port.port), port]))
    this.asked = asked
    this.#isWhole = isWhole
    const unlistedOf = (transport: ProbeTransport): ((port: number) => PortState | 'several' | null) =>
      countedStates(
        host?.unlisted.filter((each) => each.transport === transport) ?? [],
        asked[transport],
        host?.ports.filter((each) => each.transport === transport).length ?? 0,
      )
    this.#unlisted = { tcp: unlistedOf('tcp'), udp: unlistedOf('udp') }
    const onlyOf = (transport: ProbeTransport): PortState | 'several' | null =>
      onlyState(host?.unlisted.filter((each) => each.transport === transport) ?? [])
    this.#onlyStates = { tcp: onlyOf('tcp'), udp: onlyOf('udp') }
  }

  /** Null where the report says nothing of the port, though it would. */
  factsOf(transport: ProbeTransport, port: number, listed: ReportedPort | undefined): PortFacts | 'uncompared' | null {
    if (listed !== undefined) {
      const { state, banner } = listed
      if (state === 'unmeasured') return 'uncompared'
      const { service = null, product = null, version = null } = banner ?? {}
      return { state, service, product, version, isListed: true }
    }
    const state = this.countedState(transport, port)
    if (state === 'unmeasured' || state === 'several') return 'uncompared'
    if (state !== null) return { state, service: null, product: null, version: null, isListed: false }
    const isAsked = this.asked[transport]?.has(port) ?? true
    return isAsked && this.#isWhole ? null : 'uncompared'
  }

  /** The state of all ports that are counted; null where none is. */
  onlyState(transport: ProbeTransport): PortState | 'several' | null {
    return this.#onlyStates[transport]
  }

  /** The state of a port that is not listed; null where it is not known to be counted. */
  countedState(transport: ProbeTransport, port: number): PortState | 'several' | null {
    return this.#unlisted[transport](port)
  }
}

/** The state that all of them have; null where there are none. */
function onlyState(unlisted: readonly UnlistedPorts[]): PortState | 'several' | null {
  const [first = null, second] = new Set(unlisted.map(({ state }) => state))
  return second === undefined ? first : 'several'
}

/** What tells the state of each port that a host's report counts. */
function countedStates(
  unlisted: readonly UnlistedPorts[],
  asked: PortSet | null,
  listedCount: number,
): (port: number) => PortState | 'several' | null {
  const named = unlisted.flatMap(({ state, ports }) => {
    const set = ports === undefined ? null : readPortText(ports)
    return set === null ? [] : [{ state, set }]
  })
  const rest = unlisted.filter(({ ports }) => ports === undefined)
  const count = unlisted.reduce((sum, each) => sum + each.count, 0)
  const isExact = asked !== null && asked.size === listedCount + count
  const state = onlyState(rest)
  return (port) => {
    const found = named.find(({ set }) => set.has(port))
    if (found !== undefined) return found.state
    if (!isExact || !asked.has(port)) return null
    return state
  }
}

/** The ports that both reports only count, by what they were and what they are. */
function compareUnlisted(transport: ProbeTransport, first: HostSide, second: HostSide): readonly UnlistedChange[] {
  const asked = first.asked[transport]
  const [state, other] = [first.onlyState(transport), second.onlyState(transport)]
  if (asked === null || state === null || other === null || (state === other && state !== 'several')) return []
  const counts = new Map<string, { readonly before: PortState; readonly after: PortState; count: number }>()
  for (let index = 0; index < asked.size; index += 1) {
    const port = asked.at(index)
    const key = portKey(transport, port)
    if (first.listed.has(key) || second.listed.has(key)) continue
    const [before, after] = [first.countedState(transport, port), second.countedState(transport, port)]
    if (before === after || !isMeasured(before) || !isMeasured(after)) continue
    const known = counts.get(`${before} ${after}`)
    if (known === undefined) counts.set(`${before} ${after}`, { before, after, count: 1 })
    else known.count += 1
  }
  return [...counts.values()].map(({ before, after, count }) => ({ transport, count, before, after }))
}

function isMeasured(state: PortState | 'several' | null): state is PortState {
  return state !== null && state !== 'several' && state !== 'unmeasured'
}
