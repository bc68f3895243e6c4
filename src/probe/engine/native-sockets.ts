/**
 * Sends attempts by libc's own calls: sockets that do not block, watched by epoll (socket-pool.ts).
 *
 * Of the three calls that a closed port else takes, one is left and a second that asks what came of it. To this machine's own
 * addresses the answer is there at once. connect(2) called again tells it for every socket: EALREADY while the connection is being
 * made, then what became of it.
 */
import { SELF_CONNECTIONS_MOST, chooseDatagram } from './driver.ts'
import type { Attempt, OnOutcome, DatagramBook } from './driver.ts'
import { EarlierSockets } from './earlier-sockets.ts'
import { localCodeOf, remoteCodeOf } from './errno-codes.ts'
import { ErrorQueue } from './error-queue.ts'
import { ERRNO } from './libc.ts'
import type { LibC } from './libc.ts'
import { CODE_OF, PENDING } from './reasons.ts'
import { SocketAddresses, isSameEnd, setPort } from './socket-address.ts'
import type { SocketAddress } from './socket-address.ts'
import { SocketPool } from './socket-pool.ts'

const NONE = -1
const SOL_SOCKET = 1
const SO_LINGER = 13
/** On, and 0 seconds: closing sends a reset, and leaves no TIME_WAIT. */
const LINGER_NONE = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])
/** An answer's first bytes: that there is one is all that is asked. */
const RECEIVE_BYTES = 512
const ADDRESS_BYTES = 28

export class NativeSockets {
  readonly #libc: LibC
  readonly #onOutcome: OnOutcome
  readonly #datagrams: DatagramBook
  readonly #errors: ErrorQueue
  readonly #addresses: SocketAddresses
  readonly #pool: SocketPool
  readonly #received = Buffer.alloc(RECEIVE_BYTES)
  readonly #ownName = Buffer.alloc(ADDRESS_BYTES)
  readonly #ownNameLength = Buffer.alloc(4)
  readonly #descriptors: Int32Array
  readonly #sentAt: Float64Array
  /** Of a slot that waits for an answer, in columns: an object each would live too long to be cheap. */
  readonly #hosts: (Attempt['host'] | null)[]
  readonly #targets: (SocketAddress | null)[]
  readonly #ports: Uint16Array
  readonly #isUdp: Uint8Array
  readonly #earlier: EarlierSockets
  /** One for each host while it is probed: one for each attempt is memory that the collector hardly sees. */
  readonly #targetsOf = new WeakMap<Attempt['host'], SocketAddress>()

  constructor(libc: LibC, attemptsMost: number, onOutcome: OnOutcome, datagrams: DatagramBook) {
    this.#libc = libc
    this.#onOutcome = onOutcome
    this.#datagrams = datagrams
    this.#errors = new ErrorQueue(libc)
    this.#addresses = new SocketAddresses(libc)
    this.#pool = new SocketPool(libc)
    this.#descriptors = new Int32Array(attemptsMost).fill(NONE)
    this.#sentAt = new Float64Array(attemptsMost)
    this.#hosts = []
    this.#targets = []
    this.#ports = new Uint16Array(attemptsMost)
    this.#isUdp = new Uint8Array(attemptsMost)
    this.#earlier = new EarlierSockets(attemptsMost, (descriptor) => this.#pool.close(descriptor))
  }

  /** Sends; what came of it at once, or PENDING. */
  send(slot: number, attempt: Attempt): number {
    const target = this.#targetOf(attempt)
    if (!attempt.isUdp) this.#keepEarlier(slot)
    this.#sentAt[slot] = performance.now()
    return attempt.isUdp ? this.#sendDatagram(slot, attempt, target) : this.#connect(slot, attempt, target, 0)
  }

  /** How long the last outcome that `send` gave at once took, in ms. */
  roundTripOf(slot: number): number {
    return performance.now() - (this.#sentAt[slot] ?? 0)
  }

  /** Waits for answers, for at most so many ms, and tells them. */
  poll(timeoutMs: number): void {
    this.#earlier.closeOld(performance.now())
    this.#pool.wait(timeoutMs, (slot, descriptor) => this.#look(slot, descriptor))
  }

  /** Watches another's descriptor while answers are waited for. */
  watch(descriptor: number, hear: () => void): void {
    this.#pool.watchOther(descriptor, hear)
  }

  drop(slot: number): void {
    const descriptor = this.#descriptors[slot] ?? NONE
    if (descriptor !== NONE) this.#close(slot, descriptor)
    this.#earlier.closeOf(slot)
    this.#hosts[slot] = null
  }

  close(): void {
    // Slots beyond have never waited for an answer.
    for (let slot = 0; slot < this.#hosts.length; slot += 1) this.drop(slot)
    this.#pool.end()
  }

  #targetOf({ host, port }: Attempt): SocketAddress {
    let target = this.#targetsOf.get(host)
    if (target === undefined) {
      target = this.#addresses.of(host)
      this.#targetsOf.set(host, target)
    }
    setPort(target, port)
    return target
  }

  #connect(slot: number, attempt: Attempt, target: SocketAddress, selfConnections: number): number {
    const libc = this.#libc
    let descriptor = this.#pool.takeStream(slot, target)
    if (descriptor < 0 && this.#earlier.closeAll()) descriptor = this.#pool.takeStream(slot, target)
    if (descriptor < 0) return localCodeOf(libc.errno())
    this.#descriptors[slot] = descriptor
    const { bytes } = target
    let error = libc.connect(descriptor, bytes, bytes.length) === 0 ? 0 : libc.errno()
    if (error === ERRNO.EINPROGRESS && target.isOwn)
      error = libc.connect(descriptor, bytes, bytes.length) === 0 ? 0 : libc.errno()
    if (error === ERRNO.EINPROGRESS || error === ERRNO.EALREADY) {
      this.#await(slot, attempt, target.isOwn ? this.#addresses.of(attempt.host) : target)
      this.#pool.watchConnection(descriptor)
      return PENDING
    }
    if (error === 0 || error === ERRNO.EISCONN)
      return this.#connected(slot, descriptor, attempt, target, selfConnections)
    const code = this.#errors.read(descriptor, target)
    if (code === null && error === ERRNO.ECONNREFUSED) {
      this.#rest(slot, descriptor, target)
      return CODE_OF['conn-refused']
    }
    this.#close(slot, descriptor)
    return code ?? localCodeOf(error)
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
    this.#close(slot, descriptor)
    if (!isOwnEnd) return CODE_OF['syn-ack']
    if (selfConnections === SELF_CONNECTIONS_MOST) return CODE_OF['conn-refused']
    return this.#connect(slot, attempt, target, selfConnections + 1)
  }

  #sendDatagram(slot: number, attempt: Attempt, target: SocketAddress): number {
    const libc = this.#libc
    let descriptor = this.#descriptors[slot] ?? NONE
    if (descriptor === NONE) {
      descriptor = this.#pool.takeDatagram(slot, target)
      if (descriptor < 0) return localCodeOf(libc.errno())
      this.#descriptors[slot] = descriptor
      if (libc.connect(descriptor, target.bytes, target.bytes.length) !== 0)
        return this.#failLocally(slot, descriptor, target)
      // A datagram to itself would be its own answer.
      if (target.isOwn && this.#isSelfConnected(descriptor, target)) return this.#sendAnew(slot, attempt, target)
      this.#await(slot, attempt, target)
      this.#pool.watchDatagrams(descriptor)
    }
    const payload = chooseDatagram(this.#datagrams.get(attempt.port), attempt.number - 1)
    if (libc.send(descriptor, payload, payload.length, 0) >= 0) return PENDING
    return this.#failLocally(slot, descriptor, target)
  }

  /** From another port: the one that is held until then cannot be given again. */
  #sendAnew(slot: number, attempt: Attempt, target: SocketAddress): number {
    const held = this.#descriptors[slot] ?? NONE
    this.#descriptors[slot] = NONE
    const code = this.#sendDatagram(slot, attempt, target)
    this.#pool.close(held)
    return code
  }

  /** The error may be of ICMP that an earlier attempt has brought. */
  #failLocally(slot: number, descriptor: number, target: SocketAddress): number {
    const error = this.#libc.errno()
    const code = this.#errors.read(descriptor, target)
    this.#close(slot, descriptor)
    return code ?? localCodeOf(error)
  }

  #await(slot: number, { host, port, isUdp }: Attempt, target: SocketAddress): void {
    this.#hosts[slot] = host
    this.#targets[slot] = target
    this.#ports[slot] = port
    this.#isUdp[slot] = isUdp ? 1 : 0
  }

  #look(slot: number, descriptor: number): void {
    const host = this.#hosts[slot]
    if (host === null || host === undefined) return
    const attempt: Attempt = { host, isUdp: this.#isUdp[slot] === 1, port: this.#ports[slot] ?? 0, number: 1 }
    const rttMs = performance.now() - (this.#earlier.sentAtOf(slot, descriptor) ?? this.#sentAt[slot] ?? 0)
    const target = this.#targets[slot] ?? this.#targetOf(attempt)
    const code = attempt.isUdp
      ? this.#receive(slot, descriptor, target)
      : this.#finishConnect(slot, descriptor, attempt, target)
    if (code === PENDING) return
    this.drop(slot)
    this.#onOutcome(slot, code, rttMs)
  }

  #finishConnect(slot: number, descriptor: number, attempt: Attempt, target: SocketAddress): number {
    const libc = this.#libc
    setPort(target, attempt.port)
    const error = libc.connect(descriptor, target.bytes, target.bytes.length) === 0 ? 0 : libc.errno()
    if (error === 0 || error === ERRNO.EISCONN) return this.#connected(slot, descriptor, attempt, target, 0)
    const code = this.#errors.read(descriptor, target)
    if (code === null && (error === ERRNO.EALREADY || error === ERRNO.EINPROGRESS)) return PENDING
    if (code === null && error === ERRNO.ECONNREFUSED) {
      this.#rest(slot, descriptor, target)
      return CODE_OF['conn-refused']
    }
    this.#close(slot, descriptor)
    // The kernel has given up later than the scan will.
    if (code === null && error === ERRNO.ETIMEDOUT) return PENDING
    return code ?? remoteCodeOf(error)
  }

  #receive(slot: number, descriptor: number, target: SocketAddress): number {
    const length = this.#libc.recv(descriptor, this.#received, RECEIVE_BYTES, 0)
    const error = length >= 0 ? 0 : this.#libc.errno()
    const code = length >= 0 ? CODE_OF['udp-response'] : this.#errors.read(descriptor, target)
    if (code === null && error === ERRNO.EAGAIN) return PENDING
    this.#close(slot, descriptor)
    return code ?? (error === ERRNO.ECONNREFUSED ? CODE_OF['port-unreach'] : remoteCodeOf(error))
  }

  #isSelfConnected(descriptor: number, target: SocketAddress): boolean {
    this.#ownNameLength.writeUInt32LE(ADDRESS_BYTES, 0)
    if (this.#libc.getsockname(descriptor, this.#ownName, this.#ownNameLength) !== 0) return false
    return isSameEnd(target, this.#ownName)
  }

  #keepEarlier(slot: number): void {
    const descriptor = this.#descriptors[slot] ?? NONE
    if (descriptor === NONE) return
    this.#descriptors[slot] = NONE
    this.#earlier.keep(slot, descriptor, this.#sentAt[slot] ?? 0, performance.now())
  }

  #rest(slot: number, descriptor: number, target: SocketAddress): void {
    this.#forget(slot, descriptor)
    this.#pool.rest(descriptor, target)
  }

  #close(slot: number, descriptor: number): void {
    this.#forget(slot, descriptor)
    this.#pool.close(descriptor)
  }

  #forget(slot: number, descriptor: number): void {
    if (this.#descriptors[slot] === descriptor) this.#descriptors[slot] = NONE
    else this.#earlier.remove(slot, descriptor)
  }
}
