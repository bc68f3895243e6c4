/** A reply of any length as the fragments of one record, made only as they are asked for. */
import { XdrWriter } from '../../core/index.ts'
import { MARK_BYTES, fragmentMark } from '../record-mark.ts'
import type { RpcStream } from './rpc-program.ts'

type Chunks = AsyncIterator<Uint8Array> | Iterator<Uint8Array>

export class ReplyPieces {
  readonly #chunks: Chunks
  readonly #fragmentBytes: number
  readonly #onError: (error: unknown) => void
  #fragment = new XdrWriter()
  #isOver = false
  #isBroken = false

  /** `head` is the message so far: its header, and the results that were written before the stream. */
  constructor(head: Uint8Array, stream: RpcStream, fragmentBytes: number, onError: (error: unknown) => void) {
    const { chunks } = stream
    this.#chunks = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]()
    this.#fragmentBytes = fragmentBytes
    this.#onError = onError
    this.#fragment.u32(0).raw(head)
  }

  /** True where the source failed before its end: the record can never be whole. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  /** The next fragment with its mark, in memory of its own; null after the last, or where there can be no more. */
  async next(): Promise<Buffer | null> {
    while (!this.#isOver) {
      const chunk = await this.#pull()
      if (this.#isOver && chunk !== null) return null
      if (chunk === null) return this.#isBroken ? null : this.#seal(true)
      // A fragment is closed only when there is more: the last one is never empty.
      const whole = this.#fragment.length >= this.#fragmentBytes ? this.#seal(false) : null
      this.#fragment.raw(chunk)
      if (whole !== null) return whole
    }
    return null
  }

  /** The client is gone: tells the source, unless it has ended. */
  leave(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#isBroken = true
    void this.#return()
  }

  async #return(): Promise<void> {
    try {
      await this.#chunks.return?.()
    } catch (error) {
      this.#onError(error)
    }
  }

  /** The next chunk; null at the end, whether good or bad. */
  async #pull(): Promise<Uint8Array | null> {
    try {
      const step = this.#chunks.next()
      // Waiting for what is there already would cost a sync source as much as making it.
      const { done, value } = step instanceof Promise ? await step : step
      if (done !== true) return value
    } catch (error) {
      this.#isBroken = true
      this.#onError(error)
    }
    this.#isOver = true
    return null
  }

  #seal(isLast: boolean): Buffer {
    const fragment = this.#fragment
    fragment.patchU32(0, fragmentMark(fragment.length - MARK_BYTES, isLast))
    this.#fragment = new XdrWriter(isLast ? MARK_BYTES : this.#fragmentBytes).u32(0)
    return fragment.view
  }
}
