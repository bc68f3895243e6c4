/** Internet addresses as the systems' tables hold them, and from where a socket bound to one can be reached. */
import type { Reach } from './model.ts'

/** `0100007F` of /proc/net/tcp to `127.0.0.1`: a word in the machine's byte order. */
export function ipv4FromHex(hex: string, littleEndian: boolean): string {
  const bytes = [0, 2, 4, 6].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
  return (littleEndian ? bytes.toReversed() : bytes).join('.')
}

/** The 32 digits of /proc/net/tcp6, four words in the machine's byte order, to the text of RFC 5952. */
export function ipv6FromHex(hex: string, littleEndian: boolean): string {
  const groups: number[] = []
  for (let word = 0; word < 32; word += 8) {
    const bytes = [0, 2, 4, 6].map((at) => Number.parseInt(hex.slice(word + at, word + at + 2), 16))
    const [a = 0, b = 0, c = 0, d = 0] = littleEndian ? bytes.toReversed() : bytes
    groups.push((a << 8) | b, (c << 8) | d)
  }
  return formatIpv6(groups)
}

/** Eight groups as text (RFC 5952 §4): lower case, the longest run of zeros shortened, the first of equal ones. */
export function formatIpv6(groups: readonly number[]): string {
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped) {
    const [high = 0, low = 0] = groups.slice(6)
    return `::ffff:${high >>> 8}.${high & 255}.${low >>> 8}.${low & 255}`
  }
  const zeros = longestZeros(groups)
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  if (zeros.length < 2) return text(groups)
  return `${text(groups.slice(0, zeros.at))}::${text(groups.slice(zeros.at + zeros.length))}`
}

function longestZeros(groups: readonly number[]): { at: number; length: number } {
  let best = { at: 0, length: 0 }
  for (let at = 0; at < groups.length; at += 1) {
    let length = 0
    while (groups[at + length] === 0) length += 1
    if (length > best.length) best = { at, length }
  }
  return best
}

const WILDCARDS = new Set(['0.0.0.0', '::', '*'])

/** True for an address that stands for all addresses of the machine. */
function isWildcard(address: string): boolean {
  return WILDCARDS.has(address)
}

/** From where a socket bound to an address can be reached (RFC 1918, 3927, 4193, 4291, 6598, 6890). */
export function reachOf(address: string, isForeignNamespace: boolean): Reach {
  if (isForeignNamespace) return 'namespace'
  const plain = address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/, '')
  if (isWildcard(plain)) return 'everywhere'
  return plain.includes(':') ? ipv6Reach(plain) : ipv4Reach(plain)
}

function ipv4Reach(address: string): Reach {
  const [a = 0, b = 0] = address.split('.').map(Number)
  if (a === 127) return 'machine'
  const isPrivate = a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 169 && b === 254)
  const isShared = a === 100 && b >= 64 && b < 128
  const isGroup = a >= 224 // multicast and broadcast end at the network's edge
  return isPrivate || isShared || isGroup ? 'network' : 'everywhere'
}

function ipv6Reach(address: string): Reach {
  if (address === '::1') return 'machine'
  return /^(fe[89ab][\da-f]|f[cdf][\da-f]{2}):/i.test(address) ? 'network' : 'everywhere'
}
