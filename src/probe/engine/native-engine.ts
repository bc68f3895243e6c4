/**
 * Runs a scan in a thread of its own, by libc's own calls, half-open where it may; or in two, each with half of the ports, where many
 * ports of this machine itself are connected to, for there the time is the processor's, and no rate and no network is shared.
 */
import { availableParallelism } from 'node:os'
import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { ProbeJob } from '../job.ts'
import { isOwnAddress, readOwnAddresses } from '../own-ground.ts'
import type { PortSet } from '../targets-model.ts'
import { AnswerBatch } from './answer-batch.ts'
import { countAttemptsMost } from './descriptors.ts'
import { HostOrder } from './host-order.ts'
import type { EngineCounts, EngineOptions } from './node-engine.ts'
import type { ScanHost } from './flows.ts'
import { HOSTS_HANDED } from './worker-words.ts'
import type { HandedHosts, WorkerJob, WorkerWord } from './worker-words.ts'

const HOSTS_MOST = 2048

const THREADS_MOST = 2
/** Fewer pairs are probed in the time that a thread takes to begin. */
const PAIRS_A_THREAD = 16_384
/** What a scan keeps lies outside of the heap; what it drops need not gather there: 8 MB less with two threads. */
const HEAP_LIMITS = { maxYoungGenerationSizeMb: 1 }

export interface NativeRun {
  readonly counts: EngineCounts
  /** Whether TCP was probed half-open, by raw sockets. */
  readonly isRaw: boolean
}

/** Resolves when all was told, or the signal has ended it; null where this machine cannot do it, and nothing was sent. */
export async function runNativeEngine(options: EngineOptions): Promise<NativeRun | null> {
  const { job, signal, onBatch, onCounts } = options
  const isCancelled = new Int32Array(new SharedArrayBuffer(4))
  const cancel = (): void => void Atomics.store(isCancelled, 0, 1)
  if (signal.aborted) cancel()
  signal.addEventListener('abort', cancel)
  const counts: EngineCounts[] = []
  const jobs = shareOut(job)
  try {
    const ends = await Promise.all(
      jobs.map((each, thread) =>
        runThread(
          {
            ...options,
            job: each,
            onBatch: (batch, counted) => {
              counts[thread] = counted
              onBatch(batch, sumOf(counts))
            },
            onCounts: (counted) => {
              counts[thread] = counted
              onCounts(sumOf(counts))
            },
          },
          isCancelled,
          jobs.length,
        ),
      ),
    )
    const told = ends.filter((each) => each !== null)
    if (told.length === 0) return null
    return { counts: sumOf(told.map(({ counts: counted }) => counted)), isRaw: told.some(({ isRaw }) => isRaw) }
  } catch (error) {
    // The others must not go on for nobody.
    cancel()
    throw error
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

function shareOut(job: ProbeJob): readonly ProbeJob[] {
  const { hosts, tcpPorts, udpPorts, pace } = job
  const isFree = pace.rate === null && pace.hostRate === null && hosts.size === 1
  if (!isFree || !isOwnAddress(hosts.at(0).address, readOwnAddresses())) return [job]
  const most = Math.floor((tcpPorts.size + udpPorts.size) / PAIRS_A_THREAD)
  const threads = Math.max(1, Math.min(isRawLikely(job) ? 1 : THREADS_MOST, availableParallelism(), most))
  return Array.from({ length: threads }, (_, thread) => ({
    ...job,
    tcpPorts: partOf(tcpPorts, thread, threads),
    udpPorts: partOf(udpPorts, thread, threads),
  }))
}

/**
 * Half-open, the answers to all threads come to each of them, and two take a tenth less time than one for a fifth more memory. Only a
 * thread that has loaded libc knows whether it may: root nearly always does.
 */
function isRawLikely({ engine }: ProbeJob): boolean {
  return engine === 'raw' || (engine === null && process.getuid?.() === 0)
}

/** Each second port, or third …, so that all threads have as much to do. */
function partOf(ports: PortSet, first: number, step: number): PortSet {
  return {
    ...ports,
    size: Math.max(0, Math.ceil((ports.size - first) / step)),
    at: (index) => ports.at(first + index * step),
  }
}

function sumOf(counts: readonly EngineCounts[]): EngineCounts {
  const sum = { done: 0, open: 0, sent: 0 }
  for (const each of counts) {
    if (each === undefined) continue
    sum.done += each.done
    sum.open += each.open
    sum.sent += each.sent
  }
  return sum
}

/** Null where the thread cannot load what it needs. */
function runThread(
  { job, datagrams, onBatch, onCounts }: EngineOptions,
  isCancelled: Int32Array,
  threads: number,
): Promise<NativeRun | null> {
  const order = new HostOrder(job)
  const data: WorkerJob = {
    ports: order.ports,
    pace: job.pace,
    seed: job.seed,
    engine: job.engine === 'node' ? null : job.engine,
    datagrams,
    attemptsMost: Math.max(1, Math.floor(countAttemptsMost() / threads)),
    hostsMost: Math.min(HOSTS_MOST, Math.max(job.hosts.size, 1)),
    first: handOver(order),
    isCancelled,
  }
  return new Promise((resolve, reject) => {
    // Beside this file, as source or as bundled.
    const file = join(import.meta.dirname, `probe-worker${extname(import.meta.filename)}`)
    const worker = new Worker(file, { workerData: data, resourceLimits: HEAP_LIMITS })
    const end = (): void => void worker.terminate()
    const fail = (error: unknown): void => {
      end()
      reject(error)
    }
    const hear = (word: WorkerWord): void => {
      if (word.kind === 'more') worker.postMessage(handOver(order))
      else if (word.kind === 'counts') onCounts(word.counts)
      else if (word.kind === 'answers') onBatch(new AnswerBatch(word.buffer, word.count), word.counts)
      else {
        end()
        resolve(word.kind === 'end' ? { counts: word.counts, isRaw: word.isRaw } : null)
      }
    }
    worker.on('message', (word: WorkerWord) => {
      try {
        hear(word)
      } catch (error) {
        fail(error)
      }
    })
    worker.once('error', fail)
    worker.once('exit', () => fail(new Error('a thread of the probe ended before its work was done')))
  })
}

function handOver(order: HostOrder): HandedHosts {
  const hosts: ScanHost[] = []
  for (let host = order.next(); host !== null; host = order.next()) {
    hosts.push(host)
    if (hosts.length === HOSTS_HANDED) break
  }
  return { hosts, isLast: order.isDry }
}
