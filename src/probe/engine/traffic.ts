/**
 * How many attempts may be on their way, and how long an answer is waited for: by the windows, the rates, the descriptors that can be
 * had, and for UDP by the host's own limit. What answers and silences say of the network is learnt here.
 */
import type { Pace } from '../job.ts'
import { flowsOf, hostSlotOf, isUdp } from './flows.ts'
import { Rates } from './rates.ts'
import { CODE_OF, bareCode, isFromHost } from './reasons.ts'
import { RoundTrips } from './round-trips.ts'
import { UnreachPacer } from './unreach-pacer.ts'
import { FIRST_HOST_WINDOW, FIRST_WINDOW, Windows } from './windows.ts'

/** Descriptors tried for again after each answer, when there were too few. */
const ROOM_STEP = 1 / 8

/** An answer, and the attempt that it is to. */
export interface Heard {
  readonly code: number
  readonly rttMs: number
  /** When the attempt before it was sent that got no answer; null where it is the first. */
  readonly lostAt: number | null
}

export class Traffic {
  readonly #trips: RoundTrips
  readonly #windows: Windows
  readonly #pacer: UnreachPacer
  readonly #hostRates: Rates
  readonly #rate: Rates
  /** The number that stands for all flows together. */
  readonly #all: number
  readonly #attemptsMost: number
  #room: number

  constructor(pace: Pace, hostsMost: number, flows: number, attemptsMost: number, now: number) {
    this.#all = flows
    this.#attemptsMost = attemptsMost
    this.#trips = new RoundTrips(flows, pace)
    this.#windows = new Windows(flows + 1, attemptsMost)
    // A rate spaces the attempts out: as many may be under way as it sends while the first silences last.
    this.#windows.reset(this.#all, Math.max(FIRST_WINDOW, ((pace.rate ?? 0) * pace.timeoutMaxMs) / 1000))
    this.#pacer = new UnreachPacer(flows)
    this.#hostRates = new Rates(hostsMost, pace.hostRate)
    this.#rate = new Rates(1, pace.rate)
    this.#rate.reset(0, now)
    this.#room = attemptsMost
  }

  /** Attempts on their way. */
  get inFlight(): number {
    return this.#windows.inFlight[this.#all] ?? 0
  }

  get isFull(): boolean {
    return this.inFlight >= this.#windows.sizeOf(this.#all) || this.inFlight >= this.#room
  }

  /** When the rate of all allows the next attempt: `now` or later. */
  readyAt(now: number): number {
    return this.#rate.readyAt(0, now)
  }

  isFlowFull(flow: number): boolean {
    return this.#windows.isFull(flow)
  }

  /** When a flow's host allows the next attempt: `now` or later. */
  flowReadyAt(flow: number, now: number): number {
    return Math.max(this.#hostRates.readyAt(hostSlotOf(flow), now), this.#pacer.readyAt(flow))
  }

  timeoutMs(flow: number, silences: number): number {
    return this.#trips.timeoutMs(flow, silences)
  }

  /** Begins a host anew; `rttMs` is what is known of the way to it, if anything is. */
  resetHost(hostSlot: number, rttMs: number | null, now: number): void {
    this.#hostRates.reset(hostSlot, now)
    for (const flow of flowsOf(hostSlot)) {
      this.#trips.reset(flow)
      // A service by UDP may think before it answers; a machine does not before it takes a connection.
      if (rttMs !== null && !isUdp(flow)) this.#trips.add(flow, rttMs)
      this.#windows.reset(flow, FIRST_HOST_WINDOW)
      this.#pacer.reset(flow)
    }
  }

  begin(flow: number, now: number): void {
    this.#count(flow, 1)
    this.#rate.spend(0)
    this.#hostRates.spend(hostSlotOf(flow))
    this.#pacer.noteSent(flow, now)
  }

  /** An attempt is on its way no longer. */
  end(flow: number): void {
    this.#count(flow, -1)
  }

  /** No more descriptors can be had than are used now. */
  narrow(): void {
    this.#room = Math.max(this.inFlight, 1)
  }

  widen(): void {
    this.#room = Math.min(this.#room + ROOM_STEP, this.#attemptsMost)
  }

  learn(flow: number, { code, rttMs, lostAt }: Heard, now: number): void {
    const windows = this.#windows
    const isError = isUdp(flow) && bareCode(code) === CODE_OF['port-unreach']
    // An answer by UDP may be to any of the attempts, which share a socket (Karn's rule, RFC 6298 section 3).
    if (isFromHost(code) && (lostAt === null || !isUdp(flow))) this.#trips.add(flow, rttMs)
    if (lostAt === null) {
      windows.answer(flow)
      windows.answer(this.#all)
    } else {
      // ICMP comes late and not each time (RFC 1812 section 4.3.2.8): that an attempt got none says nothing of the network.
      const isIcmp = bareCode(code) > CODE_OF.reset
      if (isError || !isIcmp) windows.lose(flow, lostAt, now)
      if (!isIcmp) windows.lose(this.#all, lostAt, now)
    }
    if (isError) this.#pacer.noteError(flow, lostAt !== null && windows.isLossy(flow, 1), now)
  }

  /** An attempt was not answered in its time; says whether that tells of the port, and not of a pace that was too fast. */
  learnSilence(flow: number, sentAt: number, now: number): boolean {
    if (isUdp(flow)) this.#pacer.noteSilence(flow, sentAt, now)
    const windows = this.#windows
    const slowedAt = Math.max(this.#pacer.slowedAt(flow), windows.cutAt(flow), windows.cutAt(this.#all))
    // Silence is no sign of loss, and a flow where all is silent has no other by which to grow.
    windows.grow(flow)
    windows.grow(this.#all)
    return sentAt >= slowedAt
  }

  #count(flow: number, step: 1 | -1): void {
    const { inFlight } = this.#windows
    inFlight[flow] = (inFlight[flow] ?? 0) + step
    inFlight[this.#all] = (inFlight[this.#all] ?? 0) + step
  }
}
