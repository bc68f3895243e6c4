/** The structures sockaddr_in and sockaddr_in6 of Linux (ip(7), ipv6(7)), written once a host and given its ports. */
import { parseIpv4, parseZoned } from '../addresses.ts'
import type { ProbeHost } from '../model.ts'
import { isOwnAddress, readOwnAddresses } from '../own-ground.ts'
import type { LibC } from './libc.ts'

const AF_INET = 2
const AF_INET6 = 10
const IPV4_BYTES = 16
const IPV6_BYTES = 28
const PORT_AT = 2
/** A port and what stands before the address; IPv6 has a flow label there, too. */
const IPV4_AT = 4
const IPV6_AT = 8
const SCOPE_AT = 24

export interface SocketAddress {
  readonly family: number
  readonly bytes: Buffer
  /** This machine's own: what is sent there is answered before the call returns. */
  readonly isOwn: boolean
}

/** Writes addresses for a machine with these addresses of its own. */
export class SocketAddresses {
  readonly #libc: LibC
  readonly #own: ReadonlySet<string>

  constructor(libc: LibC) {
    this.#libc = libc
    this.#own = readOwnAddresses()
  }

  of({ address, family }: ProbeHost): SocketAddress {
    return family === 4 ? this.#ipv4(address) : this.#ipv6(address)
  }

  #ipv4(address: string): SocketAddress {
    const bytes = Buffer.alloc(IPV4_BYTES)
    bytes.writeUInt16LE(AF_INET, 0)
    bytes.writeUInt32BE(parseIpv4(address) ?? 0, IPV4_AT)
    return { family: AF_INET, bytes, isOwn: isOwnAddress(address, this.#own) }
  }

  #ipv6(address: string): SocketAddress {
    const { value = 0n, zone = null } = parseZoned(address) ?? {}
    const bytes = Buffer.alloc(IPV6_BYTES)
    bytes.writeUInt16LE(AF_INET6, 0)
    bytes.writeBigUInt64BE(value >> 64n, IPV6_AT)
    bytes.writeBigUInt64BE(value & 0xffff_ffff_ffff_ffffn, IPV6_AT + 8)
    bytes.writeUInt32LE(zone === null ? 0 : this.#scopeOf(zone), SCOPE_AT)
    return { family: AF_INET6, bytes, isOwn: isOwnAddress(address, this.#own) }
  }

  /** A zone is an interface's number, or its name (RFC 4007 section 11.2). */
  #scopeOf(zone: string): number {
    return /^\d{1,9}$/.test(zone) ? Number(zone) : this.#libc.interfaceNumber(Buffer.from(`${zone}\0`))
  }
}

export function setPort({ bytes }: SocketAddress, port: number): void {
  bytes[PORT_AT] = port >> 8
  bytes[PORT_AT + 1] = port & 255
}

/** Whether a socket's own address, as getsockname gives it, is the one that it is connected to. */
export function isSameEnd(target: SocketAddress, own: Buffer): boolean {
  const { bytes } = target
  const isSamePort = own[PORT_AT] === bytes[PORT_AT] && own[PORT_AT + 1] === bytes[PORT_AT + 1]
  return isSamePort && isSameAddress(target, own)
}

/** The address in a structure: 4 bytes, or 16. */
export function addressIn(bytes: Buffer): Buffer {
  return bytes.readUInt16LE(0) === AF_INET
    ? bytes.subarray(IPV4_AT, IPV4_AT + 4)
    : bytes.subarray(IPV6_AT, IPV6_AT + 16)
}

/** Whether another structure has the same address, whatever its port is. */
export function isSameAddress({ bytes, family }: SocketAddress, other: Buffer): boolean {
  const from = family === AF_INET ? IPV4_AT : IPV6_AT
  const end = family === AF_INET ? IPV4_AT + 4 : IPV6_AT + 16
  return other.length >= end && bytes.subarray(from, end).equals(other.subarray(from, end))
}
