/**
 * One TCP connection of an RPC server.
 *
 * It answers whole records in a row, all in one write, until it meets an obstacle: its turn is spent, too much waits to be
 * read by the client or to be answered by a program, or a long reply is under way. It then reads nothing more from the
 * socket, so that TCP itself holds the client back, and goes on where it stood when the obstacle is gone.
 */
import type { Socket } from 'node:net'
import { DecodeError } from '../../core/index.ts'
import { MARK_BYTES } from '../record-mark.ts'
import { RecordReader } from '../record-reader.ts'
import { ReplyPieces } from './reply-pieces.ts'
import { PendingReply } from './rpc-dispatcher.ts'
import type { Settled } from './rpc-dispatcher.ts'
import { RpcOutbox } from './rpc-outbox.ts'
import type { RpcPeer, RpcStream } from './rpc-program.ts'
import type { RpcShared } from './rpc-shared.ts'

/** Replies are sent at this length, though there are more calls to answer. */
const FLUSH_BYTES = 64 * 1024

/** Why no more calls are answered now: none is whole, there is an obstacle, or the turn is spent. */
type Stop = 'dry' | 'obstacle' | 'turn'

export class RpcConnection {
  /** When the client was last heard of, as `RpcShared.activity` counts. */
  activity: number
  readonly #peer: RpcPeer
  readonly #socket: Socket
  readonly #shared: RpcShared
  readonly #records: RecordReader
  readonly #outbox: RpcOutbox
  readonly #onClose: (connection: RpcConnection) => void
  #pending = 0
  /** What the calls that wait hold. */
  #pendingBytes = 0
  #isPaused = false
  #isTurnSpent = false
  #isEnding = false
  #heldBytes = 0
  #partialSinceMs: number
  #unsentSeen = 0
  #unsentSinceMs = 0

  constructor(socket: Socket, peer: RpcPeer, shared: RpcShared, onClose: (connection: RpcConnection) => void) {
    this.activity = shared.activity
    this.#peer = peer
    this.#socket = socket
    this.#shared = shared
    this.#onClose = onClose
    this.#partialSinceMs = shared.nowMs
    this.#records = new RecordReader(shared.limits.recordBytes)
    this.#outbox = new RpcOutbox(socket, shared, () => this.#goOn())
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('drain', () => this.#goOn())
    socket.on('end', () => this.end())
    // A client that resets its connection is no error of ours; `close` follows.
    socket.on('error', () => undefined)
    socket.on('close', () => this.#close())
  }

  /** True where nothing is under way: no call, no part of one, no reply. */
  get isIdle(): boolean {
    return !this.#isBusy && !this.#records.isInside && this.#outbox.unsentBytes === 0
  }

  get #isBusy(): boolean {
    return this.#pending > 0 || this.#isTurnSpent || !this.#outbox.isHandedOver
  }

  /** Reads no more, answers what has come, sends what is owed, then closes. */
  end(): void {
    this.#isEnding = true
    this.#pause()
    if (!this.#isTurnSpent) this.#proceed()
  }

  /** Closes at once. */
  destroy(): void {
    this.#socket.destroy()
  }

  /** Cuts a client that does not finish a record that it began, or does not read what it asked for. */
  sweep(): void {
    const { nowMs, limits } = this.#shared
    const unsent = this.#outbox.unsentBytes
    if (unsent === 0 || unsent !== this.#unsentSeen) {
      this.#unsentSeen = unsent
      this.#unsentSinceMs = nowMs
    } else if (nowMs - this.#unsentSinceMs > limits.stallMs) this.destroy()
    // While nothing is read, it is not the client who keeps us waiting.
    if (this.#isPaused || !this.#records.isInside) this.#partialSinceMs = nowMs
    else if (nowMs - this.#partialSinceMs > limits.recordMs) this.destroy()
  }

  #receive(chunk: Buffer): void {
    this.#shared.activity += 1
    this.activity = this.#shared.activity
    this.#records.push(chunk)
    this.#proceed()
  }

  /** Something that may have been an obstacle is gone. This comes in the midst of a turn, which the others must have first. */
  #goOn(): void {
    if ((this.#isPaused || this.#isEnding) && !this.#isTurnSpent) this.#proceedNextTurn()
  }

  #proceedNextTurn(): void {
    this.#isTurnSpent = true
    setImmediate(() => {
      this.#isTurnSpent = false
      this.#proceed()
    })
  }

  #proceed(): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return
    const stop = this.#answerRecords()
    this.#outbox.flush()
    this.#weigh()
    if (this.#socket.destroyed) return
    if (stop === 'dry' && !this.#isEnding) this.#resume()
    else this.#pause()
    if (stop === 'turn') {
      this.#proceedNextTurn()
    } else if (stop === 'dry' && this.#isEnding && !this.#isBusy) {
      // What the socket still holds goes first; the client may never close its side.
      this.#socket.end(() => this.#socket.destroy())
    }
  }

  #answerRecords(): Stop {
    const records = this.#records
    const { dispatcher, limits } = this.#shared
    const startedMs = dispatcher.beginTurn()
    let calls = 0
    while (!this.#hasObstacle) {
      if (!this.#findRecord()) return 'dry'
      const { output } = this.#shared
      const answer = dispatcher.dispatch(records.bytes, records.from, records.to, this.#peer, output)
      if (answer === 'unparsable') return this.#cut()
      if (answer instanceof PendingReply) this.#take(answer, records.to - records.from)
      this.#partialSinceMs = this.#shared.nowMs
      calls += 1
      if (calls >= limits.turnCalls || dispatcher.nowMs - startedMs > limits.turnMs) return 'turn'
      if (this.#shared.output.length >= FLUSH_BYTES) this.#outbox.flush()
    }
    return 'obstacle'
  }

  get #hasObstacle(): boolean {
    const { limits } = this.#shared
    return (
      this.#socket.destroyed ||
      this.#outbox.isSending ||
      this.#pending >= limits.pendingCalls ||
      this.#pendingBytes > limits.recordBytes ||
      this.#outbox.unsentBytes > limits.unsentBytes
    )
  }

  #findRecord(): boolean {
    try {
      return this.#records.next()
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#cut()
      return false
    }
  }

  /** Bytes that are no call: nobody knows where the next one begins. */
  #cut(): Stop {
    this.#outbox.flush()
    this.destroy()
    return 'obstacle'
  }

  /** Keeps count of what the unfinished record takes; who would take more than there is for all is cut. */
  #weigh(): void {
    const { heldBytes } = this.#records
    if (heldBytes === this.#heldBytes) return
    this.#shared.partialBytes += heldBytes - this.#heldBytes
    this.#heldBytes = heldBytes
    if (this.#shared.partialBytes > this.#shared.limits.partialBytes) this.destroy()
  }

  /** Takes over a reply that is not whole yet; its writer is its own from now on. */
  #take(reply: PendingReply, callBytes: number): void {
    if (reply.writer === this.#shared.output) {
      if (reply.start > 0) this.#outbox.write(Buffer.from(reply.writer.view.subarray(0, reply.start)))
      this.#shared.replaceOutput()
    }
    if (!(reply.outcome instanceof Promise)) {
      this.#stream(reply, reply.outcome)
      return
    }
    this.#pending += 1
    this.#hold(callBytes)
    // It never rejects: the dispatcher has judged every error.
    void reply.outcome.then((settled) => {
      this.#hold(-callBytes)
      this.#settle(reply, settled)
    })
  }

  /** Keeps count of what waiting calls hold; who brings more than there is for all is cut. */
  #hold(bytes: number): void {
    this.#pendingBytes += bytes
    this.#shared.pendingBytes += bytes
    if (bytes > 0 && this.#shared.pendingBytes > this.#shared.limits.pendingBytes) this.destroy()
  }

  #settle(reply: PendingReply, settled: Settled): void {
    this.#pending -= 1
    if (settled === 'replied' && !this.#socket.destroyed) {
      this.#outbox.writeSoon(reply.writer.view.subarray(reply.start))
      return
    }
    if (typeof settled !== 'string') this.#stream(reply, settled)
    this.#goOn()
  }

  #stream(reply: PendingReply, stream: RpcStream): void {
    const { limits, onError } = this.#shared
    const head = reply.writer.view.subarray(reply.start + MARK_BYTES)
    const pieces = new ReplyPieces(head, stream, limits.unsentBytes, (error) => onError(error, reply.call))
    if (this.#socket.destroyed) pieces.leave()
    else this.#outbox.stream(pieces)
  }

  #pause(): void {
    if (this.#isPaused) return
    this.#isPaused = true
    this.#socket.pause()
  }

  #resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#socket.resume()
  }

  #close(): void {
    this.#outbox.close()
    this.#shared.partialBytes -= this.#heldBytes
    this.#heldBytes = 0
    this.#onClose(this)
  }
}
