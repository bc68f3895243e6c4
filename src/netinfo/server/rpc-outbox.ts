/**
 * What one TCP connection sends. Short replies go straight to the socket; a long one goes in pieces, each of which the
 * client must take before the next is made, and whatever comes meanwhile waits behind it.
 */
import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ReplyPieces } from './reply-pieces.ts'
import type { RpcShared } from './rpc-shared.ts'

/** A longer output's memory is not kept. */
const KEPT_OUTPUT_BYTES = 512 * 1024

export class RpcOutbox {
  readonly #socket: Socket
  readonly #shared: RpcShared
  /** Called when a long reply has gone, or replies that were sent later. */
  readonly #onFree: () => void
  /** Behind the long reply that is being sent. */
  #queue: (Buffer | ReplyPieces)[] = []
  #current: ReplyPieces | null = null
  #soon: Buffer[] = []
  #isSending = false

  constructor(socket: Socket, shared: RpcShared, onFree: () => void) {
    this.#socket = socket
    this.#shared = shared
    this.#onFree = onFree
  }

  /** True while a long reply is under way. */
  get isSending(): boolean {
    return this.#isSending
  }

  /** Bytes that the kernel has not taken yet. */
  get unsentBytes(): number {
    return this.#socket.writableLength
  }

  /** True where all that is owed is with the socket. */
  get isHandedOver(): boolean {
    return !this.#isSending && this.#soon.length === 0
  }

  /** Sends what stands in the shared output, and empties that. */
  flush(): void {
    const { output } = this.#shared
    const { length } = output
    if (length === 0) return
    if (this.#isSending || this.unsentBytes > 0) {
      // The output is used again before the socket is done with these bytes.
      this.write(output.toBytes())
      output.reset()
      return
    }
    this.write(output.view)
    // Where nothing waits, the kernel has it all, and the memory is free for the next.
    if (this.#isSending || this.unsentBytes > 0 || length > KEPT_OUTPUT_BYTES) this.#shared.replaceOutput()
    else output.reset()
  }

  /** Sends whole records; the bytes must stay as they are, if something waits afterwards. */
  write(bytes: Buffer): void {
    if (!this.#isSending && bytes.length <= this.#shared.limits.unsentBytes) this.#socket.write(bytes)
    else this.#enqueue(bytes)
  }

  /** Sends a record together with others that become whole in this same moment. */
  writeSoon(bytes: Buffer): void {
    this.#soon.push(bytes)
    if (this.#soon.length > 1) return
    process.nextTick(() => {
      const [first = Buffer.alloc(0), ...others] = this.#soon
      this.#soon = []
      if (this.#socket.destroyed) return
      this.write(others.length === 0 ? first : Buffer.concat([first, ...others]))
      this.#onFree()
    })
  }

  /** Sends a reply that is made as it is sent. */
  stream(pieces: ReplyPieces): void {
    this.#enqueue(pieces)
  }

  /** The client is gone: no source is asked for more. */
  close(): void {
    this.#current?.leave()
    for (const item of this.#queue) if (!Buffer.isBuffer(item)) item.leave()
    this.#queue = []
    this.#soon = []
  }

  #enqueue(item: Buffer | ReplyPieces): void {
    this.#queue.push(item)
    if (!this.#isSending) void this.#sendQueue()
  }

  async #sendQueue(): Promise<void> {
    this.#isSending = true
    for (let item = this.#queue.shift(); item !== undefined; item = this.#queue.shift()) {
      if (Buffer.isBuffer(item)) await this.#sendSlowly(item)
      else await this.#sendPieces(item)
    }
    this.#isSending = false
    this.#onFree()
  }

  async #sendPieces(pieces: ReplyPieces): Promise<void> {
    this.#current = pieces
    for (let piece = await pieces.next(); piece !== null; piece = await pieces.next()) {
      await this.#sendSlowly(piece)
      // The event that the socket has closed would never come in between: this loop may go on without a turn.
      if (this.#socket.destroyed) pieces.leave()
    }
    this.#current = null
    // A reply that broke off cannot be mended: the client would take what follows for its rest.
    if (pieces.isBroken) this.#socket.destroy()
  }

  async #sendSlowly(bytes: Buffer): Promise<void> {
    const { unsentBytes } = this.#shared.limits
    for (let from = 0; from < bytes.length && !this.#socket.destroyed; from += unsentBytes) {
      const piece = bytes.subarray(from, from + unsentBytes)
      // The callback comes when the kernel has taken it, or when the socket has closed.
      await new Promise<void>((resolve) => void this.#socket.write(piece, () => resolve()))
      await nextTurn()
    }
  }
}
