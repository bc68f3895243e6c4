/** The order in which hosts are told. */
import { parseIpv4, parseZoned } from '../../probe/index.ts'

/** IPv4 before IPv6, each by number, then by zone; what is no address comes last, by its text. */
export function compareAddresses(a: string, b: string): number {
  const [x, y] = [keyOf(a), keyOf(b)]
  if (x.rank !== y.rank) return x.rank - y.rank
  if (x.value !== y.value) return x.value < y.value ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

function keyOf(address: string): { readonly rank: number; readonly value: bigint } {
  const ipv4 = parseIpv4(address)
  if (ipv4 !== null) return { rank: 0, value: BigInt(ipv4) }
  const ipv6 = parseZoned(address)
  return ipv6 === null ? { rank: 2, value: 0n } : { rank: 1, value: ipv6.value }
}
