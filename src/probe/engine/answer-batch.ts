/** Answers in columns of numbers, as they go from thread to thread: one buffer, handed over and not copied. */
import type { ProbeHost, PortAnswer } from '../model.ts'
import { isFromHost, reasonOf, stateOf } from './reasons.ts'

/** Answers of one batch: of some 60 kB, and told often enough that progress can be seen. */
export const BATCH_ANSWERS = 2048
/** host f64, rtt f32, port u16, attempts u16, code u8, transport u8 */
const ANSWER_BYTES = 8 + 4 + 2 + 2 + 1 + 1

/** One number a column; a batch is filled from the start, and `count` of it count. */
export class AnswerBatch {
  readonly buffer: ArrayBuffer
  count: number
  readonly #hosts: Float64Array
  readonly #trips: Float32Array
  readonly #ports: Uint16Array
  readonly #attempts: Uint16Array
  readonly #codes: Uint8Array
  readonly #isUdp: Uint8Array

  constructor(buffer: ArrayBuffer = new ArrayBuffer(BATCH_ANSWERS * ANSWER_BYTES), count = 0) {
    this.buffer = buffer
    this.count = count
    let at = 0
    const place = (bytes: number): number => {
      at += bytes * BATCH_ANSWERS
      return at - bytes * BATCH_ANSWERS
    }
    this.#hosts = new Float64Array(buffer, place(8), BATCH_ANSWERS)
    this.#trips = new Float32Array(buffer, place(4), BATCH_ANSWERS)
    this.#ports = new Uint16Array(buffer, place(2), BATCH_ANSWERS)
    this.#attempts = new Uint16Array(buffer, place(2), BATCH_ANSWERS)
    this.#codes = new Uint8Array(buffer, place(1), BATCH_ANSWERS)
    this.#isUdp = new Uint8Array(buffer, place(1), BATCH_ANSWERS)
  }

  get isFull(): boolean {
    return this.count === BATCH_ANSWERS
  }

  /** `rttMs` is NaN where nothing came back. */
  add(host: number, isUdp: boolean, port: number, code: number, rttMs: number, attempts: number): void {
    const at = this.count
    this.#hosts[at] = host
    this.#trips[at] = rttMs
    this.#ports[at] = port
    this.#attempts[at] = attempts
    this.#codes[at] = code
    this.#isUdp[at] = isUdp ? 1 : 0
    this.count += 1
  }

  /** The numbers of the hosts that were heard themselves, some of them more than once. */
  *heardHosts(): Generator<number> {
    for (let at = 0; at < this.count; at += 1) if (isFromHost(this.#codes[at] ?? -1)) yield this.#hosts[at] ?? 0
  }

  toAnswers(hostAt: (index: number) => ProbeHost): PortAnswer[] {
    let index = -1
    let host = ''
    return Array.from({ length: this.count }, (_, at) => {
      if (this.#hosts[at] !== index) {
        index = this.#hosts[at] ?? 0
        host = hostAt(index).address
      }
      const transport = this.#isUdp[at] === 1 ? 'udp' : 'tcp'
      const reason = reasonOf(this.#codes[at] ?? -1)
      const rttMs = this.#trips[at] ?? Number.NaN
      return {
        host,
        port: this.#ports[at] ?? 0,
        transport,
        state: stateOf(transport, reason),
        reason,
        rttMs: Number.isNaN(rttMs) ? null : rttMs,
        attempts: this.#attempts[at] ?? 0,
      }
    })
  }
}
