/** Which addresses one may probe without being asked: this machine, private networks, and those that it stands in. */
import { networkInterfaces } from 'node:os'
import type { NetworkInterfaceInfo } from 'node:os'
import { ipv4Network, ipv6Network, parseIpv4, parseIpv6, spanOfAddress } from './addresses.ts'
import type { AddressSpans } from './addresses.ts'
import { subtractHosts } from './host-set.ts'

/** What `os.networkInterfaces` gives. */
export type Interfaces = NodeJS.Dict<readonly Pick<NetworkInterfaceInfo, 'address' | 'cidr'>[]>

/** The addresses of this machine's interfaces, without zones. */
export function readOwnAddresses(): ReadonlySet<string> {
  return new Set(Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address)))
}

/** Whether an address, with a zone or without, is this machine's: of the loopback, or among `own`. */
export function isOwnAddress(address: string, own: ReadonlySet<string>): boolean {
  const bare = address.replace(/%.*/, '')
  return /^127\.|^::1$/.test(bare) || own.has(bare)
}

/** Networks that are nobody's in particular, each with the document that says so. */
const OWN_NETWORKS = [
  '0.0.0.0/32', // this host: RFC 1122 §3.2.1.3; the systems connect to themselves
  '10.0.0.0/8', // RFC 1918
  '100.64.0.0/10', // RFC 6598: between a provider and its customers
  '127.0.0.0/8', // RFC 1122 §3.2.1.3
  '169.254.0.0/16', // RFC 3927
  '172.16.0.0/12', // RFC 1918
  '192.168.0.0/16', // RFC 1918
  '::/127', // the unspecified address and loopback: RFC 4291 §2.5
  'fc00::/7', // RFC 4193
  'fe80::/10', // RFC 4291 §2.5.6
]

/** The addresses that are loopback, private, link-local, or in a network of one of these interfaces. */
export function ownGround(interfaces: Interfaces = networkInterfaces()): AddressSpans {
  const own = Object.values(interfaces).flatMap((each) => each ?? [])
  const networks = [...OWN_NETWORKS, ...own.map(({ address, cidr }) => cidr ?? address)].map(networkOf)
  return { ipv4: networks.flatMap(({ ipv4 }) => ipv4), ipv6: networks.flatMap(({ ipv6 }) => ipv6) }
}

/** A prefix of no bits is an interface that leads to everything, not a network. */
function networkOf(cidr: string): AddressSpans {
  const [address = '', prefix = '0'] = cidr.replace(/%[^/]*/, '').split('/')
  const [ipv4, ipv6] = [parseIpv4(address), parseIpv6(address)]
  if (Number(prefix) === 0) return spanOfAddress(address) ?? { ipv4: [], ipv6: [] }
  if (ipv4 !== null) return { ipv4: [ipv4Network(ipv4, Number(prefix))], ipv6: [] }
  return { ipv4: [], ipv6: ipv6 === null ? [] : [{ ...ipv6Network(ipv6, Number(prefix)), zone: null }] }
}

/** True for an address of loopback, a private or link-local network, or a network that this machine stands in. */
export function isOwnGround(address: string, interfaces: Interfaces = networkInterfaces()): boolean {
  const spans = spanOfAddress(address)
  if (spans === null) return false
  const left = subtractHosts(spans, ownGround(interfaces))
  return left.ipv4.length + left.ipv6.length === 0
}
