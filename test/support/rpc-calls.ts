/** Calls of RPC made of bytes, and sockets that send them as a test wants: whole, in pieces, or wrong. */
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { once } from 'node:events'
import { XdrReader, XdrWriter } from '../../src/core/index.ts'
import { fragmentMark } from '../../src/netinfo/record-mark.ts'
import { decodeReply } from '../../src/netinfo/rpc-message.ts'
import type { ReplyOutcome } from '../../src/netinfo/rpc-message.ts'
import { RecordReader } from '../../src/netinfo/record-reader.ts'

const WAIT_MS = 20_000
const REPLY_BYTES_MAX = 0x4000_0000

export interface CallParts {
  readonly xid: number
  readonly rpcVersion?: number
  readonly program: number
  readonly version: number
  readonly procedure: number
  readonly flavor?: number
  readonly credential?: Uint8Array
  readonly args?: Uint8Array
}

export function callBytes(parts: CallParts): Buffer {
  const writer = new XdrWriter()
    .u32(parts.xid)
    .u32(0)
    .u32(parts.rpcVersion ?? 2)
  writer.u32(parts.program).u32(parts.version).u32(parts.procedure)
  writer
    .u32(parts.flavor ?? 0)
    .opaque(parts.credential ?? Buffer.alloc(0))
    .u32(0)
    .u32(0)
  return writer.raw(parts.args ?? Buffer.alloc(0)).toBytes()
}

/** A message as a record, cut into fragments at these places. */
export function recordOf(message: Buffer, ...cuts: readonly number[]): Buffer {
  const writer = new XdrWriter()
  const places = [0, ...cuts, message.length]
  for (let index = 1; index < places.length; index += 1) {
    const part = message.subarray(places[index - 1], places[index])
    writer.u32(fragmentMark(part.length, index === places.length - 1)).raw(part)
  }
  return writer.toBytes()
}

export interface ReplyParts {
  readonly xid: number
  readonly outcome: ReplyOutcome
  /** What follows the header of the reply. */
  readonly rest: Buffer
}

export function replyParts(message: Buffer): ReplyParts {
  const reader = new XdrReader(message)
  const { xid, outcome } = decodeReply(reader)
  return { xid, outcome, rest: Buffer.from(message.subarray(reader.offset)) }
}

/** A TCP client that knows no RPC but its records. */
export class RawClient {
  readonly socket: Socket
  readonly #replies: Buffer[] = []
  readonly #records = new RecordReader(REPLY_BYTES_MAX)
  #wake: (() => void) | null = null
  #isClosed = false

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.#records.push(chunk)
      while (this.#records.next()) this.#replies.push(Buffer.from(this.#records.record))
      this.#wake?.()
    })
    socket.on('error', () => undefined)
    socket.on('end', () => this.#wake?.())
    socket.on('close', () => {
      this.#isClosed = true
      this.#wake?.()
    })
  }

  static async connect(port: number, address = '127.0.0.1'): Promise<RawClient> {
    const socket = connect({ port, host: address, allowHalfOpen: true })
    await once(socket, 'connect')
    return new RawClient(socket)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes)
  }

  /** The next reply; null when the server closed the connection instead. */
  async receive(): Promise<Buffer | null> {
    const deadline = Date.now() + WAIT_MS
    for (;;) {
      const reply = this.#replies.shift()
      if (reply !== undefined) return reply
      if (this.#isClosed || this.socket.readableEnded) return null
      await this.#change(deadline)
    }
  }

  async ask(parts: CallParts): Promise<ReplyParts> {
    this.send(recordOf(callBytes(parts)))
    const reply = await this.receive()
    if (reply === null) throw new Error('the server closed the connection')
    return replyParts(reply)
  }

  /** Waits until the server has closed the connection. */
  async closed(): Promise<void> {
    const deadline = Date.now() + WAIT_MS
    while (!this.#isClosed && !this.socket.readableEnded) await this.#change(deadline)
  }

  close(): void {
    this.socket.destroy()
  }

  async #change(deadline: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer')), Math.max(0, deadline - Date.now()))
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** A UDP client. Datagrams on the loopback come in order: what a later one answers has answered an earlier one, or never will. */
export class RawUdp {
  readonly #socket = createSocket('udp4')
  readonly #replies: Buffer[] = []
  readonly #port: number
  #wake: (() => void) | null = null

  constructor(port: number) {
    this.#port = port
    this.#socket.on('message', (message) => {
      this.#replies.push(message)
      this.#wake?.()
    })
  }

  send(bytes: Uint8Array): void {
    this.#socket.send(bytes, this.#port, '127.0.0.1')
  }

  async receive(): Promise<Buffer> {
    for (;;) {
      const reply = this.#replies.shift()
      if (reply !== undefined) return reply
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('no answer')), WAIT_MS)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  async ask(parts: CallParts): Promise<ReplyParts> {
    this.send(callBytes(parts))
    return replyParts(await this.receive())
  }

  close(): void {
    this.#socket.close()
  }
}
