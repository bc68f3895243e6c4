/** The addresses of this machine. A call from one of them comes from a program that runs here. */
import { networkInterfaces } from 'node:os'
import type { NetworkInterfaceInfo } from 'node:os'

/** A new address counts after this time at the latest; reading them takes 50 µs, too long for each datagram. */
const CACHE_MS = 3000
const IPV4_MAPPED = '::ffff:'

interface Cache {
  readonly readAtMs: number
  readonly all: ReadonlySet<string>
  /** IPv4, not of the loopback. */
  readonly outer: readonly string[]
}

const NO_ADDRESSES: Cache = { readAtMs: 0, all: new Set(), outer: [] }
let cache: Cache | null = null

/** Null where the system does not tell: it needs a file for it, and a flood of connections may have taken the last. */
function readInterfaces(): NetworkInterfaceInfo[] | null {
  try {
    return Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  } catch {
    return null
  }
}

function readAddresses(): Cache {
  const nowMs = performance.now()
  if (cache !== null && nowMs - cache.readAtMs < CACHE_MS) return cache
  const found = readInterfaces()
  if (found === null) return cache ?? NO_ADDRESSES
  cache = {
    readAtMs: nowMs,
    all: new Set(found.map(({ address }) => address)),
    outer: found.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
  }
  return cache
}

/** The dotted quad of an IPv4 address that an IPv6 socket names; any other address as it is. */
export function plainAddress(address: string): string {
  return address.startsWith(IPV4_MAPPED) && address.includes('.') ? address.slice(IPV4_MAPPED.length) : address
}

/** True for an address of an interface of this machine, and for all of 127.0.0.0/8. */
export function isOwnAddress(address: string): boolean {
  const plain = plainAddress(address)
  return plain.startsWith('127.') || plain === '::1' || readAddresses().all.has(plain)
}

/** This machine's IPv4 addresses but those of the loopback, in the order of the interfaces. */
export function ownAddresses(): readonly string[] {
  return readAddresses().outer
}
