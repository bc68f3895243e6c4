/** Calls to one program at one TCP port, over a connection that is made anew when the peer closed it. */
import type { Procedure } from '../codec-parts.ts'
import type { UnixCredential } from '../rpc-message.ts'
import { decodeResult, encodeRecord, nextXid, randomXid } from './rpc-call.ts'
import { RpcConnection } from './rpc-connection.ts'
import { RpcError } from './rpc-error.ts'
import { openTcp } from './tcp-socket.ts'

/** A LIST of a directory with a million children takes some 50 MB; a reply beyond this is no answer to anything. */
const REPLY_BYTES_MAX = 256 * 1024 * 1024

export interface RpcClientOptions {
  readonly address: string
  readonly port: number
  readonly isReservedPort?: boolean
  readonly connectTimeoutMs: number
  readonly replyBytesMax?: number
  /** Ends connecting and every call. */
  readonly signal?: AbortSignal | undefined
}

export interface CallOptions {
  readonly timeoutMs: number
  readonly credential?: UnixCredential | null
}

export class RpcClient {
  readonly #options: RpcClientOptions
  readonly place: string
  #connection: RpcConnection | null = null
  #connecting: Promise<RpcConnection> | null = null
  #xid: number = randomXid()
  #isClosed = false

  constructor(options: RpcClientOptions) {
    this.#options = options
    this.place = `${options.address} port ${options.port}`
  }

  /**
   * Connects, where there is no connection.
   * @throws RpcError
   */
  async connect(): Promise<void> {
    await this.#connected()
  }

  /**
   * Makes a call. When the connection is found closed or reset it is made anew and the call repeated, once: a server closes
   * what is idle longest (protocol.md §11.6).
   * @throws RpcError
   */
  async call<A, R>(procedure: Procedure<A, R>, args: A, options: CallOptions): Promise<R> {
    this.#xid = nextXid(this.#xid)
    const xid = this.#xid
    const record = encodeRecord(procedure, args, xid, options.credential ?? null)
    const request = { timeoutMs: options.timeoutMs, signal: this.#options.signal }
    let reply: Buffer
    try {
      reply = await (await this.#connected()).request(xid, record, request)
    } catch (error) {
      if (!(error instanceof RpcError) || error.failure !== 'disconnected') throw error
      reply = await (await this.#connected()).request(xid, record, request)
    }
    return decodeResult(procedure, reply, this.place)
  }

  /** Calls under way are rejected as `closed`; so is every later one. */
  close(): void {
    this.#isClosed = true
    this.#connection?.close()
    this.#connection = null
  }

  /** As `close`, but calls under way may still get their answers. */
  closeWhenIdle(): void {
    this.#isClosed = true
    this.#connection?.closeWhenIdle()
    this.#connection = null
  }

  async #connected(): Promise<RpcConnection> {
    if (this.#isClosed) throw new RpcError('closed', this.place)
    if (this.#connection?.isOpen === true) return this.#connection
    this.#connecting ??= this.#open().finally(() => {
      this.#connecting = null
    })
    return await this.#connecting
  }

  async #open(): Promise<RpcConnection> {
    const { connectTimeoutMs, replyBytesMax, ...target } = this.#options
    const socket = await openTcp({ ...target, timeoutMs: connectTimeoutMs })
    const connection = new RpcConnection(socket, this.place, replyBytesMax ?? REPLY_BYTES_MAX)
    if (this.#isClosed) {
      connection.close()
      throw new RpcError('closed', this.place)
    }
    this.#connection = connection
    return connection
  }
}
