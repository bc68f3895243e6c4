/**
 * Calls by UDP to servers of this machine, any number at once over one socket: the binder asks domains' servers whether they
 * live, and passes BIND on; the portmapper passes calls on to the binder. Both do so for anybody who asks, so a call must not
 * cost a socket.
 */
import { createSocket } from 'node:dgram'
import type { RemoteInfo, Socket } from 'node:dgram'
import { DecodeError, LIMITS, XdrReader, XdrWriter } from '../../core/index.ts'
import { nextXid, randomXid } from '../client/rpc-call.ts'
import { decodeReply, encodeCall, replyXid } from '../rpc-message.ts'
import type { CallTarget } from '../rpc-message.ts'

export interface LoopbackTarget extends Omit<CallTarget, 'xid'> {
  readonly port: number
}

interface Waiting {
  readonly port: number
  readonly settle: (results: Buffer | null) => void
}

const LOOPBACK = '127.0.0.1'

export class LoopbackCalls {
  readonly #address: string
  readonly #waiting = new Map<number, Waiting>()
  #socket: Socket | null = null
  #xid = randomXid()
  #isClosed = false

  /** `address` is this machine's, where its servers do not listen on the loopback. */
  constructor(address: string = LOOPBACK) {
    this.#address = address
  }

  /** The results of a call with these arguments; null where it failed, was not answered in time, or too many wait already. */
  call(target: LoopbackTarget, args: Uint8Array, timeoutMs: number): Promise<Buffer | null> {
    if (this.#isClosed || this.#waiting.size >= LIMITS.rpcPendingDatagrams || target.port === 0)
      return Promise.resolve(null)
    this.#xid = nextXid(this.#xid)
    const xid = this.#xid
    const writer = new XdrWriter()
    encodeCall(writer, { ...target, xid }, null)
    const message = writer.raw(args).view
    return new Promise((resolve) => {
      const send = (): void => this.#open().send(message, target.port, this.#address, ignoreError)
      // A datagram is lost on the loopback, too, when the server's buffer is full.
      const again = setTimeout(send, timeoutMs / 2)
      const end = setTimeout(() => settle(null), timeoutMs)
      const settle = (results: Buffer | null): void => {
        clearTimeout(again)
        clearTimeout(end)
        this.#waiting.delete(xid)
        resolve(results)
      }
      this.#waiting.set(xid, { port: target.port, settle })
      send()
    })
  }

  /** Gives up what waits. */
  close(): void {
    this.#isClosed = true
    for (const { settle } of this.#waiting.values()) settle(null)
    this.#socket?.close()
    this.#socket = null
  }

  #open(): Socket {
    if (this.#socket !== null) return this.#socket
    const socket = createSocket('udp4')
    socket.on('message', (message, from) => this.#receive(message, from))
    // A server that is not there is one that does not answer.
    socket.on('error', ignoreError)
    // It is others' calls that keep the process alive.
    socket.unref()
    this.#socket = socket
    return socket
  }

  #receive(message: Buffer, from: RemoteInfo): void {
    const waiting = this.#waiting.get(replyXid(message) ?? -1)
    if (waiting === undefined || waiting.port !== from.port || from.address !== this.#address) return
    waiting.settle(resultsOf(message))
  }
}

function resultsOf(message: Buffer): Buffer | null {
  try {
    const reader = new XdrReader(message)
    return decodeReply(reader).outcome.kind === 'success' ? message.subarray(reader.offset) : null
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}

function ignoreError(): void {
  // Nothing to do: the call is sent again, or its time ends.
}
