/**
 * What scans of the Internet found open, port by port.
 *
 * The counts are facts that others published, each taken from its source; a source that counts few ports says nothing of others.
 * docs/reference/probe-ports.md lists them with their addresses. No frequency of nmap's (nmap-services) is among them.
 */
import type { ProbeTransport } from './model.ts'

interface Study {
  /** When the addresses were asked. */
  readonly year: number
  /** How many addresses had the port open. */
  readonly tcp: Readonly<Record<number, number>>
  readonly udp: Readonly<Record<number, number>>
}

/** A port that all studies of its transport count: what the counts of different years are brought to one measure by. */
const YARDSTICK = { tcp: 80, udp: 53 } as const

export const STUDIES: Readonly<Record<'nicer' | 'sonar' | 'shodan', Study>> = {
  /** Rapid7, National / Industry / Cloud Exposure Report 2020: all of IPv4. */
  nicer: {
    year: 2020,
    tcp: {
      21: 12_991_544,
      23: 2_829_555,
      25: 5_805_012,
      80: 51_519_309,
      110: 4_331_314,
      143: 4_045_472,
      443: 36_141_137,
      445: 593_749,
      465: 3_494_067,
      587: 4_007_931,
      990: 459_907,
      993: 3_848_675,
      995: 3_714_171,
      3306: 2_826_541,
      3389: 3_979_356,
    },
    udp: { 53: 4_717_658, 1434: 98_771, 11_211: 68_337 },
  },
  /** Rapid7, Project Sonar in 2018, HTTP and TR-069, in millions as told: all of IPv4. */
  sonar: {
    year: 2018,
    tcp: { 80: 144_000_000, 443: 88_000_000, 7547: 28_000_000, 8080: 28_000_000, 8443: 8_000_000 },
    udp: {},
  },
  /**
   * Shodan's ten most frequent ports of the United States, as a script of 2025 printed them. It does not tell the transport: port 161
   * (snmp) is counted with UDP, and 53 with UDP, the others with TCP.
   */
  shodan: {
    year: 2025,
    tcp: {
      22: 5_730_377,
      80: 20_668_407,
      443: 20_946_364,
      2087: 1_861_563,
      4567: 5_181_421,
      7547: 7_830_877,
      8080: 2_298_610,
      8443: 2_257_220,
    },
    udp: { 53: 1_868_162, 161: 2_675_885 },
  },
}

/** The measured ports of a transport, by the mean of their shares: the count beside that of the yardstick in the same study. */
export function rankMeasured(transport: ProbeTransport): readonly number[] {
  const shares = new Map<number, number[]>()
  for (const study of Object.values(STUDIES)) {
    const counts = study[transport]
    const base = counts[YARDSTICK[transport]]
    if (base === undefined) continue
    for (const [port, count] of Object.entries(counts)) {
      const list = shares.get(Number(port)) ?? []
      list.push(count / base)
      shares.set(Number(port), list)
    }
  }
  const mean = (list: readonly number[]): number => list.reduce((sum, share) => sum + share, 0) / list.length
  return [...shares]
    .map(([port, list]) => ({ port, share: mean(list) }))
    .toSorted((a, b) => b.share - a.share || a.port - b.port)
    .map(({ port }) => port)
}
