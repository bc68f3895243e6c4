/** A report of a scan of our own, made from the answers that were kept. */
import { compareAddresses, makePortSet } from '../../probe/index.ts'
import type {
  Banner,
  PortState,
  ProbeTransport,
  Reason,
  ReportedHost,
  ReportedPort,
  ScanReport,
  UnlistedPorts,
} from '../../probe/index.ts'
import type { AnswerStore, KeptAnswer } from './answer-store.ts'

/** Ports of one state that a report lists; more are counted, as nmap does. Open ones are always listed. */
const LISTED_MAX = 25

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
  let answers: KeptAnswer[] = []
  const close = (): void => {
    const [first] = answers
    const address = first === undefined ? undefined : store.addresses[first.host]
    if (address !== undefined) hosts.push(makeHost(address, namesOf(address), answers, banners))
    answers = []
  }
  for (const answer of store.inOrder(compareAddresses)) {
    if (answers[0] !== undefined && answers[0].host !== answer.host) close()
    answers.push(answer)
  }
  close()
  return { ...head, hosts }
}

function makeHost(
  address: string,
  names: readonly string[],
  answers: readonly KeptAnswer[],
  banners: BannerBook,
): ReportedHost {
  const groupOf = ({ transport, state }: KeptAnswer): string => `${transport} ${state}`
  const groups = Map.groupBy(answers, groupOf)
  const isListed = (answer: KeptAnswer): boolean =>
    answer.state === 'open' || (groups.get(groupOf(answer))?.length ?? 0) <= LISTED_MAX
  const { listed = [], counted = [] } = Object.groupBy(answers, (each) => (isListed(each) ? 'listed' : 'counted'))
  return {
    address,
    family: address.includes(':') ? 6 : 4,
    names,
    isUp: answers.some(({ state, reason }) => isFromHost(state, reason)) ? true : null,
    ports: listed.map(({ port, transport, state, reason, rttMs }): ReportedPort => ({
      port,
      transport,
      state,
      reason,
      rttMs,
      banner: state === 'open' ? banners.bannerOf(address, transport, port) : null,
    })),
    unlisted: countUnlisted(counted),
  }
}

/** Only the host itself opens and refuses; ICMP may be a router's. */
function isFromHost(state: PortState, reason: Reason): boolean {
  return state === 'open' || state === 'closed' || reason === 'proto-unreach'
}

function countUnlisted(answers: readonly KeptAnswer[]): UnlistedPorts[] {
  const groups = new Map<string, { first: KeptAnswer; ports: number[] }>()
  for (const answer of answers) {
    const key = `${answer.transport} ${answer.state} ${answer.reason}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { first: answer, ports: [answer.port] })
    else group.ports.push(answer.port)
  }
  return [...groups.values()]
    .map(({ first: { transport, state, reason }, ports }) => ({
      transport,
      state,
      reason,
      count: ports.length,
      ports: makePortSet(ports).toText(),
    }))
    .toSorted((a, b) => b.count - a.count)
}
