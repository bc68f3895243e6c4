/** Runs a scan in this thread, by Node's own sockets. */
import type { ProbeJob } from '../job.ts'
import { AnswerBatch } from './answer-batch.ts'
import { countAttemptsMost } from './descriptors.ts'
import type { DatagramBook } from './driver.ts'
import { HostOrder } from './host-order.ts'
import { NodeSockets } from './node-sockets.ts'
import { Scan } from './scan.ts'

/** Attempts begun before the event loop has its turn: some 5 ms of work. */
const TURN_ATTEMPTS = 64
/** Node spends about 20 kB on an open socket. */
const ATTEMPTS_MOST = 1024
const HOSTS_MOST = 2048
/** Answers are told at least this often, in ms. */
const TELL_MS = 50

export interface EngineCounts {
  readonly done: number
  readonly open: number
  readonly sent: number
}

export interface EngineOptions {
  readonly job: ProbeJob
  readonly datagrams: DatagramBook
  readonly signal: AbortSignal
  /** Takes a batch, which is the taker's until it returns, and what was counted until then. */
  readonly onBatch: (batch: AnswerBatch, counts: EngineCounts) => void
  /** What was counted, where there is no answer to tell: silence takes its time, and more is sent meanwhile. */
  readonly onCounts: (counts: EngineCounts) => void
}

/** Resolves when all was told, or when the signal has ended it. */
export function runNodeEngine(options: EngineOptions): Promise<EngineCounts> {
  return new Promise((resolve, reject) => {
    const run = new NodeRun(options, resolve, reject)
    run.pump()
  })
}

class NodeRun {
  readonly #options: EngineOptions
  readonly #order: HostOrder
  readonly #scan: Scan
  readonly #sockets: NodeSockets
  readonly #batch = new AnswerBatch()
  readonly #resolve: (counts: EngineCounts) => void
  readonly #reject: (error: unknown) => void
  readonly #onAbort = (): void => this.#schedule()
  #toldAt = performance.now()
  #timer: NodeJS.Timeout | null = null
  #turn: NodeJS.Immediate | null = null
  #isEnded = false

  constructor(options: EngineOptions, resolve: (counts: EngineCounts) => void, reject: (error: unknown) => void) {
    this.#options = options
    this.#resolve = resolve
    this.#reject = reject
    this.#order = new HostOrder(options.job)
    this.#sockets = new NodeSockets((slot, code, rttMs) => {
      this.#scan.settle(slot, code, rttMs, performance.now())
      this.#schedule()
    }, options.datagrams)
    const { pace, seed } = options.job
    this.#scan = new Scan(
      {
        ports: this.#order.ports,
        pace,
        seed,
        feed: this.#order,
        hostsMost: Math.min(HOSTS_MOST, Math.max(options.job.hosts.size, 1)),
        attemptsMost: Math.min(ATTEMPTS_MOST, countAttemptsMost()),
        sink: {
          tell: (host, isUdp, port, code, rttMs, attempts) => {
            this.#batch.add(host.index, isUdp, port, code, rttMs, attempts)
            if (this.#batch.isFull) this.#tell()
          },
          drop: (slot) => this.#sockets.drop(slot),
        },
      },
      performance.now(),
    )
    options.signal.addEventListener('abort', this.#onAbort)
  }

  /** Does what can be done now, and comes back when there is more. */
  pump(): void {
    this.#turn = null
    if (this.#isEnded) return
    try {
      this.#work()
    } catch (error) {
      this.#end()
      this.#reject(error)
    }
  }

  #work(): void {
    const scan = this.#scan
    if (this.#options.signal.aborted) {
      scan.cancel()
      this.#finish()
      return
    }
    scan.advance(performance.now())
    let sends = 0
    for (; sends < TURN_ATTEMPTS; sends += 1) {
      const slot = scan.take(performance.now())
      if (slot === -1) break
      scan.noteSent(slot, performance.now())
      const { host } = scan.hostOf(slot)
      const attempt = { host, isUdp: scan.isUdp(slot), port: scan.portOf(slot), number: scan.attemptOf(slot) }
      this.#sockets.send(slot, attempt)
    }
    if (sends > 0) this.#options.onCounts(this.#counts())
    const now = performance.now()
    if (this.#batch.count > 0 && now - this.#toldAt >= TELL_MS) this.#tell()
    if (scan.isIdle && this.#order.isDry) {
      this.#finish()
      return
    }
    if (sends === TURN_ATTEMPTS) this.#schedule()
    else this.#wait(Math.min(scan.wakeAt - now, this.#batch.count > 0 ? TELL_MS : Infinity))
  }

  #schedule(): void {
    if (this.#turn === null && !this.#isEnded) this.#turn = setImmediate(() => this.pump())
  }

  #wait(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = ms === Infinity ? null : setTimeout(() => this.pump(), Math.max(ms, 0))
  }

  #tell(): void {
    this.#toldAt = performance.now()
    this.#options.onBatch(this.#batch, this.#counts())
    this.#batch.count = 0
  }

  #counts(): EngineCounts {
    const { done, open, sent } = this.#scan
    return { done, open, sent }
  }

  #finish(): void {
    this.#end()
    if (this.#batch.count > 0) this.#tell()
    this.#resolve(this.#counts())
  }

  #end(): void {
    this.#isEnded = true
    this.#sockets.close()
    this.#options.signal.removeEventListener('abort', this.#onAbort)
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#turn !== null) clearImmediate(this.#turn)
  }
}
