/**
 * Sends attempts by libc's own calls: sockets that do not block, watched by epoll.
 *
 * A refused connection leaves its socket as it was, ready for the next port (connect(2), NOTES): of the three calls that a closed
 * port else takes, one is left and a second that asks what came of it. To this machine's own addresses the answer is there
 * at once. connect(2) called again tells it for every socket: EALREADY while the connection is being made, then what became of it.
 */
import type { Reason } from '../model.ts'
import { SELF_CONNECTIONS_MOST } from './driver.ts'
import type { Attempt, OnOutcome, PayloadFor } from './driver.ts'
import { ErrorQueue } from './error-queue.ts'
import { ERRNO } from './libc.ts'
import type { LibC } from './libc.ts'
import { CODE_OF, PENDING } from './reasons.ts'
import { SocketAddresses, isSameEnd, setPort } from './socket-address.ts'
import type { SocketAddress } from './socket-address.ts'

const NONE = -1
const SOCK_STREAM = 1
const SOCK_DGRAM = 2
const SOCK_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000
const EPOLL_CLOEXEC = 0o2000000
const EPOLL_CTL_ADD = 1
const EPOLL_CTL_MOD = 3
const EPOLLIN = 1
const EPOLLOUT = 4
const EPOLLET = 0x8000_0000
const SOL_SOCKET = 1
const SO_LINGER = 13
const AF_INET = 2
const SOL_IP = 0
const IP_RECVERR = 11
const SOL_IPV6 = 41
const IPV6_RECVERR = 25
const ONE = Buffer.from([1, 0, 0, 0])
/** On, and 0 seconds: closing sends a reset, and leaves no TIME_WAIT. */
const LINGER_NONE = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])
const EVENTS = 512
const IDLE_MOST = 64
/** An answer's first bytes: that there is one is all that is asked. */
const RECEIVE_BYTES = 512
const ADDRESS_BYTES = 28

export class NativeSockets {
  readonly #libc: LibC
  readonly #onOutcome: OnOutcome
  readonly #payloadFor: PayloadFor
  readonly #errors: ErrorQueue
  readonly #addresses: SocketAddresses
  readonly #epoll: number
  readonly #events: Buffer
  readonly #event = Buffer.alloc(16)
  readonly #received = Buffer.alloc(RECEIVE_BYTES)
  readonly #ownName = Buffer.alloc(ADDRESS_BYTES)
  readonly #ownNameLength = Buffer.alloc(4)
  readonly #descriptors: Int32Array
  readonly #sentAt: Float64Array
  readonly #attempts: (Attempt | null)[]
  readonly #targets: (SocketAddress | null)[]
  /** By descriptor: whose it is, and whether epoll watches it. */
  #slots = new Int32Array(1024).fill(NONE)
  #isWatched = new Uint8Array(1024)
  readonly #idle = { ipv4: [] as number[], ipv6: [] as number[] }
  #lastHost: Attempt['host'] | null = null
  #lastTarget: SocketAddress | null = null

  constructor(libc: LibC, attemptsMost: number, onOutcome: OnOutcome, payloadFor: PayloadFor) {
    this.#libc = libc
    this.#onOutcome = onOutcome
    this.#payloadFor = payloadFor
    this.#errors = new ErrorQueue(libc)
    this.#addresses = new SocketAddresses(libc)
    this.#epoll = libc.epollCreate(EPOLL_CLOEXEC)
    this.#events = Buffer.alloc(EVENTS * libc.epollEventBytes)
    this.#descriptors = new Int32Array(attemptsMost).fill(NONE)
    this.#sentAt = new Float64Array(attemptsMost)
    this.#attempts = Array.from({ length: attemptsMost }, () => null)
    this.#targets = Array.from({ length: attemptsMost }, () => null)
  }

  /** Sends; what came of it at once, or PENDING. */
  send(slot: number, attempt: Attempt): number {
    const target = this.#targetOf(attempt)
    this.#sentAt[slot] = performance.now()
    if (attempt.isUdp) return this.#sendDatagram(slot, attempt, target)
    this.drop(slot)
    return this.#connect(slot, attempt, target, 0)
  }

  /** How long the last outcome that `send` gave at once took, in ms. */
  roundTripOf(slot: number): number {
    return performance.now() - (this.#sentAt[slot] ?? 0)
  }

  /** Waits for answers, for at most so many ms, and tells them. */
  poll(timeoutMs: number): void {
    const count = this.#libc.epollWait(this.#epoll, this.#events, EVENTS, Math.ceil(timeoutMs))
    for (let index = 0; index < count; index += 1) {
      const descriptor = this.#events.readInt32LE(index * this.#libc.epollEventBytes + this.#libc.epollEventBytes - 8)
      const slot = this.#slots[descriptor] ?? NONE
      if (slot !== NONE) this.#look(slot, descriptor)
    }
  }

  drop(slot: number): void {
    const descriptor = this.#descriptors[slot] ?? NONE
    if (descriptor !== NONE) this.#close(slot, descriptor)
  }

  close(): void {
    for (let slot = 0; slot < this.#descriptors.length; slot += 1) this.drop(slot)
    this.#closeIdle()
    this.#libc.close(this.#epoll)
  }

  #targetOf({ host, port }: Attempt): SocketAddress {
    if (host !== this.#lastHost || this.#lastTarget === null) {
      this.#lastHost = host
      this.#lastTarget = this.#addresses.of(host)
    }
    setPort(this.#lastTarget, port)
    return this.#lastTarget
  }

  #connect(slot: number, attempt: Attempt, target: SocketAddress, selfConnections: number): number {
    const libc = this.#libc
    const descriptor = this.#takeStream(target)
    if (descriptor < 0) return localCodeOf(libc.errno())
    this.#hold(slot, descriptor)
    const { bytes } = target
    let error = libc.connect(descriptor, bytes, bytes.length) === 0 ? 0 : libc.errno()
    if (error === ERRNO.EINPROGRESS && target.isOwn)
      error = libc.connect(descriptor, bytes, bytes.length) === 0 ? 0 : libc.errno()
    if (error === ERRNO.EINPROGRESS || error === ERRNO.EALREADY) {
      this.#attempts[slot] = attempt
      this.#targets[slot] = target.isOwn ? this.#addresses.of(attempt.host) : target
      this.#watch(descriptor, EPOLLOUT)
      return PENDING
    }
    if (error === 0 || error === ERRNO.EISCONN)
      return this.#connected(slot, descriptor, attempt, target, selfConnections)
    const reason = this.#errors.read(descriptor)
    if (reason === null && error === ERRNO.ECONNREFUSED) {
      this.#rest(slot, descriptor, target)
      return CODE_OF['conn-refused']
    }
    this.#close(slot, descriptor)
    return reason === null ? localCodeOf(error) : CODE_OF[reason]
  }

  #connected(
    slot: number,
    descriptor: number,
    attempt: Attempt,
    target: SocketAddress,
    selfConnections: number,
  ): number {
    setPort(target, attempt.port)
    const isOwnEnd = this.#isSelfConnected(descriptor, target)
    this.#libc.setsockopt(descriptor, SOL_SOCKET, SO_LINGER, LINGER_NONE, LINGER_NONE.length)
    if (!isOwnEnd || selfConnections === SELF_CONNECTIONS_MOST) {
      this.#close(slot, descriptor)
      return CODE_OF[isOwnEnd ? 'conn-refused' : 'syn-ack']
    }
    this.#close(slot, descriptor)
    return this.#connect(slot, attempt, target, selfConnections + 1)
  }

  #sendDatagram(slot: number, attempt: Attempt, target: SocketAddress): number {
    const libc = this.#libc
    let descriptor = this.#descriptors[slot] ?? NONE
    if (descriptor === NONE) {
      descriptor = this.#openSocket(target, SOCK_DGRAM)
      if (descriptor < 0) return localCodeOf(libc.errno())
      this.#hold(slot, descriptor)
      if (libc.connect(descriptor, target.bytes, target.bytes.length) !== 0) return this.#failLocally(slot, descriptor)
      // A datagram to itself would be its own answer.
      if (target.isOwn && this.#isSelfConnected(descriptor, target)) return this.#sendAnew(slot, attempt, target)
      this.#attempts[slot] = attempt
      this.#watch(descriptor, EPOLLIN)
    }
    const payload = this.#payloadFor(attempt.port, attempt.number - 1)
    if (libc.send(descriptor, payload, payload.length, 0) >= 0) return PENDING
    return this.#failLocally(slot, descriptor)
  }

  /** From another port: the one that is held until then cannot be given again. */
  #sendAnew(slot: number, attempt: Attempt, target: SocketAddress): number {
    const held = this.#descriptors[slot] ?? NONE
    this.#slots[held] = NONE
    this.#descriptors[slot] = NONE
    const code = this.#sendDatagram(slot, attempt, target)
    this.#libc.close(held)
    return code
  }

  /** The error may be of ICMP that an earlier attempt has brought. */
  #failLocally(slot: number, descriptor: number): number {
    const error = this.#libc.errno()
    const reason = this.#errors.read(descriptor)
    this.#close(slot, descriptor)
    return reason === null ? localCodeOf(error) : CODE_OF[reason]
  }

  #look(slot: number, descriptor: number): void {
    const attempt = this.#attempts[slot]
    if (attempt === null || attempt === undefined) return
    const rttMs = this.roundTripOf(slot)
    const code = attempt.isUdp ? this.#receive(slot, descriptor) : this.#finishConnect(slot, descriptor, attempt)
    if (code !== PENDING) this.#onOutcome(slot, code, rttMs)
  }

  #finishConnect(slot: number, descriptor: number, attempt: Attempt): number {
    const libc = this.#libc
    const target = this.#targets[slot] ?? this.#targetOf(attempt)
    setPort(target, attempt.port)
    const error = libc.connect(descriptor, target.bytes, target.bytes.length) === 0 ? 0 : libc.errno()
    if (error === 0 || error === ERRNO.EISCONN) return this.#connected(slot, descriptor, attempt, target, 0)
    const reason = this.#errors.read(descriptor)
    if (reason === null && (error === ERRNO.EALREADY || error === ERRNO.EINPROGRESS)) return PENDING
    if (reason === null && error === ERRNO.ECONNREFUSED) {
      this.#rest(slot, descriptor, target)
      return CODE_OF['conn-refused']
    }
    this.#close(slot, descriptor)
    // The kernel has given up later than the scan will.
    if (reason === null && error === ERRNO.ETIMEDOUT) return PENDING
    return CODE_OF[reason ?? remoteReasonOf(error)]
  }

  #receive(slot: number, descriptor: number): number {
    const length = this.#libc.recv(descriptor, this.#received, RECEIVE_BYTES, 0)
    const error = length >= 0 ? 0 : this.#libc.errno()
    const reason = length >= 0 ? 'udp-response' : this.#errors.read(descriptor)
    if (reason === null && error === ERRNO.EAGAIN) return PENDING
    this.#close(slot, descriptor)
    if (reason !== null) return CODE_OF[reason]
    return CODE_OF[error === ERRNO.ECONNREFUSED ? 'port-unreach' : remoteReasonOf(error)]
  }

  #isSelfConnected(descriptor: number, target: SocketAddress): boolean {
    this.#ownNameLength.writeUInt32LE(ADDRESS_BYTES, 0)
    if (this.#libc.getsockname(descriptor, this.#ownName, this.#ownNameLength) !== 0) return false
    return isSameEnd(target, this.#ownName)
  }

  #takeStream(target: SocketAddress): number {
    return this.#idleOf(target).pop() ?? this.#openSocket(target, SOCK_STREAM)
  }

  #openSocket({ family }: SocketAddress, type: number): number {
    const libc = this.#libc
    let descriptor = libc.socket(family, type | SOCK_NONBLOCK_CLOEXEC, 0)
    if (descriptor < 0 && this.#closeIdle()) descriptor = libc.socket(family, type | SOCK_NONBLOCK_CLOEXEC, 0)
    if (descriptor < 0) return descriptor
    if (family === AF_INET) libc.setsockopt(descriptor, SOL_IP, IP_RECVERR, ONE, ONE.length)
    else libc.setsockopt(descriptor, SOL_IPV6, IPV6_RECVERR, ONE, ONE.length)
    return descriptor
  }

  #idleOf({ family }: SocketAddress): number[] {
    return family === AF_INET ? this.#idle.ipv4 : this.#idle.ipv6
  }

  /** Whether there was one. */
  #closeIdle(): boolean {
    const all = [...this.#idle.ipv4.splice(0), ...this.#idle.ipv6.splice(0)]
    for (const descriptor of all) this.#closeDescriptor(descriptor)
    return all.length > 0
  }

  #hold(slot: number, descriptor: number): void {
    if (descriptor >= this.#slots.length) this.#makeRoom(descriptor)
    this.#descriptors[slot] = descriptor
    this.#slots[descriptor] = slot
  }

  #makeRoom(descriptor: number): void {
    const length = 2 * descriptor
    const slots = new Int32Array(length).fill(NONE)
    slots.set(this.#slots)
    this.#slots = slots
    const isWatched = new Uint8Array(length)
    isWatched.set(this.#isWatched)
    this.#isWatched = isWatched
  }

  #watch(descriptor: number, events: number): void {
    this.#event.writeUInt32LE((events | EPOLLET) >>> 0, 0)
    this.#event.writeInt32LE(descriptor, this.#libc.epollEventBytes - 8)
    const operation = this.#isWatched[descriptor] === 1 ? EPOLL_CTL_MOD : EPOLL_CTL_ADD
    this.#isWatched[descriptor] = 1
    this.#libc.epollControl(this.#epoll, operation, descriptor, this.#event)
  }

  /** Keeps a refused socket for the next attempt. */
  #rest(slot: number, descriptor: number, target: SocketAddress): void {
    const idle = this.#idleOf(target)
    if (idle.length >= IDLE_MOST) {
      this.#close(slot, descriptor)
      return
    }
    this.#forget(slot, descriptor)
    idle.push(descriptor)
  }

  #close(slot: number, descriptor: number): void {
    this.#forget(slot, descriptor)
    this.#closeDescriptor(descriptor)
  }

  #forget(slot: number, descriptor: number): void {
    this.#descriptors[slot] = NONE
    this.#slots[descriptor] = NONE
    this.#attempts[slot] = null
  }

  #closeDescriptor(descriptor: number): void {
    this.#isWatched[descriptor] = 0
    this.#libc.close(descriptor)
  }
}

/** What an error means that comes before anything can have been sent. */
function localCodeOf(error: number): number {
  switch (error) {
    case ERRNO.EMFILE:
    case ERRNO.ENFILE:
      return CODE_OF['no-descriptor']
    case ERRNO.ENETUNREACH:
    case ERRNO.EHOSTUNREACH:
    // A black hole (`ip route add blackhole`), and a zone that is no interface.
    case ERRNO.EINVAL:
      return CODE_OF['no-route']
    case ERRNO.ECONNRESET:
      return CODE_OF.reset
    default:
      return CODE_OF['send-failed']
  }
}

/** What an error means that came after the attempt was sent, where the queue does not say more. */
function remoteReasonOf(error: number): Reason {
  switch (error) {
    case ERRNO.ECONNREFUSED:
      return 'conn-refused'
    case ERRNO.ECONNRESET:
    case ERRNO.ECONNABORTED:
      return 'reset'
    case ERRNO.ENETUNREACH:
      return 'net-unreach'
    case ERRNO.EHOSTUNREACH:
    case ERRNO.EHOSTDOWN:
      return 'host-unreach'
    case ERRNO.ENOPROTOOPT:
    case ERRNO.EPROTO:
      return 'proto-unreach'
    case ERRNO.EACCES:
      return 'admin-prohibited'
    default:
      return 'send-failed'
  }
}
