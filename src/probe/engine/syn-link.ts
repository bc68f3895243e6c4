/**
 * The raw sockets of one version of IP (raw(7)): one that sends segments whole, one that hears their answers and what ICMP says of
 * them, and some that hold the ports they come from, so that no other program is given them.
 *
 * A SYN that is sent again comes from another port: to the host it is another connection. From the same port, with another sequence
 * number, it would be no answer to the SYN-ACK that was lost, and get none of its own (RFC 9293 section 3.10.7.4).
 */
import { ErrorQueue } from './error-queue.ts'
import type { IcmpError } from './error-queue.ts'
import { ERRNO } from './libc.ts'
import type { LibC } from './libc.ts'
import { MessageVector } from './message-vector.ts'
import { attachSynFilter } from './syn-filter.ts'
import { SYN_BYTES, tcpHeaderAt } from './syn-segment.ts'
import type { Family, SynTemplate } from './syn-segment.ts'

const AF: Readonly<Record<Family, number>> = { 4: 2, 6: 10 }
const NAME_BYTES: Readonly<Record<Family, number>> = { 4: 16, 6: 28 }
const PORT_AT = 2
const SOCK_STREAM = 1
const SOCK_RAW = 3
const SOCK_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000
const IPPROTO_TCP = 6
const IPPROTO_RAW = 255
const SOL_SOCKET = 1
const SO_SNDBUFFORCE = 32
const SO_RCVBUFFORCE = 33
/** The kernel counts some 800 bytes for each answer that waits: 10,000 of them. */
const BUFFER_BYTES = 8 << 20
const RECVERR: Readonly<Record<Family, readonly [level: number, name: number]>> = { 4: [0, 11], 6: [41, 25] }
const ONE = Buffer.from([1, 0, 0, 0])
const MESSAGES = 256
/** A power of two: attempts of one pair that are told apart by their hosts. */
const BLOCK_PORTS = 8
const BLOCK_MASK = 0xffff & ~(BLOCK_PORTS - 1)
/** Where Linux takes the ports of its own sockets from (ip(7), ip_local_port_range). */
const BLOCKS_FROM = 32_768
const BLOCKS_END = 60_992
const BLOCK_TRIES = 64
/** An IPv4 header with all its options, and the part of TCP's that is read. */
const ANSWER_BYTES = 80
/** Times that a call is tried again after an error that was another packet's. */
const TRIES_MOST = 8

export interface SynListener {
  /** A segment to one of our ports, from an address in the kernel's form; the bytes are the listener's until it returns. */
  readonly onSegment: (from: Buffer, bytes: Buffer, tcpAt: number) => void
  /** An ICMP error, with what it quotes of TCP's header. */
  readonly onIcmp: (error: IcmpError, quoted: Buffer) => void
  /** The SYN of this sequence number could not be sent; the error is errno's. */
  readonly onUnsent: (sequence: number, error: number) => void
}

/** Null where this process may not open raw sockets (capabilities(7), CAP_NET_RAW), or the machine lacks this version of IP. */
export function openSynLink(libc: LibC, family: Family, listener: SynListener): SynLink | null {
  const opened: number[] = []
  const open = (type: number, protocol: number): number => {
    const descriptor = libc.socket(AF[family], type | SOCK_NONBLOCK_CLOEXEC, protocol)
    if (descriptor >= 0) opened.push(descriptor)
    return descriptor
  }
  const [sender, receiver] = [open(SOCK_RAW, IPPROTO_RAW), open(SOCK_RAW, IPPROTO_TCP)]
  const held = opened.length === 2 ? holdPorts(libc, family) : null
  if (held !== null) opened.push(...held.holders)
  if (held !== null && attachSynFilter(libc, receiver, family, { base: held.base, mask: BLOCK_MASK })) {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(BUFFER_BYTES)
    libc.setsockopt(receiver, SOL_SOCKET, SO_RCVBUFFORCE, bytes, 4)
    libc.setsockopt(sender, SOL_SOCKET, SO_SNDBUFFORCE, bytes, 4)
    const [level, name] = RECVERR[family]
    if (libc.setsockopt(receiver, level, name, ONE, ONE.length) === 0)
      return new SynLink(libc, family, { sender, receiver, ...held }, listener)
  }
  for (const descriptor of opened) libc.close(descriptor)
  return null
}

interface HeldPorts {
  readonly base: number
  readonly holders: readonly number[]
}

/** Binds sockets that never listen to a block of ports that nobody has, on all addresses; null where none is found. */
function holdPorts(libc: LibC, family: Family): HeldPorts | null {
  for (let tries = 0; tries < BLOCK_TRIES; tries += 1) {
    const base = BLOCKS_FROM + Math.floor((Math.random() * (BLOCKS_END - BLOCKS_FROM)) / BLOCK_PORTS) * BLOCK_PORTS
    const holders: number[] = []
    while (holders.length < BLOCK_PORTS) {
      const holder = libc.socket(AF[family], SOCK_STREAM | SOCK_NONBLOCK_CLOEXEC, 0)
      if (holder < 0) break
      holders.push(holder)
      const name = Buffer.alloc(NAME_BYTES[family])
      name.writeUInt16LE(AF[family], 0)
      name.writeUInt16BE(base + holders.length - 1, PORT_AT)
      if (libc.bind(holder, name, name.length) !== 0) break
      if (holders.length === BLOCK_PORTS) return { base, holders }
    }
    for (const each of holders) libc.close(each)
  }
  return null
}

interface Sockets extends HeldPorts {
  readonly sender: number
  readonly receiver: number
}

export class SynLink {
  readonly family: Family
  /** What to wait for: it can be read when an answer or an error is there. */
  readonly receiver: number
  readonly #libc: LibC
  readonly #sockets: Sockets
  readonly #listener: SynListener
  readonly #errors: ErrorQueue
  readonly #out: MessageVector
  readonly #in: MessageVector
  readonly #sequences = new Uint32Array(MESSAGES)
  #queued = 0

  constructor(libc: LibC, family: Family, sockets: Sockets, listener: SynListener) {
    this.family = family
    this.receiver = sockets.receiver
    this.#libc = libc
    this.#sockets = sockets
    this.#listener = listener
    this.#errors = new ErrorQueue(libc)
    this.#out = new MessageVector(libc, MESSAGES, SYN_BYTES[family], NAME_BYTES[family])
    this.#in = new MessageVector(libc, MESSAGES, ANSWER_BYTES, NAME_BYTES[family])
  }

  /** Whether some segments wait to be sent. */
  get hasQueued(): boolean {
    return this.#queued > 0
  }

  /** Puts a SYN behind those that wait; false where no room is left, for the network takes no more. */
  queue(
    template: SynTemplate,
    to: Uint8Array,
    attempt: { readonly port: number; readonly number: number },
    sequence: number,
  ): boolean {
    if (this.#queued === MESSAGES) this.flush()
    if (this.#queued === MESSAGES) return false
    const { data, dataBytes, names, nameBytes } = this.#out
    const from = this.#sockets.base + (attempt.number & (BLOCK_PORTS - 1))
    template.write(data, this.#queued * dataBytes, { from, to: attempt.port }, sequence)
    names.set(to, this.#queued * nameBytes)
    this.#sequences[this.#queued] = sequence
    this.#queued += 1
    return true
  }

  /** The sequence numbers of the SYNs that wait. */
  queued(): Uint32Array {
    return this.#sequences.subarray(0, this.#queued)
  }

  /** Sends what waits; what the network does not take now goes on waiting. */
  flush(): void {
    const count = this.#queued
    let sent = 0
    while (sent < count) {
      const taken = this.#libc.sendmmsg(this.#sockets.sender, this.#out.from(sent), count - sent, 0)
      if (taken > 0) {
        sent += taken
        continue
      }
      const error = this.#libc.errno()
      if (error === ERRNO.EAGAIN) break
      this.#listener.onUnsent(this.#sequences[sent] ?? 0, error)
      sent += 1
    }
    this.#queued = count - sent
    if (sent > 0 && sent < count) this.#moveUp(sent)
  }

  /** Tells what was heard; says whether that was anything. */
  receive(): boolean {
    const { data, dataBytes, names, nameBytes } = this.#in
    let isHeard = false
    for (let failures = 0; failures < TRIES_MOST;) {
      const count = this.#libc.recvmmsg(this.receiver, this.#in.from(0), MESSAGES, 0)
      if (count < 0) {
        if (this.#libc.errno() === ERRNO.EAGAIN) break
        failures += 1
        continue
      }
      isHeard = true
      for (let index = 0; index < count; index += 1) {
        const length = Math.min(this.#in.receivedOf(index), dataBytes)
        const tcpAt = tcpHeaderAt(this.family, data, index * dataBytes, length)
        if (tcpAt === -1 || (data.readUInt16BE(tcpAt + 2) & BLOCK_MASK) !== this.#sockets.base) continue
        this.#listener.onSegment(names.subarray(index * nameBytes, (index + 1) * nameBytes), data, tcpAt)
      }
      if (count < MESSAGES) break
    }
    return this.#errors.drain(this.receiver, (error, quoted) => this.#listener.onIcmp(error, quoted)) || isHeard
  }

  close(): void {
    const { sender, receiver, holders } = this.#sockets
    for (const descriptor of [sender, receiver, ...holders]) this.#libc.close(descriptor)
  }

  #moveUp(sent: number): void {
    const { data, dataBytes, names, nameBytes } = this.#out
    const count = sent + this.#queued
    data.copyWithin(0, sent * dataBytes, count * dataBytes)
    names.copyWithin(0, sent * nameBytes, count * nameBytes)
    this.#sequences.copyWithin(0, sent, count)
  }
}
