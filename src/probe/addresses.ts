/** Internet addresses as numbers and as text. */
import { isIPv4, isIPv6 } from 'node:net'
import type { Span } from './spans.ts'

export const IPV4_BITS = 32
export const IPV6_BITS = 128
/** `::ffff:0:0/96`, in which each IPv4 address has a second form (RFC 4291 §2.5.5.2). */
const MAPPED_FIRST = 0xffff_0000_0000n
const MAPPED_LAST = 0xffff_ffff_ffffn
const GROUPS = 8
/** Names of interfaces: Linux allows 15 bytes, macOS 16; Windows has numbers. */
const ZONE = /^[\w.~@+-]{1,32}$/

/** IPv6 addresses of one zone: an interface that link-local addresses lie behind (RFC 4007 §11); null for none. */
export interface Ipv6Span extends Span<bigint> {
  readonly zone: string | null
}

export interface AddressSpans {
  readonly ipv4: readonly Span<number>[]
  readonly ipv6: readonly Ipv6Span[]
}

/** Four decimal numbers without leading zeros; null for another form. */
export function parseIpv4(text: string): number | null {
  if (!isIPv4(text)) return null
  return text.split('.').reduce((value, octet) => value * 256 + Number(octet), 0)
}

export function formatIpv4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`
}

/** Any form of RFC 4291 §2.2, without a zone; null for another. */
export function parseIpv6(text: string): bigint | null {
  if (text.includes('%') || !isIPv6(text)) return null
  const dotted = /^(.*:)([\d.]+\.\d+)$/.exec(text)
  const tail = parseIpv4(dotted?.[2] ?? '')
  const plain =
    dotted === null || tail === null
      ? text
      : `${dotted[1] ?? ''}${(tail >>> 16).toString(16)}:${(tail & 0xffff).toString(16)}`
  const [head = '', rest] = plain.split('::')
  const before = groupsOf(head)
  const after = groupsOf(rest ?? '')
  const zeros = Array.from({ length: GROUPS - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':')
}

/** The canonical text of RFC 5952 §4: lower case, the first of the longest runs of zeros shortened. */
export function formatIpv6(value: bigint): string {
  const digits = value.toString(16).padStart(4 * GROUPS, '0')
  let text = ''
  for (let at = 0; at < digits.length; at += 4)
    text += `${at === 0 ? '' : ':'}${Number.parseInt(digits.slice(at, at + 4), 16).toString(16)}`
  let [from, length] = [0, 0]
  for (const run of text.matchAll(/\b0(?::0)+\b/g))
    if (run[0].length > length) [from, length] = [run.index, run[0].length]
  if (length === 0) return text
  return `${text.slice(0, from).replace(/:$/, '')}::${text.slice(from + length).replace(/^:/, '')}`
}

/** An address and its zone, `fe80::1%eth0`; null where it is no IPv6 address. */
export function parseZoned(text: string): { readonly value: bigint; readonly zone: string | null } | null {
  const at = text.indexOf('%')
  const value = parseIpv6(at === -1 ? text : text.slice(0, at))
  if (value === null) return null
  const zone = at === -1 ? null : text.slice(at + 1)
  return zone === null || ZONE.test(zone) ? { value, zone } : null
}

export function formatZoned(value: bigint, zone: string | null): string {
  return zone === null ? formatIpv6(value) : `${formatIpv6(value)}%${zone}`
}

/** All addresses that share the first bits with this one; 0 bits are all there are. */
export function ipv4Network(value: number, prefixBits: number): Span<number> {
  const size = 2 ** (IPV4_BITS - prefixBits)
  const first = Math.floor(value / size) * size
  return { first, last: first + size - 1 }
}

export function ipv6Network(value: bigint, prefixBits: number): Span<bigint> {
  const bits = BigInt(IPV6_BITS - prefixBits)
  const first = (value >> bits) << bits
  return { first, last: first | ((1n << bits) - 1n) }
}

/** A span of IPv6, its IPv4-mapped part as the IPv4 addresses that are reached by it: no address is then probed twice. */
export function splitMapped(span: Ipv6Span): AddressSpans {
  const { first, last, zone } = span
  if (zone !== null || last < MAPPED_FIRST || first > MAPPED_LAST) return { ipv4: [], ipv6: [span] }
  const from = first > MAPPED_FIRST ? first : MAPPED_FIRST
  const to = last < MAPPED_LAST ? last : MAPPED_LAST
  const ipv6 = [
    { first, last: MAPPED_FIRST - 1n, zone },
    { first: MAPPED_LAST + 1n, last, zone },
  ].filter((part) => part.first <= part.last)
  return { ipv4: [{ first: Number(from - MAPPED_FIRST), last: Number(to - MAPPED_FIRST) }], ipv6 }
}

/** The span of one address; null where the text is none. */
export function spanOfAddress(text: string): AddressSpans | null {
  const ipv4 = parseIpv4(text)
  if (ipv4 !== null) return { ipv4: [{ first: ipv4, last: ipv4 }], ipv6: [] }
  const ipv6 = parseZoned(text)
  return ipv6 === null ? null : splitMapped({ first: ipv6.value, last: ipv6.value, zone: ipv6.zone })
}

/** The order in which hosts are told: IPv4 before IPv6, each by number, then by zone; what is no address comes last, by its text. */
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
