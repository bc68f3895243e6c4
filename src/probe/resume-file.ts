/**
 * A journal of a scan's answers, from which the scan goes on after it was interrupted.
 *
 * Each batch is handed to the system before `append` returns: a process that is killed loses nothing of it. Once a second what was
 * written is made safe against a loss of power, too. What was not written to its end is left out when the file is opened again.
 * `unmeasured` is not kept: those ports are probed again.
 */
import { close, closeSync, fstatSync, fsync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { LIMITS, PortolanError, messageOf, printable, syncFolder } from '../core/index.ts'
import { AnsweredKeys, keyOfPair } from './answered-keys.ts'
import { indexHosts } from './host-index.ts'
import type { HostIndex } from './host-index.ts'
import type { ProbeJob } from './job.ts'
import type { PortAnswer } from './model.ts'
import {
  ANSWER_BYTES,
  BLOCK_ANSWERS_MAX,
  BLOCK_HEAD_BYTES,
  HEADER_BYTES,
  blockLength,
  decodeBlock,
  decodeHeader,
  encodeBlock,
  encodeHeader,
} from './resume-format.ts'
import type { StoredAnswer } from './resume-format.ts'

const SYNC_EVERY_MS = 1000
/** Answers name what a network has open: they are for this user alone. */
const FILE_MODE = 0o600

const [closeLater, syncLater] = [promisify(close), promisify(fsync)]

/**
 * Opens the file of a scan, or begins it.
 * @throws ERR_PORTOLAN_RESUME_OTHER for a file of another scan, or of something else, which is left as it is;
 * ERR_PORTOLAN_RESUME_FAILED where it cannot be opened, read or written
 */
export function openResume(path: string, job: ProbeJob): ResumeFile {
  const hostIndex = indexHosts(job.hosts)
  const fingerprint = fingerprintOf(job, hostIndex)
  const descriptor = attempt(path, 'opened', () => openSync(path, 'a+', FILE_MODE))
  try {
    return attempt(path, 'read', () => {
      const found = readHeader(path, descriptor, fingerprint)
      const seed = found ?? job.seed
      if (found === null) begin(path, descriptor, encodeHeader({ seed, fingerprint }))
      return new ResumeFile(path, descriptor, { ...job, seed }, hostIndex)
    })
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

function attempt<T>(path: string, what: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof PortolanError) throw error
    throw failed(path, what, error)
  }
}

function failed(path: string, what: string, cause: unknown): PortolanError {
  return new PortolanError('ERR_PORTOLAN_RESUME_FAILED', `${printable(path)} cannot be ${what}: ${messageOf(cause)}`, {
    cause,
    hint: 'name a file that can be written, on a disk with room',
  })
}

/** What is probed; how fast may differ from one run to the next. */
function fingerprintOf({ tcpPorts, udpPorts }: ProbeJob, hosts: HostIndex): Buffer {
  const parts = [hosts.toText(), tcpPorts.toText(), udpPorts.toText()]
  // Loaded here, for few scans need it.
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(parts.join('\n')).digest()
}

/** The seed of the scan that the file is of; null where the file is new, or broke off before its first answer. */
function readHeader(path: string, descriptor: number, fingerprint: Buffer): number | null {
  if (!fstatSync(descriptor).isFile()) throw new Error('it is not a file')
  const header = decodeHeader(readAt(descriptor, 0, HEADER_BYTES))
  if (header === 'torn') return null
  if (header === 'foreign')
    throw new PortolanError('ERR_PORTOLAN_RESUME_OTHER', `${printable(path)} is no file of a scan that can go on`, {
      hint: 'name a new file; this one is left as it is',
    })
  if (!header.fingerprint.equals(fingerprint))
    throw new PortolanError('ERR_PORTOLAN_RESUME_OTHER', `${printable(path)} is of a scan of other hosts or ports`, {
      hint: 'give the hosts and ports as they were, or name a new file; a name may have another address by now',
    })
  return header.seed
}

function begin(path: string, descriptor: number, header: Buffer): void {
  ftruncateSync(descriptor, 0)
  writeWhole(descriptor, header)
  fsyncSync(descriptor)
  syncFolder(dirname(path))
}

function readAt(descriptor: number, position: number, lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(lengthBytes)
  let length = 0
  while (length < lengthBytes) {
    const count = readSync(descriptor, bytes, length, lengthBytes - length, position + length)
    if (count === 0) break
    length += count
  }
  return bytes.subarray(0, length)
}

function writeWhole(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written)
}

/** An open journal: what it had, and what is added. */
export class ResumeFile {
  /** The job as it is to be run: with the seed of the first run, and what is answered. */
  readonly job: ProbeJob
  /** Bytes at the end that were no whole block, and are gone. */
  readonly ignoredBytes: number
  readonly #path: string
  readonly #descriptor: number
  readonly #hostIndex: HostIndex
  readonly #answered: AnsweredKeys
  /** Where the blocks that were there at the opening end. */
  readonly #foundBytes: number
  readonly #timer: NodeJS.Timeout
  #length: number
  #appended: number = 0
  #safe: number = 0
  #syncing: Promise<void> | null = null
  #failure: PortolanError | null = null

  /** For a file that has its header; `openResume` sees to that. */
  constructor(path: string, descriptor: number, job: ProbeJob, hostIndex: HostIndex) {
    this.#path = path
    this.#descriptor = descriptor
    this.#hostIndex = hostIndex
    const keys = this.#readKeys(job)
    this.#foundBytes = keys.endBytes
    this.ignoredBytes = fstatSync(descriptor).size - keys.endBytes
    if (this.ignoredBytes > 0) ftruncateSync(descriptor, keys.endBytes)
    this.#length = keys.endBytes
    this.#answered = new AnsweredKeys(keys.values)
    this.job = { ...job, answered: this.#answered.size === 0 ? null : this.#answered }
    this.#timer = setInterval(() => void this.#sync().catch(() => null), SYNC_EVERY_MS)
    this.#timer.unref()
  }

  /** Answers added by this run that a loss of power cannot take. */
  get safeCount(): number {
    return this.#safe
  }

  /** The answers that the file had when it was opened, read from it anew, each pair once. */
  *answers(): Generator<readonly PortAnswer[], void, undefined> {
    const isTold = new Uint8Array(this.#answered.size)
    for (const { answers } of this.#blocks(this.#foundBytes)) {
      const batch: PortAnswer[] = []
      for (const { hostIndex, ...answer } of answers) {
        // Two runs at once may have answered the same pair.
        const place = this.#answered.placeOf(keyOfPair(hostIndex, answer.transport, answer.port))
        if (place === null || isTold[place] === 1) continue
        isTold[place] = 1
        batch.push({ host: this.job.hosts.at(hostIndex).address, ...answer })
      }
      yield batch
    }
  }

  /**
   * Keeps answers of this scan; those that are `unmeasured` are left out.
   * @throws ERR_PORTOLAN_RESUME_FAILED where the disk is full or gone; what was kept before stays
   */
  append(answers: readonly PortAnswer[]): void {
    if (this.#failure !== null) throw this.#failure
    const kept = answers.filter(({ state }) => state !== 'unmeasured').map((answer) => this.#store(answer))
    for (let from = 0; from < kept.length; from += BLOCK_ANSWERS_MAX)
      this.#write(kept.slice(from, from + BLOCK_ANSWERS_MAX))
  }

  /** Makes all safe, and ends. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    try {
      // The one under way may have begun before the last block.
      await this.#syncing?.catch(() => null)
      await this.#sync()
    } finally {
      await closeLater(this.#descriptor)
    }
  }

  #store({ host, ...answer }: PortAnswer): StoredAnswer {
    const hostIndex = this.#hostIndex.indexOf(host)
    if (hostIndex === null) throw new RangeError(`${host} is no host of this scan`)
    return { ...answer, hostIndex }
  }

  #write(answers: readonly StoredAnswer[]): void {
    const block = encodeBlock(answers)
    try {
      writeWhole(this.#descriptor, block)
    } catch (error) {
      this.#failure = failed(this.#path, 'written', error)
      // A part of a block at the end would hide what came after it.
      try {
        ftruncateSync(this.#descriptor, this.#length)
      } catch {
        // The next opening leaves that part out.
      }
      throw this.#failure
    }
    this.#length += block.length
    this.#appended += answers.length
  }

  #sync(): Promise<void> {
    const count = this.#appended
    if (count === this.#safe) return Promise.resolve()
    this.#syncing ??= syncLater(this.#descriptor)
      .then(() => {
        this.#safe = count
      })
      .catch((error: unknown) => {
        this.#failure ??= failed(this.#path, 'written', error)
        throw this.#failure
      })
      .finally(() => {
        this.#syncing = null
      })
    return this.#syncing
  }

  #readKeys(job: ProbeJob): { readonly values: Float64Array; readonly endBytes: number } {
    const { size } = fstatSync(this.#descriptor)
    const most = Math.floor((size - HEADER_BYTES) / ANSWER_BYTES)
    if (most > LIMITS.resumeAnswers) throw new Error(`it holds more than ${LIMITS.resumeAnswers} answers`)
    const values = new Float64Array(most)
    let count = 0
    let endBytes = HEADER_BYTES
    for (const { answers, endBytes: end } of this.#blocks(size)) {
      if (!answers.every((answer) => isOfJob(answer, job))) break
      for (const { hostIndex, transport, port } of answers) {
        values[count] = keyOfPair(hostIndex, transport, port)
        count += 1
      }
      endBytes = end
    }
    return { values: values.subarray(0, count), endBytes }
  }

  /** The whole blocks up to a place, in order; it ends before the first that is none. */
  *#blocks(endBytes: number): Generator<{ readonly answers: readonly StoredAnswer[]; readonly endBytes: number }> {
    let window: Buffer = Buffer.alloc(0)
    let windowAt = HEADER_BYTES
    for (let at = HEADER_BYTES; at < endBytes;) {
      if (at - windowAt + BLOCK_BYTES_MAX > window.length && windowAt + window.length < endBytes) {
        window = readAt(this.#descriptor, at, Math.min(WINDOW_BYTES, endBytes - at))
        windowAt = at
      }
      const rest = window.subarray(at - windowAt)
      const length = blockLength(rest)
      if (length === null || length > rest.length) return
      const answers = decodeBlock(rest.subarray(0, length))
      if (answers === null) return
      at += length
      yield { answers, endBytes: at }
    }
  }
}

const BLOCK_BYTES_MAX = BLOCK_HEAD_BYTES + BLOCK_ANSWERS_MAX * ANSWER_BYTES
/** Some sixteen of the largest blocks are read at once. */
const WINDOW_BYTES = 16 * BLOCK_BYTES_MAX

function isOfJob({ hostIndex, transport, port }: StoredAnswer, { hosts, tcpPorts, udpPorts }: ProbeJob): boolean {
  return hostIndex < hosts.size && (transport === 'tcp' ? tcpPorts : udpPorts).has(port)
}
