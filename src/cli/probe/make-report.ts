/** A report of a scan of our own, made from the answers that were kept. */
import { PortRuns, compareAddresses } from '../../probe/index.ts'
import type {
  Banner,
  PortState,
  ProbeTransport,
  Reason,
  ReportedHost,
  ReportedPort,
  ScanReport,
} from '../../probe/index.ts'
import type { AnswerStore } from './answer-store.ts'

/** Ports of one state that a report lists; more are counted, as nmap does. Open ones are always listed. */
const LISTED_MAX = 25

/** Of transport and state together. */
const KINDS = 32

/** Ports that are counted: of each only the runs are kept, for a closed host has 65,535 of them. */
interface Group {
  readonly transport: ProbeTransport
  readonly state: PortState
  readonly reason: Reason
  readonly ports: PortRuns
}

/** What a report says beside its hosts. */
export type ReportHead = Omit<ScanReport, 'hosts'>

export interface BannerBook {
  readonly bannerOf: (host: string, transport: ProbeTransport, port: number) => Banner | null
}

export function makeReport(
  head: ReportHead,
  store: AnswerStore,
  namesOf: (address: string) => readonly string[],
  banners: BannerBook,
): ScanReport {
  const hosts: ReportedHost[] = []
  const places = store.placesInOrder(compareAddresses)
  for (let from = 0; from < places.length;) {
    const host = store.hostAt(places[from] ?? 0)
    let end = from + 1
    while (end < places.length && store.hostAt(places[end] ?? 0) === host) end += 1
    const address = store.addresses[host] ?? ''
    hosts.push(makeHost(address, namesOf(address), store, places.subarray(from, end), banners))
    from = end
  }
  return { ...head, hosts }
}

function makeHost(
  address: string,
  names: readonly string[],
  store: AnswerStore,
  places: Uint32Array,
  banners: BannerBook,
): ReportedHost {
  const counts = new Uint32Array(KINDS)
  // By index: an iterator would make an object for each.
  for (let index = 0; index < places.length; index += 1) {
    const kind = store.kindAt(places[index] ?? 0)
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  const ports: ReportedPort[] = []
  const groups = new Map<number, Group>()
  let isUp = false
  for (let index = 0; index < places.length; index += 1) {
    const place = places[index] ?? 0
    const key = store.groupAt(place)
    const group = groups.get(key)
    if (group !== undefined) {
      group.ports.add(store.portAt(place))
      continue
    }
    const { port, transport, state, reason, rttMs } = store.at(place)
    isUp ||= isFromHost(state, reason)
    if (state === 'open' || (counts[store.kindAt(place)] ?? 0) <= LISTED_MAX) {
      const banner = state === 'open' ? banners.bannerOf(address, transport, port) : null
      ports.push({ port, transport, state, reason, rttMs, banner })
      continue
    }
    const runs = new PortRuns()
    runs.add(port)
    groups.set(key, { transport, state, reason, ports: runs })
  }
  const unlisted = [...groups.values()].map(({ transport, state, reason, ports: runs }) => {
    return { transport, state, reason, count: runs.size, ports: runs.toText() }
  })
  return {
    address,
    family: address.includes(':') ? 6 : 4,
    names,
    isUp: isUp ? true : null,
    ports,
    unlisted: unlisted.toSorted((a, b) => b.count - a.count),
  }
}

/** Only the host itself opens and refuses; ICMP may be a router's. */
function isFromHost(state: PortState, reason: Reason): boolean {
  return state === 'open' || state === 'closed' || reason === 'proto-unreach'
}
