/**
 * Sends attempts by TCP half-open, as nmap -sS does: a SYN of its own for each, many in one call, and no socket of the kernel's for
 * any. Datagrams go as native-sockets.ts sends them.
 *
 * The sequence number of a SYN says which attempt it is: an answer acknowledges it, and an ICMP error quotes it.
 */
import type { ProbeHost } from '../model.ts'
import type { Attempt, DatagramBook, OnOutcome } from './driver.ts'
import { localCodeOf } from './errno-codes.ts'
import { codeOfIcmp } from './error-queue.ts'
import type { IcmpError } from './error-queue.ts'
import { ERRNO } from './libc.ts'
import type { LibC } from './libc.ts'
import { NativeSockets } from './native-sockets.ts'
import { CODE_OF, PENDING } from './reasons.ts'
import { addressIn, isSameAddress, SocketAddresses } from './socket-address.ts'
import type { SocketAddress } from './socket-address.ts'
import { openSynLink } from './syn-link.ts'
import type { SynLink, SynListener } from './syn-link.ts'
import { SynTemplate, acknowledgedBy, synAnswerOf } from './syn-segment.ts'
import type { Family } from './syn-segment.ts'

const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000
const ADDRESS_BYTES = 28
/** How long the network is waited for that took not all, in ms. */
const FULL_WAIT_MS = 1
const NONE = -1
const ATTEMPT_BITS = 8
const ATTEMPT_MASK = (1 << ATTEMPT_BITS) - 1
/** A power of two; answers to earlier attempts are not waited for. */
const ATTEMPTS_KEPT = 8

/** The way to a host: by which link, and what all segments to it have in common. */
interface Route {
  readonly link: SynLink
  readonly target: SocketAddress
  readonly template: SynTemplate
}

function placeOf(slot: number, attempt: number): number {
  return slot * ATTEMPTS_KEPT + (attempt & (ATTEMPTS_KEPT - 1))
}

/** A multicast address: TCP is for two (RFC 1122 section 4.2.3.10). */
function isForMany({ bytes }: SocketAddress): boolean {
  const address = addressIn(bytes)
  const [first = 0] = address
  return address.length === 4 ? first >= 224 && first < 240 : first === 0xff
}

/** Whether this process may probe half-open: raw sockets want root, or CAP_NET_RAW. */
export function maySendSyns(libc: LibC): boolean {
  const link = openSynLink(libc, 4, { onSegment: () => {}, onIcmp: () => {}, onUnsent: () => {} })
  link?.close()
  return link !== null
}

export class SynSockets {
  readonly #libc: LibC
  readonly #onOutcome: OnOutcome
  readonly #native: NativeSockets
  readonly #addresses: SocketAddresses
  readonly #links = new Map<Family, SynLink | null>()
  readonly #routesOf = new WeakMap<ProbeHost, Route>()
  /** Told to nobody: an answer that somebody made up does not know it. */
  readonly #secret = Math.floor(Math.random() * 2 ** 32)
  /** By slot: null while no answer is waited for. */
  readonly #routes: (Route | null)[] = []
  readonly #ports: Uint16Array
  readonly #attempts: Uint8Array
  /** When the last attempts of each slot were sent: an answer may come to any of them. */
  readonly #sentAt: Float64Array

  constructor(libc: LibC, attemptsMost: number, onOutcome: OnOutcome, datagrams: DatagramBook) {
    this.#libc = libc
    this.#onOutcome = onOutcome
    this.#native = new NativeSockets(libc, attemptsMost, onOutcome, datagrams)
    this.#addresses = new SocketAddresses(libc)
    this.#ports = new Uint16Array(attemptsMost)
    this.#attempts = new Uint8Array(attemptsMost)
    this.#sentAt = new Float64Array(attemptsMost * ATTEMPTS_KEPT)
  }

  /** Sends, or puts it among those that `poll` sends; what came of it at once, or PENDING. */
  send(slot: number, attempt: Attempt): number {
    if (attempt.isUdp) return this.#native.send(slot, attempt)
    const link = this.#linkOf(attempt.host.family)
    if (link === null) return this.#native.send(slot, attempt)
    const route = this.#routeOf(attempt.host, link)
    if (typeof route === 'number') return route
    const number = attempt.number & ATTEMPT_MASK
    const sequence = (((slot << ATTEMPT_BITS) | number) ^ this.#secret) >>> 0
    this.#sentAt[placeOf(slot, number)] = performance.now()
    if (!link.queue(route.template, route.target.bytes, attempt, sequence)) return CODE_OF['send-failed']
    this.#routes[slot] = route
    this.#ports[slot] = attempt.port
    this.#attempts[slot] = number
    return PENDING
  }

  /** How long the last outcome that `send` gave at once took, in ms. */
  roundTripOf(slot: number): number {
    return this.#native.roundTripOf(slot)
  }

  /** Sends what waits, then waits for answers, for at most so many ms, and tells them. */
  poll(timeoutMs: number): void {
    let waitMs = timeoutMs
    for (const link of this.#links.values()) {
      if (link === null) continue
      if (link.hasQueued) this.#flush(link)
      if (link.hasQueued) waitMs = Math.min(waitMs, FULL_WAIT_MS)
      if (link.receive()) waitMs = 0
    }
    this.#native.poll(waitMs)
  }

  drop(slot: number): void {
    this.#routes[slot] = null
    this.#native.drop(slot)
  }

  close(): void {
    for (const link of this.#links.values()) link?.close()
    this.#native.close()
  }

  /** The time of an attempt begins when it goes out. */
  #flush(link: SynLink): void {
    const now = performance.now()
    for (const sequence of link.queued()) {
      const slot = this.#slotOf(sequence)
      if (slot !== NONE) this.#sentAt[placeOf(slot, this.#numberOf(sequence))] = now
    }
    link.flush()
  }

  #linkOf(family: Family): SynLink | null {
    let link = this.#links.get(family)
    if (link === undefined) {
      link = openSynLink(this.#libc, family, this.#listener(family))
      this.#links.set(family, link)
      if (link !== null) this.#native.watch(link.receiver, () => void link?.receive())
    }
    return link
  }

  #listener(family: Family): SynListener {
    return {
      onSegment: (from, bytes, tcpAt) => {
        const answer = synAnswerOf(bytes, tcpAt)
        if (answer === null) return
        const sequence = acknowledgedBy(bytes, tcpAt)
        const slot = this.#slotOf(sequence)
        const route = this.#routeTo(slot, family, bytes.readUInt16BE(tcpAt))
        if (route !== null && isSameAddress(route.target, from)) this.#settle(slot, CODE_OF[answer], sequence)
      },
      onIcmp: (error: IcmpError, quoted: Buffer) => {
        if (quoted.length < 8) return
        const sequence = quoted.readUInt32BE(4)
        const slot = this.#slotOf(sequence)
        const route = this.#routeTo(slot, family, quoted.readUInt16BE(2))
        if (route !== null) this.#settle(slot, codeOfIcmp(error, route.target), sequence)
      },
      onUnsent: (sequence, error) => {
        const slot = this.#slotOf(sequence)
        if (slot !== NONE && this.#attempts[slot] === this.#numberOf(sequence))
          this.#settle(slot, localCodeOf(error), sequence)
      },
    }
  }

  /** The slot of a SYN, if it waits for an answer; -1 otherwise. */
  #slotOf(sequence: number): number {
    const slot = ((sequence ^ this.#secret) >>> 0) >>> ATTEMPT_BITS
    return this.#routes[slot] ? slot : NONE
  }

  #numberOf(sequence: number): number {
    return (sequence ^ this.#secret) & ATTEMPT_MASK
  }

  /** Of a slot that waits for an answer of this port. */
  #routeTo(slot: number, family: Family, port: number): Route | null {
    const route = this.#routes[slot] ?? null
    return route !== null && route.link.family === family && this.#ports[slot] === port ? route : null
  }

  #settle(slot: number, code: number, sequence: number): void {
    const sentAt = this.#sentAt[placeOf(slot, this.#numberOf(sequence))] ?? 0
    this.#routes[slot] = null
    this.#onOutcome(slot, code, performance.now() - sentAt)
  }

  /** The way to a host; a number where there is none, and why. */
  #routeOf(host: ProbeHost, link: SynLink): Route | number {
    const known = this.#routesOf.get(host)
    if (known !== undefined) return known
    const target = this.#addresses.of(host)
    const source = isForMany(target) ? CODE_OF['no-route'] : this.#sourceFor(target)
    if (typeof source === 'number') return source
    const template = new SynTemplate(link.family, source, addressIn(target.bytes))
    const route = { link, target, template }
    this.#routesOf.set(host, route)
    return route
  }

  /** The address that the kernel sends from to a target, as a datagram's socket is given it; nothing is sent. */
  #sourceFor({ family, bytes }: SocketAddress): Uint8Array | number {
    const libc = this.#libc
    const descriptor = libc.socket(family, SOCK_DGRAM_CLOEXEC, 0)
    if (descriptor < 0) return localCodeOf(libc.errno())
    const own = Buffer.alloc(ADDRESS_BYTES)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(ADDRESS_BYTES)
    const isKnown =
      libc.connect(descriptor, bytes, bytes.length) === 0 && libc.getsockname(descriptor, own, length) === 0
    const error = isKnown ? 0 : libc.errno()
    libc.close(descriptor)
    if (isKnown) return addressIn(own)
    // A broadcast address, which the kernel's own connect(2) has no route to.
    return error === ERRNO.EACCES ? CODE_OF['no-route'] : localCodeOf(error)
  }
}
