/** Runs a scan, by the engine that the job names or the first that this machine can. */
import { PortolanError } from '../core/index.ts'
import type { AnswerBatch } from './engine/answer-batch.ts'
import { runNativeEngine } from './engine/native-engine.ts'
import { runNodeEngine } from './engine/node-engine.ts'
import type { DatagramBook } from './engine/driver.ts'
import type { EngineCounts, EngineOptions } from './engine/node-engine.ts'
import type { ProbeEngine, ProbeJob, ProbeListener, ProbeProgress, ProbeTally } from './job.ts'

const NO_DATAGRAMS: DatagramBook = new Map()
const PROGRESS_MS = 250
/** Before this share is done, or this time has passed, what is left is a guess. */
const SHARE_TOLD = 0.005
const TIME_TOLD_MS = 500

/**
 * Probes each pair of the job that has no answer yet, and tells the answers as they come; resolves with the counts.
 * @throws ERR_PORTOLAN_PROBE_UNSUPPORTED when the job names an engine that this machine cannot run; what the listener throws
 */
export async function runProbe(job: ProbeJob, listener: ProbeListener, signal: AbortSignal): Promise<ProbeTally> {
  const startedMs = performance.now()
  const pairs = job.hosts.size * (job.tcpPorts.size + job.udpPorts.size)
  const total = Math.max(pairs - (job.answered?.size ?? 0), 0)
  let counts: EngineCounts = { done: 0, open: 0, sent: 0 }
  const progress = (): ProbeProgress => {
    const elapsedMs = performance.now() - startedMs
    const isEarly = counts.done < total * SHARE_TOLD || elapsedMs < TIME_TOLD_MS
    const leftMs = isEarly ? null : (elapsedMs * (total - counts.done)) / Math.max(counts.done, 1)
    return { ...counts, total, elapsedMs, leftMs: counts.done >= total ? 0 : leftMs }
  }
  const onBatch = (batch: AnswerBatch, counted: EngineCounts): void => {
    counts = counted
    listener.onHeard?.(batch.heardHosts())
    listener.onAnswers(batch.toAnswers((index) => job.hosts.at(index)))
  }
  const onCounts = (counted: EngineCounts): void => {
    counts = counted
  }
  const timer = setInterval(() => listener.onProgress?.(progress()), PROGRESS_MS)
  try {
    // Loaded where they are wanted: they are made by ciphers.
    const datagrams =
      job.udpPorts.size === 0 ? NO_DATAGRAMS : (await import('./payloads.ts')).datagramsFor(job.udpPorts)
    const options: EngineOptions = { job, datagrams, signal, onBatch, onCounts }
    const native = job.engine === 'node' ? null : await runNativeEngine(options)
    if (native === null && job.engine !== null && job.engine !== 'node') throw cannotRun(job.engine)
    counts = native?.counts ?? (await runNodeEngine(options))
    return {
      ...progress(),
      isWhole: !signal.aborted || counts.done >= total,
      engine: native === null ? 'node' : native.isRaw ? 'raw' : 'native',
    }
  } finally {
    clearInterval(timer)
  }
}

function cannotRun(engine: ProbeEngine): PortolanError {
  const needs = 'It needs Linux on x64 or arm64 and the package koffi'
  return new PortolanError('ERR_PORTOLAN_PROBE_UNSUPPORTED', `the ${engine} engine of the probe cannot run here`, {
    hint: `${needs}${engine === 'raw' ? ', and root or CAP_NET_RAW' : ''}. Leave the choice of the engine to Portolan.`,
  })
}
