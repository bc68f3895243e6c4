/**
 * How the outside reaches this server: which names are its own, who stands in front of it, and whether what is between is encrypted.
 *
 * The name in a request is checked because a page of another site can have its own name point to 127.0.0.1 (DNS rebinding), and
 * would then read this machine's listeners as if they were its own.
 */
import { isIPv4, isIPv6 } from 'node:net'
import { hostname } from 'node:os'
import type { WebContext } from '../env.ts'

export interface ReachOptions {
  /** Where it listens: an address, without brackets. */
  readonly host: string
  /** How browsers name it, where that is not the address: `https://ports.example.org`. */
  readonly publicOrigin?: string
  /** The addresses of proxies, whose word about the client is taken. */
  readonly trustedProxies?: readonly string[]
  readonly isTls?: boolean
}

export interface Client {
  /** Null for a request that came by no socket. */
  readonly address: string | null
  /** How limits know it: an IPv4 address, or the /64 of an IPv6 one, of which one customer has all. */
  readonly key: string
  /** Whether it runs on this machine, and no proxy is between. */
  readonly isLocal: boolean
  /** Whether nobody between can read along, as far as we know. */
  readonly isSecure: boolean
}

const IPV4_MAPPED = '::ffff:'
const IPV6_NETWORK_GROUPS = 4
const HOST_FORM = /^(?:\[(?<inner>[0-9a-f:.]+)\]|(?<name>[a-z0-9._-]+))(?::\d{1,5})?$/i

export class Reach {
  /** Whether others than this machine's own users can ask. */
  readonly isOpen: boolean
  readonly publicOrigin: string | null
  readonly isTls: boolean
  readonly #isLoopback: boolean
  readonly #names: ReadonlySet<string>
  readonly #proxies: ReadonlySet<string>

  constructor({ host, publicOrigin, trustedProxies = [], isTls = false }: ReachOptions) {
    this.#isLoopback = isLoopback(host)
    this.#proxies = new Set(trustedProxies)
    this.publicOrigin = publicOrigin ?? null
    this.isTls = isTls
    this.isOpen = !this.#isLoopback || publicOrigin !== undefined || trustedProxies.length > 0
    const names = ['localhost']
    if (publicOrigin !== undefined) names.push(new URL(publicOrigin).hostname)
    if (!this.#isLoopback) names.push(hostname().toLowerCase())
    this.#names = new Set(names)
  }

  /** Whether a Host header names this server. Its port may be another's: that of a tunnel, or of a proxy. */
  allowsHost(host: string): boolean {
    const { inner, name } = HOST_FORM.exec(host)?.groups ?? {}
    if (inner !== undefined) return isIPv6(inner) && (!this.#isLoopback || isLoopback(inner))
    const plain = name?.toLowerCase().replace(/\.$/, '')
    if (plain === undefined || plain === '') return false
    // An address needs no name to be looked up: nobody can rebind it.
    if (isIPv4(plain)) return !this.#isLoopback || isLoopback(plain) || this.#names.has(plain)
    return this.#names.has(plain)
  }

  clientOf(c: WebContext): Client {
    const socket = socketOf(c)
    if (socket === null) return { address: null, key: 'none', isLocal: true, isSecure: this.isTls }
    const peer = plainAddress(socket.remoteAddress ?? '')
    if (!this.#proxies.has(peer))
      return { address: peer, key: clientKeyOf(peer), isLocal: isLoopback(peer), isSecure: this.isTls }
    const told = this.#toldBy(c.req.header('x-forwarded-for') ?? '')
    const isSecure = lastOf(c.req.header('x-forwarded-proto') ?? '') === 'https'
    const address = told ?? peer
    return { address, key: clientKeyOf(address), isLocal: false, isSecure }
  }

  /** Whether an Origin header is ours, for a request with that Host header. */
  isOwnOrigin(origin: string, host: string, isSecure: boolean): boolean {
    if (origin === this.publicOrigin) return true
    return origin.toLowerCase() === `${isSecure ? 'https' : 'http'}://${host.toLowerCase()}`
  }

  /** What the last proxy but ours added; what stands before it, the client may have written itself. */
  #toldBy(forwardedFor: string): string | null {
    const hops = forwardedFor.split(',').map((each) => plainAddress(each.trim()))
    const last = hops.findLast((each) => !this.#proxies.has(each))
    return last !== undefined && (isIPv4(last) || isIPv6(last)) ? last : null
  }
}

/** Whether a text can be a Host header at all (RFC 9110 §7.2): a name or an address, and perhaps a port. */
export function isHost(text: string): boolean {
  return HOST_FORM.test(text)
}

/** 127.0.0.0/8 and ::1. */
export function isLoopback(address: string): boolean {
  return (isIPv4(address) && address.startsWith('127.')) || address === '::1'
}

/** The dotted quad of an IPv4 address that an IPv6 socket names. */
export function plainAddress(address: string): string {
  return address.startsWith(IPV4_MAPPED) && address.includes('.') ? address.slice(IPV4_MAPPED.length) : address
}

function lastOf(list: string): string {
  return list
    .slice(list.lastIndexOf(',') + 1)
    .trim()
    .toLowerCase()
}

/** How limits know a client: an IPv4 address as it is, of an IPv6 one the /64, of which one customer has all. */
export function clientKeyOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  // A dotted quad at the end stands for two groups; it is never among the first four.
  const size = first.length + last.length + (last.at(-1)?.includes('.') === true ? 1 : 0)
  const filled = [...first, ...Array.from({ length: Math.max(8 - size, 0) }, () => '0'), ...last]
  const network = filled.slice(0, IPV6_NETWORK_GROUPS).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${network.join(':')}::/64`
}

interface PeerSocket {
  readonly remoteAddress?: string | undefined
}

/** Null where the application is called without a server. */
function socketOf(c: WebContext): PeerSocket | null {
  const env: Partial<WebContext['env']> | undefined = c.env
  return env?.incoming?.socket ?? null
}
