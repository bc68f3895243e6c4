/**
 * Threads that answer reads beside the main thread, at the same TCP ports, from the same stores (worker-program.ts).
 *
 * The kernel shares new connections out among the threads that listen at a port. A worker holds nothing that is not on disk or
 * with the main thread: where one dies, its clients connect anew, and another takes its place.
 */
import { createServer } from 'node:net'
import { extname, join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { PortolanError } from '../../core/index.ts'
import type { RpcProgram } from './rpc-program.ts'
import { ServerBoard } from './server-board.ts'
import { WorkerLink } from './worker-link.ts'
import type { WorkerPlace } from './worker-messages.ts'

export interface WorkersOptions {
  readonly count: number
  readonly onError: (error: unknown) => void
  /** Starts the thread whose row on every board this is. */
  readonly startThread?: (row: number) => Worker
}

/** On machines of so many cores there is nothing to gain: the main thread and the clients have them all. */
const CORES_IN_USE = 2
/** Enough for any directory; each takes about 40 MB, most of it for caches of its own. */
const DEFAULT_MAX = 8
/** A worker that lives this long is not held against the next; in ms. */
const SOUND_MS = 10_000
const PAUSE_MS = 1000
const PAUSE_MAX_MS = 30_000
/** Beyond the grace of a stop: a worker that is busy for so long hangs. */
const HANGS_MS = 5000

/** How many workers a machine of so many cores gets where nothing is said. */
export function defaultWorkers(cores: number): number {
  return Math.min(Math.max(cores - CORES_IN_USE, 0), DEFAULT_MAX)
}

/** True where the system lets several listen at one TCP port, and shares the clients out among them: Linux and FreeBSD do. */
export function canSharePorts(): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port: 0, host: '127.0.0.1', reusePort: true }, () => probe.close(() => resolve(true)))
  })
}

/** @throws ERR_PORTOLAN_LISTEN_FAILED where ports cannot be shared */
export async function requireSharedPorts(): Promise<void> {
  if (await canSharePorts()) return
  throw new PortolanError('ERR_PORTOLAN_LISTEN_FAILED', 'this system does not share a TCP port among workers', {
    hint: 'Leave --workers out, or say --workers 0.',
  })
}

/** Starts a thread from the file beside this one, as source or as bundled. */
export function startWorkerThread(row: number): Worker {
  // Not by import: who only asks a server loads this module, too.
  const threads = process.getBuiltinModule('node:worker_threads')
  const file = join(import.meta.dirname, `netinfo-worker${extname(import.meta.filename)}`)
  return new threads.Worker(file, { workerData: { row } })
}

export class Workers {
  readonly count: number
  readonly #startThread: (row: number) => Worker
  readonly #onError: (error: unknown) => void
  readonly #links: Map<number, WorkerLink> = new Map()
  /** What every worker is to serve. */
  readonly #places: Map<string, WorkerPlace> = new Map()
  /** Who answers for a worker, as long as one may ask. */
  readonly #programs: Map<string, RpcProgram> = new Map()
  readonly #restarts: Set<NodeJS.Timeout> = new Set()
  #isClosing = false

  constructor({ count, onError, startThread = startWorkerThread }: WorkersOptions) {
    this.count = count
    this.#startThread = startThread
    this.#onError = onError
    for (let row = 1; row <= count; row += 1) this.#start(row, 0)
  }

  /** A board with a row for each worker. */
  makeBoard(): ServerBoard {
    return ServerBoard.create(this.count)
  }

  /**
   * Has all workers serve a domain, and answers for them by its program. Resolves when each serves it, or has told `onError` why
   * it does not.
   */
  async serve(place: WorkerPlace, program: RpcProgram): Promise<void> {
    this.#places.set(place.tag, place)
    this.#programs.set(place.tag, program)
    await Promise.all([...this.#links.values()].map((link) => link.serve(place)))
  }

  /** Resolves when all have answered what they had to, within a grace, and have closed the store. */
  async stop(tag: string, graceMs: number): Promise<void> {
    this.#places.delete(tag)
    await Promise.all([...this.#links.values()].map((link) => link.stop(tag, graceMs, graceMs + HANGS_MS)))
    this.#programs.delete(tag)
  }

  async close(): Promise<void> {
    this.#isClosing = true
    for (const timer of this.#restarts) clearTimeout(timer)
    await Promise.all([...this.#links.values()].map((link) => link.end()))
  }

  #start(row: number, quickEnds: number): void {
    const startedMs = performance.now()
    const link = new WorkerLink({
      thread: this.#startThread(row),
      programOf: (tag) => this.#programs.get(tag),
      onError: this.#onError,
      onEnd: () => this.#replace(row, performance.now() - startedMs < SOUND_MS ? quickEnds + 1 : 0),
    })
    this.#links.set(row, link)
    for (const place of this.#places.values()) void link.serve(place)
  }

  #replace(row: number, quickEnds: number): void {
    this.#links.delete(row)
    for (const { board } of this.#places.values()) new ServerBoard(board, row).forgetConnections()
    if (this.#isClosing) return
    this.#onError(new Error(`worker ${row} has ended; another takes its place`))
    const pauseMs = Math.min(PAUSE_MS * Math.max(quickEnds - 1, 0), PAUSE_MAX_MS)
    const timer = setTimeout(() => {
      this.#restarts.delete(timer)
      this.#start(row, quickEnds)
    }, pauseMs)
    timer.unref()
    this.#restarts.add(timer)
  }
}
