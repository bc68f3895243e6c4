/**
 * Sockets of libc: opens, watches and closes them, and knows whose each is.
 *
 * A refused connection leaves its socket as it was, ready for the next port (connect(2), NOTES): such sockets rest here until then.
 */
import type { LibC } from './libc.ts'
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
const AF_INET = 2
const SOL_IP = 0
const IP_RECVERR = 11
const SOL_IPV6 = 41
const IPV6_RECVERR = 25
const ONE = Buffer.from([1, 0, 0, 0])
const EVENTS = 512
const IDLE_MOST = 64

export class SocketPool {
  readonly #libc: LibC
  readonly #epoll: number
  readonly #events: Buffer
  readonly #event = Buffer.alloc(16)
  /** By descriptor: whose it is, and whether epoll watches it. */
  #slots = new Int32Array(1024).fill(NONE)
  #isWatched = new Uint8Array(1024)
  readonly #others = new Map<number, () => void>()
  readonly #idle = { ipv4: [] as number[], ipv6: [] as number[] }

  constructor(libc: LibC) {
    this.#libc = libc
    this.#epoll = libc.epollCreate(EPOLL_CLOEXEC)
    this.#events = Buffer.alloc(EVENTS * libc.epollEventBytes)
  }

  /** A socket for a connection, new or rested; negative where none can be had. */
  takeStream(slot: number, target: SocketAddress): number {
    const rested = this.#idleOf(target).pop()
    if (rested === undefined) return this.#open(slot, target, SOCK_STREAM)
    this.#slots[rested] = slot
    return rested
  }

  /** A socket for datagrams; negative where none can be had. */
  takeDatagram(slot: number, target: SocketAddress): number {
    return this.#open(slot, target, SOCK_DGRAM)
  }

  /** Whether a connection is made, or refused, is told by `wait`. */
  watchConnection(descriptor: number): void {
    this.#watch(descriptor, EPOLLOUT)
  }

  watchDatagrams(descriptor: number): void {
    this.#watch(descriptor, EPOLLIN)
  }

  /** Watches a descriptor that is another's: `hear` is called while there is something to read, or an error, in it. */
  watchOther(descriptor: number, hear: () => void): void {
    this.#others.set(descriptor, hear)
    this.#control(EPOLL_CTL_ADD, descriptor, EPOLLIN)
  }

  /** Waits for at most so many ms, and says which sockets have something to tell. */
  wait(timeoutMs: number, hear: (slot: number, descriptor: number) => void): void {
    const eventBytes = this.#libc.epollEventBytes
    const count = this.#libc.epollWait(this.#epoll, this.#events, EVENTS, Math.ceil(timeoutMs))
    for (let index = 0; index < count; index += 1) {
      const descriptor = this.#events.readInt32LE(index * eventBytes + eventBytes - 8)
      const slot = this.#slots[descriptor] ?? NONE
      if (slot !== NONE) hear(slot, descriptor)
      else this.#others.get(descriptor)?.()
    }
  }

  /** Keeps a refused socket for the next attempt. */
  rest(descriptor: number, target: SocketAddress): void {
    const idle = this.#idleOf(target)
    if (idle.length >= IDLE_MOST) {
      this.close(descriptor)
      return
    }
    this.#slots[descriptor] = NONE
    idle.push(descriptor)
  }

  close(descriptor: number): void {
    this.#slots[descriptor] = NONE
    this.#isWatched[descriptor] = 0
    this.#libc.close(descriptor)
  }

  /** Closes what rests, and the watch itself; nothing may be taken any more. */
  end(): void {
    this.#closeIdle()
    this.#libc.close(this.#epoll)
  }

  #open(slot: number, { family }: SocketAddress, type: number): number {
    const libc = this.#libc
    let descriptor = libc.socket(family, type | SOCK_NONBLOCK_CLOEXEC, 0)
    if (descriptor < 0 && this.#closeIdle()) descriptor = libc.socket(family, type | SOCK_NONBLOCK_CLOEXEC, 0)
    if (descriptor < 0) return descriptor
    if (family === AF_INET) libc.setsockopt(descriptor, SOL_IP, IP_RECVERR, ONE, ONE.length)
    else libc.setsockopt(descriptor, SOL_IPV6, IPV6_RECVERR, ONE, ONE.length)
    if (descriptor >= this.#slots.length) this.#makeRoom(descriptor)
    this.#slots[descriptor] = slot
    return descriptor
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
    const operation = this.#isWatched[descriptor] === 1 ? EPOLL_CTL_MOD : EPOLL_CTL_ADD
    this.#isWatched[descriptor] = 1
    this.#control(operation, descriptor, (events | EPOLLET) >>> 0)
  }

  #control(operation: number, descriptor: number, events: number): void {
    this.#event.writeUInt32LE(events, 0)
    this.#event.writeInt32LE(descriptor, this.#libc.epollEventBytes - 8)
    this.#libc.epollControl(this.#epoll, operation, descriptor, this.#event)
  }

  #idleOf({ family }: SocketAddress): number[] {
    return family === AF_INET ? this.#idle.ipv4 : this.#idle.ipv6
  }

  /** Whether there was one. */
  #closeIdle(): boolean {
    const all = [...this.#idle.ipv4.splice(0), ...this.#idle.ipv6.splice(0)]
    for (const descriptor of all) this.close(descriptor)
    return all.length > 0
  }
}
