/** The thread that probes by libc's own calls, half-open or by connect(2): its loop waits in epoll, where it holds up nobody. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { AnswerBatch } from './answer-batch.ts'
import type { HostFeed, ScanHost } from './flows.ts'
import { openLibC } from './libc.ts'
import type { LibC } from './libc.ts'
import { NativeSockets } from './native-sockets.ts'
import { SynSockets, maySendSyns } from './syn-sockets.ts'
import { PENDING } from './reasons.ts'
import { Scan } from './scan.ts'
import { HOSTS_HANDED } from './worker-words.ts'
import type { HandedHosts, WorkerJob, WorkerWord } from './worker-words.ts'

/** Attempts begun before the answers of earlier ones are looked for. */
const TURN_ATTEMPTS = 256
/** The longest wait, in ms: so soon a word of the main thread is heard. */
const WAIT_MS = 50
/** Where hosts are waited for. */
const HOSTS_WAIT_MS = 2
/** Answers are told at least this often, in ms. */
const TELL_MS = 50

/** The hosts that the main thread hands over; more are asked for while there still are some. */
class HandedFeed implements HostFeed {
  readonly #port: MessagePort
  #hosts: readonly ScanHost[]
  #taken = 0
  #isLast: boolean
  #isAsked = false

  constructor(port: MessagePort, { hosts, isLast }: HandedHosts) {
    this.#port = port
    this.#hosts = hosts
    this.#isLast = isLast
  }

  get isDry(): boolean {
    return this.#isLast && this.#taken === this.#hosts.length
  }

  get isWaiting(): boolean {
    return !this.#isLast && this.#taken === this.#hosts.length
  }

  next(): ScanHost | null {
    if (!this.#isLast && this.#hosts.length - this.#taken < HOSTS_HANDED / 2) this.#askMore()
    const host = this.#hosts[this.#taken]
    if (host === undefined) return null
    this.#taken += 1
    return host
  }

  #askMore(): void {
    if (!this.#isAsked) this.#port.postMessage({ kind: 'more' } satisfies WorkerWord)
    this.#isAsked = true
    const received: { readonly message: HandedHosts } | undefined = receiveMessageOnPort(this.#port)
    if (received === undefined) return
    this.#isAsked = false
    this.#isLast = received.message.isLast
    this.#hosts = [...this.#hosts.slice(this.#taken), ...received.message.hosts]
    this.#taken = 0
  }
}

function probe(port: MessagePort, libc: LibC, job: WorkerJob, isRaw: boolean): void {
  const Sockets = isRaw ? SynSockets : NativeSockets
  const feed = new HandedFeed(port, job.first)
  let batch = new AnswerBatch()
  let toldAt = performance.now()
  const sockets = new Sockets(
    libc,
    job.attemptsMost,
    (slot, code, rttMs) => scan.settle(slot, code, rttMs, performance.now()),
    job.datagrams,
  )
  const counts = (): { done: number; open: number; sent: number } => ({
    done: scan.done,
    open: scan.open,
    sent: scan.sent,
  })
  const tell = (): void => {
    toldAt = performance.now()
    if (batch.count === 0) {
      port.postMessage({ kind: 'counts', counts: counts() } satisfies WorkerWord)
      return
    }
    const { buffer, count } = batch
    port.postMessage({ kind: 'answers', buffer, count, counts: counts() } satisfies WorkerWord, [buffer])
    batch = new AnswerBatch()
  }
  const scan = new Scan(
    {
      ...job,
      feed,
      sink: {
        tell: (host, isUdp, portNumber, code, rttMs, attempts) => {
          batch.add(host.index, isUdp, portNumber, code, rttMs, attempts)
          if (batch.isFull) tell()
        },
        drop: (slot) => sockets.drop(slot),
      },
    },
    performance.now(),
  )
  const sendTurn = (): boolean => {
    for (let sends = 0; sends < TURN_ATTEMPTS; sends += 1) {
      const slot = scan.take(performance.now())
      if (slot === -1) return false
      const { host } = scan.hostOf(slot)
      const attempt = { host, isUdp: scan.isUdp(slot), port: scan.portOf(slot), number: scan.attemptOf(slot) }
      const code = sockets.send(slot, attempt)
      const now = performance.now()
      if (code === PENDING) scan.noteSent(slot, now)
      else scan.settle(slot, code, sockets.roundTripOf(slot), now)
    }
    return true
  }
  while (Atomics.load(job.isCancelled, 0) === 0) {
    scan.advance(performance.now())
    const isMore = sendTurn()
    const now = performance.now()
    if (now - toldAt >= TELL_MS) tell()
    if (scan.isIdle && feed.isDry) break
    const waitMs = Math.min(scan.wakeAt - now, feed.isWaiting ? HOSTS_WAIT_MS : WAIT_MS)
    if (!isMore) sockets.poll(Math.max(waitMs, 0))
    else if (scan.hasInFlight) sockets.poll(0)
  }
  scan.cancel()
  tell()
  sockets.close()
  port.postMessage({ kind: 'end', counts: counts(), isRaw: isRaw && job.ports.tcp.length > 0 } satisfies WorkerWord)
}

const port = parentPort
if (port !== null) {
  const libc = openLibC()
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is what native-engine.ts hands over
  const job = workerData as WorkerJob
  const isRaw = libc !== null && job.engine !== 'native' && maySendSyns(libc)
  if (libc === null || (job.engine === 'raw' && !isRaw)) port.postMessage({ kind: 'unable' } satisfies WorkerWord)
  else probe(port, libc, job, isRaw)
}
