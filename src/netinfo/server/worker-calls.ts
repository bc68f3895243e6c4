/** In a worker: the calls that the main thread answers for it. */
import type { XdrWriter } from '../../core/index.ts'
import type { RpcAnswer, RpcCall, RpcStream } from './rpc-program.ts'
import { ownBytes } from './worker-messages.ts'
import type { Answered, Asked } from './worker-messages.ts'

interface Waiting {
  readonly reply: XdrWriter
  readonly resolve: (answer: RpcAnswer | RpcStream) => void
}

interface WaitingPart {
  readonly resolve: (part: IteratorResult<Uint8Array, undefined>) => void
  readonly reject: (error: unknown) => void
}

const NO_BYTES = new Uint8Array(0)
const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined }

export class WorkerCalls {
  readonly #send: (message: Asked, bytes: Uint8Array<ArrayBuffer> | null) => void
  readonly #calls: Map<number, Waiting> = new Map()
  readonly #parts: Map<number, WaitingPart> = new Map()
  #lastId = 0

  constructor(send: (message: Asked, bytes: Uint8Array<ArrayBuffer> | null) => void) {
    this.#send = send
  }

  /** Has a call answered, in the same reply. */
  ask(tag: string, { header, args, peer }: RpcCall, reply: XdrWriter): Promise<RpcAnswer | RpcStream> {
    this.#lastId += 1
    const id = this.#lastId
    const bytes = ownBytes(args.bytes.subarray(args.offset, args.end))
    const { unix } = header
    const machineName = Buffer.from(ownBytes(unix?.machineName ?? NO_BYTES).buffer)
    const own = unix === null ? header : { ...header, unix: { ...unix, machineName } }
    this.#send({ kind: 'call', id, tag, header: own, args: bytes, peer }, bytes)
    return new Promise((resolve) => this.#calls.set(id, { reply, resolve }))
  }

  receive(message: Answered): void {
    const { id } = message
    switch (message.kind) {
      case 'answer':
        this.#settle(id, message.bytes, message.answer)
        return
      case 'stream':
        this.#settle(id, message.bytes, { chunks: this.#streamOf(id) })
        return
      case 'part':
        this.#parts.get(id)?.resolve(message.bytes === null ? DONE : { done: false, value: message.bytes })
        break
      case 'broken':
        this.#parts.get(id)?.reject(new Error('the main thread could not go on'))
        break
    }
    this.#parts.delete(id)
  }

  #settle(id: number, bytes: Uint8Array, answer: RpcAnswer | RpcStream): void {
    const waiting = this.#calls.get(id)
    this.#calls.delete(id)
    waiting?.reply.raw(bytes)
    waiting?.resolve(answer)
  }

  /** Not a generator: `return` must be heard although nothing was asked for yet. */
  #streamOf(id: number): AsyncIterable<Uint8Array> {
    const next = (): Promise<IteratorResult<Uint8Array, undefined>> => {
      this.#send({ kind: 'more', id }, null)
      return new Promise((resolve, reject) => this.#parts.set(id, { resolve, reject }))
    }
    const leave = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
      this.#send({ kind: 'leave', id }, null)
      this.#parts.get(id)?.resolve(DONE)
      this.#parts.delete(id)
      return DONE
    }
    return { [Symbol.asyncIterator]: () => ({ next, return: leave }) }
  }
}
