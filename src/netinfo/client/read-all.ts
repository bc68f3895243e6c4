/**
 * READALL as it comes in (protocol.md §9): one reply, of any length, read over a connection of its own, of which never more
 * than one directory and one chunk are kept. Who takes the directories slowly slows the server down: the socket is read
 * only as they are taken.
 */
import type { Socket } from 'node:net'
import { DecodeError, XdrReader, paddedLength } from '../../core/index.ts'
import { DirectoryError, MODEL_LIMITS, STATUS } from '../../directory/index.ts'
import type { DirectoryObject } from '../../directory/index.ts'
import { WORD, decodeObject } from '../codec-parts.ts'
import { NETINFO } from '../codec.ts'
import { PieceReader } from '../record-mark.ts'
import { decodeReply } from '../rpc-message.ts'
import { encodeRecord, randomXid } from './rpc-call.ts'
import { RpcError, outcomeText } from './rpc-error.ts'
import { StreamBuffer } from './stream-buffer.ts'
import { openTcp } from './tcp-socket.ts'
import type { TcpTarget } from './tcp-socket.ts'

/** One directory with a million children takes 4 MB, and few hold more than their names beside. */
const OBJECT_BYTES_MAX = 64 * 1024 * 1024
/** The longest header of a reply: a verifier of 400 bytes. */
const REPLY_HEADER_BYTES_MAX = 512

export interface ReadAllAnswer {
  readonly checksum: number
  readonly highestId: number
  /** May be gone through once; ending early ends the transfer. Each chunk must come within the time allowed. */
  readonly objects: AsyncIterable<DirectoryObject>
}

/**
 * Asks for a whole domain.
 * @returns null when the server's checksum is the one given
 * @throws DirectoryError MASTERBUSY, NOTMASTER, …; RpcError
 */
export async function readAllFrom(target: TcpTarget, checksum: number): Promise<ReadAllAnswer | null> {
  const place = `${target.address} port ${target.port}`
  const socket = await openTcp(target)
  const reply = new ReplyStream(socket, place, target)
  try {
    const xid = randomXid()
    socket.write(encodeRecord(NETINFO.readall, checksum, xid, null))
    await readHeader(reply, xid, place)
    const serverChecksum = await reply.u32()
    const highestId = await reply.u32()
    if (serverChecksum !== 0) return { checksum: serverChecksum, highestId, objects: readObjects(reply) }
    reply.close()
    return null
  } catch (error) {
    reply.close()
    throw asRpcError(error, place)
  }
}

async function readHeader(reply: ReplyStream, xid: number, place: string): Promise<void> {
  for (;;) {
    const reader = new XdrReader(reply.view)
    try {
      const { xid: found, outcome } = decodeReply(reader)
      if (found !== xid) throw new RpcError('garbled', `${place}: the reply is of another call`)
      if (outcome.kind !== 'success') throw new RpcError('refused', `${place}: readall: ${outcomeText(outcome)}`)
      reply.drop(reader.offset)
      break
    } catch (error) {
      // As long as the header may still be incomplete, what does not decode is waited for.
      if (!(error instanceof DecodeError) || reply.length > REPLY_HEADER_BYTES_MAX || reply.isEnded) throw error
      await reply.more()
    }
  }
  const status = await reply.u32()
  if (status !== STATUS.OK) throw new DirectoryError(status, NETINFO.readall.name)
}

async function* readObjects(reply: ReplyStream): AsyncGenerator<DirectoryObject, void, undefined> {
  try {
    for (;;) {
      const hasObject = await reply.u32()
      if (hasObject > 1) throw new DecodeError('readall', 0, `${hasObject} is no boolean`)
      if (hasObject === 0) break
      yield decodeWhole(reply) ?? (await decodeParts(reply))
    }
    await reply.finish()
  } catch (error) {
    throw asRpcError(error, reply.place)
  } finally {
    reply.close()
  }
}

/** The object at the front, where all of it is there; null where it is not, or does not decode. */
function decodeWhole(reply: ReplyStream): DirectoryObject | null {
  const reader = new XdrReader(reply.view)
  try {
    const object = decodeObject(reader, 'readall/object')
    reply.drop(reader.offset)
    return object
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}

/** The object at the front, waited for. */
async function decodeParts(reply: ReplyStream): Promise<DirectoryObject> {
  const span = measureObject(reply)
  let step = span.next()
  while (step.done !== true) {
    await reply.more()
    step = span.next()
  }
  const object = decodeObject(new XdrReader(reply.view, 0, step.value), 'readall/object')
  reply.drop(step.value)
  return object
}

/** Finds how many bytes the object at the front takes; it yields whenever it needs more bytes than there are. */
function* measureObject(reply: ReplyStream): Generator<void, number, undefined> {
  let offset = 2 * WORD
  function* need(lengthBytes: number): Generator<void, void, undefined> {
    if (offset + lengthBytes > OBJECT_BYTES_MAX)
      throw new DecodeError('readall/object', offset, `longer than ${OBJECT_BYTES_MAX} bytes`)
    while (reply.length < offset + lengthBytes) yield
  }
  function* count(max: number): Generator<void, number, undefined> {
    yield* need(WORD)
    const value = reply.wordAt(offset)
    if (value > max) throw new DecodeError('readall/object', offset, `${value} is more than ${max}`)
    offset += WORD
    return value
  }
  function* skipString(): Generator<void, void, undefined> {
    const padded = paddedLength(yield* count(MODEL_LIMITS.stringBytes))
    yield* need(padded)
    offset += padded
  }
  const properties = yield* count(MODEL_LIMITS.properties)
  for (let property = 0; property < properties; property += 1) {
    yield* skipString()
    const values = yield* count(MODEL_LIMITS.values)
    for (let value = 0; value < values; value += 1) yield* skipString()
  }
  yield* need(WORD)
  offset += WORD
  const children = yield* count(MODEL_LIMITS.ids)
  yield* need(children * WORD)
  return offset + children * WORD
}

/** The body of the one reply on a connection, read as it is needed. */
class ReplyStream {
  readonly place: string
  readonly #socket: Socket
  readonly #target: TcpTarget
  readonly #chunks: AsyncIterator<Buffer>
  readonly #pieces = new PieceReader(Number.MAX_SAFE_INTEGER)
  readonly #buffer = new StreamBuffer()
  readonly #abort: () => void
  #isEnded = false

  constructor(socket: Socket, place: string, target: TcpTarget) {
    this.place = place
    this.#socket = socket
    this.#target = target
    this.#chunks = socket[Symbol.asyncIterator]()
    // Whoever waits for bytes learns of it; while nobody does, it is no news.
    socket.on('error', () => undefined)
    // Also while nobody waits for more: who never takes the directories can still close.
    this.#abort = () => socket.destroy(new RpcError('aborted', place))
    target.signal?.addEventListener('abort', this.#abort)
    if (target.signal?.aborted === true) this.#abort()
  }

  get length(): number {
    return this.#buffer.length
  }

  get view(): Buffer {
    return this.#buffer.view
  }

  /** True when the last byte of the reply is here. */
  get isEnded(): boolean {
    return this.#isEnded
  }

  wordAt(offset: number): number {
    return this.#buffer.u32(offset)
  }

  drop(lengthBytes: number): void {
    this.#buffer.drop(lengthBytes)
  }

  async u32(): Promise<number> {
    while (this.#buffer.length < WORD) await this.more()
    const value = this.#buffer.u32(0)
    this.#buffer.drop(WORD)
    return value
  }

  /** Waits for the next bytes. */
  async more(): Promise<void> {
    if (this.#isEnded) throw new DecodeError('readall', 0, 'the reply ends too early')
    const chunk = await this.#nextChunk()
    const pieces = this.#pieces
    // After its end there is no other call that a reply could be of.
    for (let offset = 0; offset < chunk.length && !this.#isEnded;) {
      offset = pieces.read(chunk, offset)
      this.#buffer.push(chunk.subarray(pieces.from, pieces.to))
      this.#isEnded = pieces.isEnd
    }
  }

  /** Sees that the reply ends here. */
  async finish(): Promise<void> {
    while (!this.#isEnded && this.#buffer.length === 0) await this.more()
    if (this.#buffer.length > 0) throw new DecodeError('readall', 0, 'bytes follow the end')
  }

  close(): void {
    this.#target.signal?.removeEventListener('abort', this.#abort)
    this.#socket.destroy()
  }

  async #nextChunk(): Promise<Buffer> {
    const { timeoutMs } = this.#target
    const timer = setTimeout(() => {
      this.#socket.destroy(new RpcError('timeout', `${this.place}: no more within ${timeoutMs} ms`))
    }, timeoutMs)
    try {
      const step = await this.#chunks.next()
      if (step.done === true) throw new RpcError('disconnected', `${this.place}: the server closed the connection`)
      return step.value
    } catch (error) {
      throw error instanceof RpcError ? error : new RpcError('disconnected', this.place, error)
    } finally {
      clearTimeout(timer)
    }
  }
}

function asRpcError(error: unknown, place: string): unknown {
  return error instanceof DecodeError ? new RpcError('garbled', `${place}: readall`, error) : error
}
