/** Runs a scan in a thread of its own, by libc's own calls. */
import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { AnswerBatch } from './answer-batch.ts'
import { countAttemptsMost } from './descriptors.ts'
import { HostOrder } from './host-order.ts'
import type { EngineCounts, EngineOptions } from './node-engine.ts'
import type { ScanHost } from './flows.ts'
import { HOSTS_HANDED } from './worker-words.ts'
import type { HandedHosts, WorkerJob, WorkerWord } from './worker-words.ts'

const HOSTS_MOST = 2048

/** Resolves when all was told, or the signal has ended it; null where this machine cannot do it, and nothing was sent. */
export function runNativeEngine(options: Omit<EngineOptions, 'payloadFor'>): Promise<EngineCounts | null> {
  const { job, signal, onBatch } = options
  const order = new HostOrder(job)
  const isCancelled = new Int32Array(new SharedArrayBuffer(4))
  const cancel = (): void => void Atomics.store(isCancelled, 0, 1)
  if (signal.aborted) cancel()
  const data: WorkerJob = {
    ports: order.ports,
    pace: job.pace,
    seed: job.seed,
    attemptsMost: countAttemptsMost(),
    hostsMost: Math.min(HOSTS_MOST, Math.max(job.hosts.size, 1)),
    first: handOver(order),
    isCancelled,
  }
  return new Promise((resolve, reject) => {
    // Beside this file, as source or as bundled.
    const file = join(import.meta.dirname, `probe-worker${extname(import.meta.filename)}`)
    const worker = new Worker(file, { workerData: data })
    signal.addEventListener('abort', cancel)
    const end = (): void => {
      signal.removeEventListener('abort', cancel)
      void worker.terminate()
    }
    const fail = (error: unknown): void => {
      end()
      reject(error)
    }
    const hear = (word: WorkerWord): void => {
      if (word.kind === 'more') worker.postMessage(handOver(order))
      else if (word.kind === 'answers') onBatch(new AnswerBatch(word.buffer, word.count), word.counts)
      else {
        end()
        resolve(word.kind === 'end' ? word.counts : null)
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
    worker.once('exit', () => fail(new Error('the thread of the probe ended before its work was done')))
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
