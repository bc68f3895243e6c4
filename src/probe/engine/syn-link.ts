/**
 * The raw sockets of one version of IP (raw(7)): one that sends segments whole, one that hears their answers and what ICMP says of
 * them, and one that holds the port they come from, so that no other program is given it.
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
/** An IPv4 header with all its options, and the part of TCP's that is read. */
const ANSWER_BYTES = 80
/** Times that a call is tried again after an error that was another packet's. */
const TRIES_MOST = 8

export interface SynListener {
  /** A segment to our port, from an address in the kernel's form; the bytes are the listener's until it returns. */
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
  const [sender, receiver, holder] = [open(SOCK_RAW, IPPROTO_RAW), open(SOCK_RAW, IPPROTO_TCP), open(SOCK_STREAM, 0)]
  const port = opened.length === 3 ? holdPort(libc, holder, family) : 0
  if (port !== 0 && attachSynFilter(libc, receiver, family, port)) {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(BUFFER_BYTES)
    libc.setsockopt(receiver, SOL_SOCKET, SO_RCVBUFFORCE, bytes, 4)
    libc.setsockopt(sender, SOL_SOCKET, SO_SNDBUFFORCE, bytes, 4)
    const [level, name] = RECVERR[family]
    if (libc.setsockopt(receiver, level, name, ONE, ONE.length) === 0)
      return new SynLink(libc, family, { sender, receiver, holder, port }, listener)
  }
  for (const descriptor of opened) libc.close(descriptor)
  return null
}

/** Gives a socket a port of the kernel's choice, on all addresses; 0 where that fails. */
function holdPort(libc: LibC, holder: number, family: Family): number {
  const name = Buffer.alloc(NAME_BYTES[family])
  name.writeUInt16LE(AF[family], 0)
  if (libc.bind(holder, name, name.length) !== 0) return 0
  const length = Buffer.alloc(4)
  length.writeUInt32LE(name.length)
  return libc.getsockname(holder, name, length) === 0 ? name.readUInt16BE(PORT_AT) : 0
}

interface Sockets {
  readonly sender: number
  readonly receiver: number
  readonly holder: number
  readonly port: number
}

export class SynLink {
  readonly family: Family
  readonly port: number
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
    this.port = sockets.port
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
  queue(template: SynTemplate, to: Uint8Array, port: number, sequence: number): boolean {
    if (this.#queued === MESSAGES) this.flush()
    if (this.#queued === MESSAGES) return false
    const { data, dataBytes, names, nameBytes } = this.#out
    template.write(data, this.#queued * dataBytes, port, sequence)
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
        if (tcpAt === -1 || data.readUInt16BE(tcpAt + 2) !== this.port) continue
        this.#listener.onSegment(names.subarray(index * nameBytes, (index + 1) * nameBytes), data, tcpAt)
      }
      if (count < MESSAGES) break
    }
    return this.#errors.drain(this.receiver, (error, quoted) => this.#listener.onIcmp(error, quoted)) || isHeard
  }

  close(): void {
    const { sender, receiver, holder } = this.#sockets
    for (const descriptor of [sender, receiver, holder]) this.#libc.close(descriptor)
  }

  #moveUp(sent: number): void {
    const { data, dataBytes, names, nameBytes } = this.#out
    const count = sent + this.#queued
    data.copyWithin(0, sent * dataBytes, count * dataBytes)
    names.copyWithin(0, sent * nameBytes, count * nameBytes)
    this.#sequences.copyWithin(0, sent, count)
  }
}
