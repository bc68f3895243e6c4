/**
 * In the main thread: answers the calls that one worker could not answer alone.
 *
 * A copy (READALL) is made here, of the moment at which it was asked for: what the clones are owed is counted from the revision
 * of that moment (replication.ts), and a worker's view might be a later one. The worker asks for part after part, so that a
 * slow client holds nothing but its snapshot.
 */
import { DecodeError, XdrReader, XdrWriter } from '../../core/index.ts'
import type { CallHeader } from '../rpc-message.ts'
import { countCall } from './rpc-program.ts'
import type { RpcAnswer, RpcCall, RpcErrorListener, RpcProgram, RpcStream } from './rpc-program.ts'
import { ownBytes } from './worker-messages.ts'
import type { Answered, Asked } from './worker-messages.ts'

type Chunks = AsyncIterator<Uint8Array> | Iterator<Uint8Array>
type Step = IteratorResult<Uint8Array, unknown>

interface Source {
  readonly chunks: Chunks
  readonly call: RpcCall
  /** What was taken ahead: a source takes its snapshot when it is first asked. */
  first: Step | null
}

export interface ForwardedCallsOptions {
  readonly programOf: (tag: string) => RpcProgram | undefined
  readonly send: (message: Answered, bytes: Uint8Array<ArrayBuffer> | null) => void
  readonly onError: RpcErrorListener
}

export class ForwardedCalls {
  readonly #options: ForwardedCallsOptions
  readonly #sources: Map<number, Source> = new Map()

  constructor(options: ForwardedCallsOptions) {
    this.#options = options
  }

  receive(message: Asked): void {
    switch (message.kind) {
      case 'call':
        void this.#answer(message)
        return
      case 'more':
        void this.#sendPart(message.id)
        return
      case 'leave':
        this.#leave(message.id)
    }
  }

  /** The worker is gone: nobody waits for anything any more. */
  close(): void {
    for (const id of this.#sources.keys()) this.#leave(id)
  }

  async #answer({ id, tag, header, args, peer }: Extract<Asked, { kind: 'call' }>): Promise<void> {
    const call: RpcCall = { header: withBuffer(header), args: new XdrReader(args), peer }
    const reply = new XdrWriter()
    const answer = await this.#ask(tag, call, reply)
    const bytes = ownBytes(reply.view)
    if (typeof answer === 'string') {
      this.#options.send({ kind: 'answer', id, answer, bytes }, bytes)
      return
    }
    this.#sources.set(id, answer)
    this.#options.send({ kind: 'stream', id, bytes }, bytes)
  }

  async #ask(tag: string, call: RpcCall, reply: XdrWriter): Promise<RpcAnswer | Source> {
    const program = this.#options.programOf(tag)
    // The domain was stopped while the call was on its way.
    if (program === undefined) return 'systemError'
    const startedMs = performance.now()
    try {
      const answer = program.answer(call, reply)
      const settled = answer instanceof Promise ? await answer : answer
      countCall(program, call, settled, performance.now() - startedMs)
      return typeof settled === 'string' ? settled : await begin(settled, call)
    } catch (error) {
      if (error instanceof DecodeError) return 'garbage'
      this.#options.onError(error, call)
      return 'systemError'
    }
  }

  async #sendPart(id: number): Promise<void> {
    const source = this.#sources.get(id)
    if (source === undefined) return
    const { send, onError } = this.#options
    try {
      const { done, value } = source.first ?? (await source.chunks.next())
      source.first = null
      if (done === true) this.#sources.delete(id)
      const bytes = done === true ? null : ownBytes(value)
      send({ kind: 'part', id, bytes }, bytes)
    } catch (error) {
      this.#sources.delete(id)
      onError(error, source.call)
      send({ kind: 'broken', id }, null)
    }
  }

  #leave(id: number): void {
    const source = this.#sources.get(id)
    this.#sources.delete(id)
    if (source !== undefined) void this.#return(source)
  }

  async #return({ chunks, call }: Source): Promise<void> {
    try {
      await chunks.return?.()
    } catch (error) {
      this.#options.onError(error, call)
    }
  }
}

async function begin({ chunks }: RpcStream, call: RpcCall): Promise<Source> {
  const source = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]()
  const first = source.next()
  return { chunks: source, call, first: first instanceof Promise ? await first : first }
}

/** A message turns a Buffer into a Uint8Array. */
function withBuffer(header: CallHeader): CallHeader {
  const { unix } = header
  return unix === null ? header : { ...header, unix: { ...unix, machineName: Buffer.from(unix.machineName) } }
}
