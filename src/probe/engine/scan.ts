/**
 * The engine's mind: which pair is probed next, when an attempt is given up, and what is told of it. It has no sockets and no
 * clock: a driver asks `take`, sends, and says what came (`noteSent`, `settle`); time is passed in, in milliseconds.
 *
 * A flow (flows.ts) is ready, asleep until a time, or waits for one of its own attempts to end. How many attempts there may be, and
 * how long each is waited for, is for traffic.ts to say.
 */
import type { Pace } from '../job.ts'
import { Attempts, NONE } from './attempts.ts'
import { DeadlineHeap } from './deadline-heap.ts'
import { Flows, flowsOf, hostSlotOf, isUdp } from './flows.ts'
import type { HostFeed, ScanHost } from './flows.ts'
import { ReadySet } from './ready-set.ts'
import { CODE_OF, isAnswer } from './reasons.ts'
import type { ScanOptions, ScanSink } from './scan-options.ts'
import { pauseAfter } from './send-failures.ts'
import { Traffic } from './traffic.ts'

/** Attempts that do not count (they were sent too fast) before silence is taken for the port's own all the same. */
const EXTRA_ATTEMPTS = 8
/** Until slots are free again. */
const SLOT_PAUSE_MS = 5

export class Scan {
  readonly #pace: Pace
  readonly #feed: HostFeed
  readonly #sink: ScanSink
  readonly #flows: Flows
  readonly #attempts: Attempts
  readonly #deadlines: DeadlineHeap
  readonly #sleeping: DeadlineHeap
  readonly #hostEnds: DeadlineHeap
  readonly #ready: ReadySet
  readonly #traffic: Traffic
  #rateReadyAt = Infinity
  #sent = 0
  #done = 0
  #open = 0

  constructor(options: ScanOptions, now: number) {
    const { ports, pace, seed, feed, sink, hostsMost, attemptsMost } = options
    this.#pace = pace
    this.#feed = feed
    this.#sink = sink
    this.#flows = new Flows(hostsMost, ports, seed)
    const flows = this.#flows.capacity
    this.#attempts = new Attempts(attemptsMost, flows)
    this.#deadlines = new DeadlineHeap(attemptsMost)
    this.#sleeping = new DeadlineHeap(flows)
    this.#hostEnds = new DeadlineHeap(hostsMost)
    this.#ready = new ReadySet(flows, seed)
    this.#traffic = new Traffic(pace, hostsMost, flows, attemptsMost, now)
  }

  get sent(): number {
    return this.#sent
  }

  get done(): number {
    return this.#done
  }

  get open(): number {
    return this.#open
  }

  /** No pair is under measurement; there may be hosts that the feed has not given yet. */
  get isIdle(): boolean {
    return this.#flows.isEmpty
  }

  /** Whether an attempt is on its way. */
  get hasInFlight(): boolean {
    return this.#traffic.inFlight > 0
  }

  hostOf(slot: number): ScanHost {
    return this.#flows.hostOf(this.#flowOf(slot))
  }

  isUdp(slot: number): boolean {
    return isUdp(this.#flowOf(slot))
  }

  portOf(slot: number): number {
    return this.#flows.portOf(this.#flowOf(slot), this.#attempts.ports[slot] ?? 0)
  }

  /** Attempts of the slot's pair, this one included. */
  attemptOf(slot: number): number {
    return this.#attempts.sent[slot] ?? 0
  }

  /** The slot of the pair to probe now; -1 where none may be. The driver then sends, and calls `noteSent` or `settle`. */
  take(now: number): number {
    this.#admit(now)
    this.#rateReadyAt = Infinity
    if (this.#traffic.isFull) return NONE
    const rateReadyAt = this.#traffic.readyAt(now)
    if (rateReadyAt > now) {
      this.#rateReadyAt = rateReadyAt
      return NONE
    }
    for (let flow = this.#ready.draw(); flow !== NONE; flow = this.#ready.draw()) {
      const slot = this.#takeOf(flow, now)
      if (slot !== NONE) return slot
      this.#ready.remove(flow)
    }
    return NONE
  }

  /** The attempt is on its way since `now`. */
  noteSent(slot: number, now: number): void {
    const flow = this.#flowOf(slot)
    this.#attempts.sentAt[slot] = now
    this.#deadlines.set(slot, now + this.#traffic.timeoutMs(flow, this.#attempts.silences[slot] ?? 0))
  }

  /**
   * What came of an attempt, by its number in `CODE_OF`, with `BY_OTHERS` where not the host said it; `rttMs` is the time from sending it to this. An answer may come after
   * the attempt was given up, as long as the driver listens for it: until it sends again, or drops it.
   */
  settle(slot: number, code: number, rttMs: number, now: number): void {
    const flow = this.#flowOf(slot)
    if (this.#attempts.isInFlight[slot] === 1) this.#land(slot, flow)
    else this.#attempts.unwait(slot)
    if (code === CODE_OF['send-failed'] || code === CODE_OF['no-descriptor']) {
      this.#retreat(slot, flow, code, now)
      return
    }
    this.#traffic.widen()
    if (isAnswer(code)) {
      this.#traffic.learn(flow, { code, rttMs, lostAt: this.#lostAt(slot, now - rttMs) }, now)
    }
    this.#tell(slot, code, isAnswer(code) ? rttMs : Number.NaN)
    this.#wake(flow)
  }

  /** Does what is due: gives up attempts, wakes flows, ends hosts whose time is over. */
  advance(now: number): void {
    for (let slot = this.#deadlines.takeDue(now); slot !== NONE; slot = this.#deadlines.takeDue(now))
      this.#giveUp(slot, now)
    for (let flow = this.#sleeping.takeDue(now); flow !== NONE; flow = this.#sleeping.takeDue(now)) this.#wake(flow)
    for (let host = this.#hostEnds.takeDue(now); host !== NONE; host = this.#hostEnds.takeDue(now)) this.#endHost(host)
  }

  /** When `advance` or `take` has something to do, if nothing is answered before; Infinity where nothing is under way. */
  get wakeAt(): number {
    const due = Math.min(this.#deadlines.firstDeadline, this.#sleeping.firstDeadline, this.#hostEnds.firstDeadline)
    return this.#ready.size > 0 ? Math.min(due, this.#rateReadyAt) : due
  }

  /** Tells of each pair that was begun and has no answer that it was cancelled, and lets all go. */
  cancel(): void {
    for (const slot of this.#attempts.used()) {
      const flow = this.#flowOf(slot)
      if (this.#attempts.isInFlight[slot] === 1) this.#land(slot, flow)
      else this.#attempts.unwait(slot)
      this.#sink.drop(slot)
      this.#tell(slot, CODE_OF.cancelled, Number.NaN)
    }
  }

  #flowOf(slot: number): number {
    return this.#attempts.flows[slot] ?? NONE
  }

  #admit(now: number): void {
    while (this.#flows.hasRoom) {
      const host = this.#feed.next()
      if (host === null) return
      const hostSlot = this.#flows.admit(host)
      if (this.#flows.releaseIfDone(hostSlot)) continue
      this.#traffic.resetHost(hostSlot, host.rttMs, now)
      if (this.#pace.hostTimeoutMs !== null) this.#hostEnds.set(hostSlot, now + this.#pace.hostTimeoutMs)
      for (const flow of flowsOf(hostSlot)) this.#wake(flow)
    }
  }

  /** Makes a flow ready that is not asleep and has something to send. */
  #wake(flow: number): void {
    if (this.#sleeping.has(flow) || !this.#flows.isInUse(hostSlotOf(flow))) return
    if (this.#attempts.hasWaiting(flow) || this.#flows.hasPorts(flow)) this.#ready.add(flow)
  }

  #takeOf(flow: number, now: number): number {
    if (this.#traffic.isFlowFull(flow)) return NONE
    const readyAt = this.#traffic.flowReadyAt(flow, now)
    if (readyAt > now) return this.#sleep(flow, readyAt)
    let slot = this.#attempts.takeWaiting(flow)
    if (slot === NONE) {
      if (!this.#attempts.hasFree) return this.#sleep(flow, now + SLOT_PAUSE_MS)
      const port = this.#flows.takePort(flow)
      if (port === NONE) return NONE
      slot = this.#attempts.open(flow, port)
    }
    const { sent, sentAt, sentBeforeAt, isInFlight } = this.#attempts
    sent[slot] = (sent[slot] ?? 0) + 1
    sentBeforeAt[slot] = sentAt[slot] ?? -Infinity
    isInFlight[slot] = 1
    this.#traffic.begin(flow, now)
    this.#sent += 1
    return slot
  }

  #sleep(flow: number, until: number): typeof NONE {
    this.#sleeping.set(flow, until)
    return NONE
  }

  /** An attempt is on its way no longer. */
  #land(slot: number, flow: number): void {
    this.#deadlines.remove(slot)
    this.#attempts.isInFlight[slot] = 0
    this.#traffic.end(flow)
  }

  /** When the attempt was sent that got no answer before the one that was sent at `sentAt` did; null where none was lost. */
  #lostAt(slot: number, sentAt: number): number | null {
    if (this.attemptOf(slot) <= 1) return null
    const before = this.#attempts.sentBeforeAt[slot] ?? -Infinity
    const last = this.#attempts.sentAt[slot] ?? 0
    // Of the last two, the one that it is nearer to: an answer to the earlier has only come late.
    return sentAt < (before + last) / 2 ? null : before
  }

  /** Nothing could be sent. */
  #retreat(slot: number, flow: number, code: number, now: number): void {
    const { sent, failures } = this.#attempts
    sent[slot] = (sent[slot] ?? 1) - 1
    this.#sent -= 1
    const isShort = code === CODE_OF['no-descriptor']
    if (isShort) this.#traffic.narrow()
    if (!isShort || this.#traffic.inFlight === 0) {
      const failed = (failures[slot] ?? 0) + 1
      failures[slot] = failed
      const pauseMs = pauseAfter(failed, isShort)
      if (pauseMs === null) {
        this.#sink.drop(slot)
        this.#tell(slot, code, Number.NaN)
        this.#wake(flow)
        return
      }
      this.#ready.remove(flow)
      this.#sleep(flow, now + pauseMs)
    }
    this.#attempts.waitFirst(slot)
    this.#wake(flow)
  }

  /** An attempt was not answered in its time. */
  #giveUp(slot: number, now: number): void {
    const flow = this.#flowOf(slot)
    this.#land(slot, flow)
    const { sentAt, silences } = this.#attempts
    if (this.#traffic.learnSilence(flow, sentAt[slot] ?? now, now)) silences[slot] = (silences[slot] ?? 0) + 1
    const { retries } = this.#pace
    if ((silences[slot] ?? 0) > retries || this.attemptOf(slot) > retries + EXTRA_ATTEMPTS) {
      this.#sink.drop(slot)
      this.#tell(slot, CODE_OF['no-response'], Number.NaN)
    } else this.#attempts.wait(slot)
    this.#wake(flow)
  }

  #endHost(hostSlot: number): void {
    for (const flow of flowsOf(hostSlot)) {
      for (let slot = this.#attempts.takeWaiting(flow); slot !== NONE; slot = this.#attempts.takeWaiting(flow))
        this.#endSlot(slot)
      for (const slot of this.#attempts.used(flow)) {
        this.#land(slot, flow)
        this.#endSlot(slot)
      }
      while (this.#flows.isInUse(hostSlot) && this.#flows.hasPorts(flow)) {
        const port = this.#flows.takePort(flow)
        if (port !== NONE) this.#endSlotless(flow, port)
      }
    }
  }

  #endSlot(slot: number): void {
    this.#sink.drop(slot)
    this.#tell(slot, CODE_OF['time-out'], Number.NaN)
  }

  #endSlotless(flow: number, port: number): void {
    this.#sink.tell(
      this.#flows.hostOf(flow),
      isUdp(flow),
      this.#flows.portOf(flow, port),
      CODE_OF['time-out'],
      Number.NaN,
      0,
    )
    this.#finish(flow)
  }

  #tell(slot: number, code: number, rttMs: number): void {
    const flow = this.#flowOf(slot)
    if (code === CODE_OF['syn-ack'] || code === CODE_OF['udp-response']) this.#open += 1
    this.#sink.tell(this.hostOf(slot), isUdp(flow), this.portOf(slot), code, rttMs, this.attemptOf(slot))
    this.#attempts.close(slot)
    this.#finish(flow)
  }

  #finish(flow: number): void {
    this.#done += 1
    if (!this.#flows.finish(flow)) return
    const hostSlot = hostSlotOf(flow)
    this.#hostEnds.remove(hostSlot)
    for (const each of flowsOf(hostSlot)) {
      this.#ready.remove(each)
      this.#sleeping.remove(each)
    }
  }
}
