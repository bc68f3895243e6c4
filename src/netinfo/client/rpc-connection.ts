/** One TCP connection with many calls under way: replies find their calls by the transaction number. */
import type { Socket } from 'node:net'
import { messageOf } from '../../core/index.ts'
import { RecordReader } from '../record-reader.ts'
import { replyXid } from '../rpc-message.ts'
import { RpcError } from './rpc-error.ts'
import type { RpcFailure } from './rpc-error.ts'

interface Waiting {
  readonly resolve: (reply: Buffer) => void
  readonly reject: (error: RpcError) => void
}

export interface RequestOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

export class RpcConnection {
  readonly #socket: Socket
  readonly #place: string
  readonly #waiting = new Map<number, Waiting>()
  readonly #records: RecordReader
  #isOpen = true
  /** Closes with the last answer. */
  #isClosing = false

  /** Takes over a connected socket. */
  constructor(socket: Socket, place: string, replyBytesMax: number) {
    this.#socket = socket
    this.#place = place
    this.#records = new RecordReader(replyBytesMax)
    socket.on('data', (chunk: Buffer) => {
      this.#take(chunk)
    })
    socket.on('error', (error) => {
      this.#end('disconnected', messageOf(error))
    })
    socket.on('end', () => {
      this.#end('disconnected', 'the server closed the connection')
    })
    socket.on('close', () => {
      this.#end('disconnected', 'the connection was closed')
    })
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /**
   * Sends a call, whole with its record mark, and waits for the reply of the same transaction.
   * @throws RpcError `disconnected`, `timeout`, `garbled`, `closed` or `aborted`
   */
  request(xid: number, record: Buffer, { timeoutMs, signal }: RequestOptions): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (!this.#isOpen) {
        reject(new RpcError('disconnected', this.#place))
        return
      }
      const settle = (): void => {
        this.#waiting.delete(xid)
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
        if (this.#isClosing) this.closeWhenIdle()
      }
      const fail = (error: RpcError): void => {
        settle()
        reject(error)
      }
      const timer = setTimeout(() => {
        fail(new RpcError('timeout', `${this.#place}: no answer within ${timeoutMs} ms`))
      }, timeoutMs)
      const abort = (): void => {
        fail(new RpcError('aborted', this.#place))
      }
      this.#waiting.set(xid, {
        resolve: (reply) => {
          settle()
          resolve(reply)
        },
        reject: fail,
      })
      signal?.addEventListener('abort', abort)
      if (signal?.aborted === true) abort()
      else this.#socket.write(record)
    })
  }

  /** Every call that waits is rejected as `closed`. */
  close(): void {
    this.#end('closed', 'the connection was closed by this side')
  }

  /** Lets the calls under way end first. */
  closeWhenIdle(): void {
    this.#isClosing = true
    if (this.#waiting.size === 0) this.close()
  }

  #take(chunk: Buffer): void {
    try {
      this.#records.push(chunk)
      while (this.#records.next()) {
        const { record } = this.#records
        const xid = replyXid(record)
        // A reply that nobody waits for any more came too late.
        if (xid !== null) this.#waiting.get(xid)?.resolve(record)
      }
    } catch (error) {
      this.#end('garbled', messageOf(error))
    }
  }

  #end(failure: RpcFailure, problem: string): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#socket.destroy()
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of waiting) reject(new RpcError(failure, `${this.#place}: ${problem}`))
  }
}
