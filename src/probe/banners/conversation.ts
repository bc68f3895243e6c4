/**
 * One connection to a service, bounded in time and in bytes: what a peer does can end it and cannot make it throw. All that was
 * heard stays until the end, so that an answer which one parser does not know can be shown to others.
 */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { LIMITS } from '../../core/index.ts'
import type { TlsFacts } from '../model.ts'
import { openTls } from './tls.ts'
import type { TlsOptions } from './tls.ts'

const FIRST_BYTES = 2048

export interface Dial {
  readonly address: string
  readonly port: number
  /** On the clock of `performance.now()`. */
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

export interface Patience {
  /** For the first byte; by default until the conversation's deadline. */
  readonly waitMs?: number
  /** For more, once something was said and is not whole. */
  readonly settleMs?: number
}

export class Conversation {
  readonly #deadlineMs: number
  #socket: Socket
  #bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES)
  #length = 0
  /** Up to where `receive` has handed out. */
  #taken = 0
  #hasEnded = false
  #wake: (() => void) | null = null
  #forgetSignal: () => void = () => undefined

  private constructor(socket: Socket, deadlineMs: number) {
    this.#socket = socket
    this.#deadlineMs = deadlineMs
  }

  /** Connects; null where nobody answers in time, who answers says no, or the signal ends it. */
  static async open({ address, port, deadlineMs, signal }: Dial): Promise<Conversation | null> {
    if (signal.aborted) return null
    const socket = connect({ host: address, port, noDelay: true })
    const conversation = new Conversation(socket, deadlineMs)
    const stop = (): void => conversation.close()
    signal.addEventListener('abort', stop, { once: true })
    conversation.#forgetSignal = (): void => signal.removeEventListener('abort', stop)
    conversation.#listen()
    socket.once('connect', () => conversation.#wake?.())
    while (socket.connecting && (await conversation.#change(deadlineMs)));
    // On the loopback a connection to a port of the dynamic range can be one with itself: all that is sent comes back.
    const isSelf = socket.localPort === port && socket.localAddress === socket.remoteAddress
    if (!conversation.#hasEnded && !socket.connecting && !isSelf) return conversation
    conversation.close()
    return null
  }

  /** This end's address, for a protocol that wants to be told; null where it is gone. */
  get localAddress(): string | null {
    return this.#socket.localAddress ?? null
  }

  /** All that was said so far; after `startTls` only what was said inside. A view. */
  get heard(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  send(bytes: Uint8Array | string): void {
    if (!this.#hasEnded) this.#socket.write(bytes)
  }

  /** What is said from the last `receive` on, until it is whole, the peer ends, or time or bytes are over; a view. */
  async receive(isWhole: (bytes: Buffer) => boolean, patience: Patience = {}): Promise<Buffer> {
    let untilMs = Math.min(this.#deadlineMs, performance.now() + (patience.waitMs ?? Infinity))
    let length = this.#taken
    for (;;) {
      if (this.#length > length) {
        length = this.#length
        if (isWhole(this.#bytes.subarray(this.#taken, length))) break
        untilMs = Math.min(this.#deadlineMs, performance.now() + (patience.settleMs ?? LIMITS.bannerSettleMs))
      }
      if (this.#hasEnded || this.#length >= LIMITS.bannerBytes || !(await this.#change(untilMs))) break
    }
    const said = this.#bytes.subarray(this.#taken, this.#length)
    this.#taken = this.#length
    return said
  }

  /** Goes on in TLS over the same connection; the facts, or OpenSSL's word for why not, after which the conversation has ended. */
  async startTls(options: TlsOptions, waitMs = Infinity): Promise<TlsFacts | { readonly failure: string }> {
    this.#socket.removeAllListeners('data')
    const timeoutMs = Math.min(this.#deadlineMs - performance.now(), waitMs)
    const opened = await openTls(this.#socket, { ...options, timeoutMs })
    if ('failure' in opened) {
      this.#hasEnded = true
      return opened
    }
    this.#socket = opened.socket
    this.#length = 0
    this.#taken = 0
    this.#listen()
    return opened.facts
  }

  close(): void {
    this.#hasEnded = true
    this.#forgetSignal()
    this.#socket.destroy()
    this.#wake?.()
  }

  #listen(): void {
    const end = (): void => {
      this.#hasEnded = true
      this.#wake?.()
    }
    this.#socket.on('data', (chunk: Buffer) => this.#keep(chunk))
    this.#socket.on('end', end)
    this.#socket.on('error', end)
    this.#socket.on('close', end)
  }

  #keep(chunk: Buffer): void {
    const more = chunk.subarray(0, LIMITS.bannerBytes - this.#length)
    const needed = this.#length + more.length
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.min(Math.max(needed, 2 * this.#bytes.length), LIMITS.bannerBytes))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    more.copy(this.#bytes, this.#length)
    this.#length = needed
    // Who floods is not read any more.
    if (needed >= LIMITS.bannerBytes) this.#socket.pause()
    this.#wake?.()
  }

  /** Waits until something happened; false when it did not before that time. */
  #change(untilMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const leftMs = untilMs - performance.now()
      if (leftMs <= 0) return resolve(false)
      const done = (hasChanged: boolean): void => {
        clearTimeout(timer)
        this.#wake = null
        resolve(hasChanged)
      }
      const timer = setTimeout(() => done(false), Math.ceil(leftMs))
      this.#wake = (): void => done(true)
    })
  }
}
