/** Sends attempts by Node's own sockets: what works everywhere. */
import { createSocket } from 'node:dgram'
import type { Socket as DatagramSocket } from 'node:dgram'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { systemCode } from '../../core/index.ts'
import type { Reason } from '../model.ts'
import type { Attempt, OnOutcome, DatagramBook } from './driver.ts'
import { KERNEL_RESENDS_MS, SELF_CONNECTIONS_MOST, chooseDatagram } from './driver.ts'
import { BY_OTHERS, CODE_OF } from './reasons.ts'

/** An error that is there before the sockets are looked at comes from this machine: Node tells it within so many ticks. */
const LOCAL_TICKS = 4

const LOCAL_REASONS: Readonly<Record<string, Reason>> = {
  EMFILE: 'no-descriptor',
  ENFILE: 'no-descriptor',
  ENETUNREACH: 'no-route',
  EHOSTUNREACH: 'no-route',
  EINVAL: 'no-route',
}

/** What the system makes of ICMP that came back (icmp(7); net/ipv4/icmp.c, net/ipv6/icmp.c); its exact kind is lost. */
const REMOTE_REASONS: Readonly<Record<string, Reason>> = {
  ECONNRESET: 'reset',
  ENETUNREACH: 'net-unreach',
  EHOSTUNREACH: 'host-unreach',
  EHOSTDOWN: 'host-unreach',
  ENOPROTOOPT: 'proto-unreach',
  EACCES: 'admin-prohibited',
  EPROTO: 'proto-unreach',
  EMFILE: 'no-descriptor',
  ENFILE: 'no-descriptor',
}

/** ICMP of which Node does not say who sent it: mostly a router. */
const OF_ROUTERS: ReadonlySet<Reason> = new Set(['net-unreach', 'host-unreach', 'proto-unreach', 'admin-prohibited'])

interface Held {
  readonly sentAt: number
  readonly close: () => void
  /** Of UDP, whose later attempts share the socket. */
  readonly resend: ((attempt: Attempt) => void) | null
}

export class NodeSockets {
  readonly #held = new Map<number, Held>()
  /** Of a slot that was sent again, by TCP: the attempts before, whose answers may still come. */
  readonly #earlier = new Map<number, Set<Held>>()
  readonly #onOutcome: OnOutcome
  readonly #datagrams: DatagramBook

  constructor(onOutcome: OnOutcome, datagrams: DatagramBook) {
    this.#onOutcome = onOutcome
    this.#datagrams = datagrams
  }

  send(slot: number, attempt: Attempt): void {
    const held = this.#held.get(slot)
    if (held !== undefined && held.resend !== null) {
      held.resend(attempt)
      return
    }
    if (held !== undefined) this.#keepEarlier(slot, held)
    if (attempt.isUdp) this.#sendDatagram(slot, attempt)
    else this.#connect(slot, attempt, performance.now(), 0)
  }

  drop(slot: number): void {
    this.#held.get(slot)?.close()
    this.#held.delete(slot)
    const earlier = this.#earlier.get(slot)
    for (const each of earlier ?? []) each.close()
    earlier?.clear()
    this.#earlier.delete(slot)
  }

  close(): void {
    for (const slot of [...this.#held.keys(), ...this.#earlier.keys()]) this.drop(slot)
  }

  /** Listens on for its answer, until the kernel would send it again. */
  #keepEarlier(slot: number, held: Held): void {
    this.#held.delete(slot)
    const all = this.#earlier.get(slot) ?? new Set<Held>()
    this.#earlier.set(slot, all.add(held))
    const end = (): void => {
      if (all.delete(held)) held.close()
    }
    setTimeout(end, held.sentAt + KERNEL_RESENDS_MS - performance.now()).unref()
  }

  #isHeard(slot: number, held: Held): boolean {
    return this.#held.get(slot) === held || this.#earlier.get(slot)?.has(held) === true
  }

  #connect(slot: number, attempt: Attempt, sentAt: number, selfConnections: number): void {
    const { host, port } = attempt
    const isLocal = watchLocal()
    const socket: Socket = connect({ host: host.address, port })
    const held: Held = { sentAt, close: () => socket.destroy(), resend: null }
    this.#held.set(slot, held)
    socket.on('error', (error) => this.#fail(slot, held, attempt, error, isLocal(), sentAt))
    socket.once('connect', () => {
      if (!this.#isHeard(slot, held)) return
      const isOwn = socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress
      socket.resetAndDestroy()
      if (!isOwn) this.#end(slot, 'syn-ack', sentAt)
      else if (selfConnections === SELF_CONNECTIONS_MOST) this.#end(slot, 'conn-refused', sentAt)
      else this.#connect(slot, attempt, sentAt, selfConnections + 1)
    })
  }

  #sendDatagram(slot: number, attempt: Attempt): void {
    const { host, port } = attempt
    const isLocal = watchLocal()
    const socket: DatagramSocket = createSocket(host.family === 4 ? 'udp4' : 'udp6')
    let sentAt = performance.now()
    const send = ({ number }: Attempt): void => {
      sentAt = performance.now()
      socket.send(chooseDatagram(this.#datagrams.get(port), number - 1), (error) => {
        if (error !== null) this.#fail(slot, held, attempt, error, true, sentAt)
      })
    }
    const held: Held = { sentAt, close: () => socket.close(), resend: send }
    this.#held.set(slot, held)
    socket.on('error', (error) => this.#fail(slot, held, attempt, error, isLocal(), sentAt))
    socket.on('message', () => {
      if (this.#held.get(slot) === held) this.#end(slot, 'udp-response', sentAt)
    })
    socket.connect(port, host.address, () => {
      if (this.#held.get(slot) !== held) return
      const own = socket.address()
      const remote = socket.remoteAddress()
      // A datagram to itself would be its own answer.
      if (own.port === remote.port && own.address === remote.address) {
        this.drop(slot)
        this.#sendDatagram(slot, attempt)
      } else send(attempt)
    })
  }

  #fail(slot: number, held: Held, attempt: Attempt, error: Error, isLocal: boolean, sentAt: number): void {
    if (!this.#isHeard(slot, held)) return
    const code = systemCode(error) ?? ''
    // The system has waited longer than the scan does.
    if (code === 'ETIMEDOUT') return
    if (code === 'ECONNREFUSED') this.#end(slot, attempt.isUdp ? 'port-unreach' : 'conn-refused', sentAt)
    else this.#end(slot, (isLocal ? LOCAL_REASONS : REMOTE_REASONS)[code] ?? 'send-failed', sentAt)
  }

  #end(slot: number, reason: Reason, sentAt: number): void {
    const rttMs = performance.now() - sentAt
    this.drop(slot)
    this.#onOutcome(slot, CODE_OF[reason] + (OF_ROUTERS.has(reason) ? BY_OTHERS : 0), rttMs)
  }
}

/** Tells whether it is asked before anything can have come from the network. */
function watchLocal(): () => boolean {
  let ticksLeft = LOCAL_TICKS
  const count = (): void => {
    ticksLeft -= 1
    if (ticksLeft > 0) process.nextTick(count)
  }
  process.nextTick(count)
  return () => ticksLeft > 0
}
