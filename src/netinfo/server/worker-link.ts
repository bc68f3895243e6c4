/** In the main thread: one worker's thread, from its start to its end. */
import type { Worker } from 'node:worker_threads'
import { ForwardedCalls } from './forwarded-calls.ts'
import type { RpcProgram } from './rpc-program.ts'
import type { ToMain, ToWorker, WorkerPlace } from './worker-messages.ts'

export interface WorkerLinkOptions {
  readonly thread: Worker
  readonly programOf: (tag: string) => RpcProgram | undefined
  readonly onError: (error: unknown) => void
  /** It has ended, whether it was to or not. */
  readonly onEnd: () => void
}

export class WorkerLink {
  readonly #thread: Worker
  readonly #calls: ForwardedCalls
  readonly #onError: (error: unknown) => void
  /** Who waits for a domain to be served or stopped. */
  readonly #waiting: Map<string, () => void> = new Map()
  readonly #ended: Promise<void>
  #isOver = false

  constructor({ thread, programOf, onError, onEnd }: WorkerLinkOptions) {
    this.#thread = thread
    this.#onError = onError
    this.#calls = new ForwardedCalls({
      programOf,
      send: (message, bytes) => this.#send(message, bytes === null ? [] : [bytes.buffer]),
      onError,
    })
    thread.on('message', (message: ToMain) => this.#receive(message))
    thread.on('error', onError)
    this.#ended = new Promise((resolve) => {
      thread.once('exit', () => {
        this.#isOver = true
        this.#calls.close()
        for (const go of this.#waiting.values()) go()
        this.#waiting.clear()
        onEnd()
        resolve()
      })
    })
  }

  /** Resolves when the worker serves a domain, or will not: then `onError` was told why. */
  async serve(place: WorkerPlace): Promise<void> {
    await this.#request(`serve ${place.tag}`, { kind: 'serve', ...place })
  }

  /** Resolves when the worker has let go of a domain; its thread is ended where it does not in time. */
  async stop(tag: string, graceMs: number, deadlineMs: number): Promise<void> {
    const cut = setTimeout(() => void this.#thread.terminate(), deadlineMs)
    await this.#request(`stop ${tag}`, { kind: 'stop', tag, graceMs })
    clearTimeout(cut)
  }

  async end(): Promise<void> {
    await this.#thread.terminate()
    await this.#ended
  }

  async #request(what: string, message: ToWorker): Promise<void> {
    if (this.#isOver) return
    await new Promise<void>((resolve) => {
      this.#waiting.set(what, resolve)
      this.#send(message, [])
    })
  }

  #send(message: ToWorker, transfer: readonly ArrayBuffer[]): void {
    this.#thread.postMessage(message, [...transfer])
  }

  #receive(message: ToMain): void {
    switch (message.kind) {
      case 'serving':
        this.#resolve(`serve ${message.tag}`)
        return
      case 'refused':
        this.#onError(new Error(`a worker does not serve ${message.tag}: ${message.reason}`))
        this.#resolve(`serve ${message.tag}`)
        return
      case 'stopped':
        this.#resolve(`stop ${message.tag}`)
        return
      case 'failure':
        this.#onError(new Error(message.reason))
        return
      default:
        this.#calls.receive(message)
    }
  }

  #resolve(what: string): void {
    this.#waiting.get(what)?.()
    this.#waiting.delete(what)
  }
}
