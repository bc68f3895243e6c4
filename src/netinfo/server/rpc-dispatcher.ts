/**
 * From the bytes of a call to the bytes of its reply (RFC 5531 §9, protocol.md §12), without any socket.
 *
 * A reply is written as a record: its mark, then the message. UDP leaves the mark out. Replies to many calls stand one after
 * the other in one writer, and go out in one write.
 */
import { performance } from 'node:perf_hooks'
import { DecodeError, XdrReader, XdrWriter } from '../../core/index.ts'
import { MARK_BYTES, fragmentMark } from '../record-mark.ts'
import {
  ACCEPT_STAT,
  AUTH_FLAVOR,
  AUTH_STAT,
  RPC_VERSION,
  decodeCall,
  encodeAccepted,
  encodeAuthError,
  encodeProgramMismatch,
  encodeRpcMismatch,
} from '../rpc-message.ts'
import type { CallHeader } from '../rpc-message.ts'
import { countCall } from './rpc-program.ts'
import type { RpcAnswer, RpcCall, RpcErrorListener, RpcPeer, RpcProgram, RpcStream } from './rpc-program.ts'

/** The header of a call without credentials: ten words. */
const PLAIN_HEADER_BYTES = 40
/** RFC 5531 §9, AUTH_REJECTEDCRED: what the libraries answer to a flavour that they do not know. */
const REJECTED_CREDENTIAL = 2

export type Settled = 'replied' | 'silent' | RpcStream

/** A reply that is not whole yet: its record begins at `start` of the writer, which is now its own. */
export class PendingReply {
  readonly writer: XdrWriter
  readonly start: number
  readonly outcome: RpcStream | Promise<Settled>
  readonly call: RpcCall

  constructor(call: RpcCall, writer: XdrWriter, start: number, outcome: RpcStream | Promise<Settled>) {
    this.call = call
    this.writer = writer
    this.start = start
    this.outcome = outcome
  }
}

/** `unparsable`: these bytes are no call, and nothing can be answered. */
export type Dispatched = 'replied' | 'silent' | 'unparsable' | PendingReply

interface Served {
  readonly program: RpcProgram
  /** The procedures that were seen to take their time: their replies are written apart from the start. */
  readonly slow: Set<number>
}

export class RpcDispatcher {
  readonly #served: readonly Served[]
  readonly #onError: RpcErrorListener
  #nowMs = 0

  constructor(programs: readonly RpcProgram[], onError: RpcErrorListener) {
    this.#served = programs.map((program) => ({ program, slow: new Set() }))
    this.#onError = onError
  }

  /** Looks at the clock: the next call begins now. */
  beginTurn(): number {
    this.#nowMs = performance.now()
    return this.#nowMs
  }

  /** When the last call was answered, in ms; the next one of the same turn begins then, so each needs but one look at the clock. */
  get nowMs(): number {
    return this.#nowMs
  }

  /** Answers the call that stands in `bytes` from `from` to `to`, at the end of `output`. Never throws. */
  dispatch(bytes: Buffer, from: number, to: number, peer: RpcPeer, output: XdrWriter): Dispatched {
    const args = new XdrReader(bytes, from, to)
    const header = readHeader(args)
    if (header === null) return 'unparsable'
    const served = this.#find(header)
    if (served !== undefined) return this.#answer(served, { header, args, peer }, output, output.length)
    const refused = this.#refuse(header, output)
    this.beginTurn()
    return refused
  }

  /** Who answers a call; undefined where it is to be refused. */
  #find(header: CallHeader): Served | undefined {
    if (header.rpcVersion !== RPC_VERSION || header.isBadCredential || header.flavor > AUTH_FLAVOR.unix)
      return undefined
    for (const served of this.#served)
      if (served.program.program === header.program && served.program.version === header.version) return served
    return undefined
  }

  #refuse(header: CallHeader, output: XdrWriter): 'replied' {
    const start = output.length
    if (header.rpcVersion !== RPC_VERSION) {
      output.u32(0)
      encodeRpcMismatch(output, header.xid)
      return sealRecord(output, start)
    }
    if (header.isBadCredential) return denyCall(output, start, header.xid, AUTH_STAT.badCredential)
    if (header.flavor > AUTH_FLAVOR.unix) return denyCall(output, start, header.xid, REJECTED_CREDENTIAL)
    output.u32(0)
    const versions = this.#served.flatMap(({ program }) => (program.program === header.program ? program.version : []))
    if (versions.length === 0) encodeAccepted(output, header.xid, ACCEPT_STAT.progUnavailable)
    else encodeProgramMismatch(output, header.xid, Math.min(...versions), Math.max(...versions))
    return sealRecord(output, start)
  }

  #answer(served: Served, call: RpcCall, output: XdrWriter, start: number): Dispatched {
    const { program } = served
    const { xid, procedure } = call.header
    const startedMs = this.#nowMs
    const isApart = served.slow.has(procedure)
    const writer = isApart ? new XdrWriter() : output
    const at = isApart ? 0 : start
    writer.u32(0)
    encodeAccepted(writer, xid, ACCEPT_STAT.success)
    let answer: ReturnType<RpcProgram['answer']>
    try {
      answer = program.answer(call, writer)
    } catch (error) {
      answer = this.#judge(error, call)
    }
    this.#nowMs = performance.now()
    if (!(answer instanceof Promise)) countCall(program, call, answer, this.#nowMs - startedMs)
    if (typeof answer === 'string') {
      const settled = finishReply(writer, at, xid, answer)
      if (isApart && settled === 'replied') output.raw(writer.view)
      return settled
    }
    if (!(answer instanceof Promise)) return new PendingReply(call, writer, at, answer)
    served.slow.add(procedure)
    const settled = answer
      .catch((error: unknown) => this.#judge(error, call))
      .then((late) => {
        countCall(program, call, late, performance.now() - startedMs)
        return typeof late === 'string' ? finishReply(writer, at, xid, late) : late
      })
    return new PendingReply(call, writer, at, settled)
  }

  #judge(error: unknown, call: RpcCall): RpcAnswer {
    if (error instanceof DecodeError) return 'garbage'
    this.#onError(error, call)
    return 'systemError'
  }
}

/** The header of a call; null for what is no call. Of another version than 2 only the first words count. */
function readHeader(reader: XdrReader): CallHeader | null {
  const { bytes, offset } = reader
  if (reader.left < 12 || bytes.readUInt32BE(offset + 4) !== 0) return null
  const xid = bytes.readUInt32BE(offset)
  const rpcVersion = bytes.readUInt32BE(offset + 8)
  if (rpcVersion !== RPC_VERSION)
    return { xid, rpcVersion, program: 0, version: 0, procedure: 0, flavor: 0, unix: null, isBadCredential: false }
  const isPlain =
    reader.left >= PLAIN_HEADER_BYTES &&
    bytes.readUInt32BE(offset + 24) === AUTH_FLAVOR.none &&
    bytes.readUInt32BE(offset + 28) === 0 &&
    bytes.readUInt32BE(offset + 36) === 0
  if (!isPlain) return decodeOrNull(reader)
  const program = bytes.readUInt32BE(offset + 12)
  const version = bytes.readUInt32BE(offset + 16)
  const procedure = bytes.readUInt32BE(offset + 20)
  reader.offset = offset + PLAIN_HEADER_BYTES
  return { xid, rpcVersion, program, version, procedure, flavor: 0, unix: null, isBadCredential: false }
}

function decodeOrNull(reader: XdrReader): CallHeader | null {
  try {
    return decodeCall(reader)
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}

/** Takes back what stands after `length`. */
function rewind(writer: XdrWriter, length: number): void {
  if (length === 0) writer.reset()
  else if (length < writer.length) {
    const kept = Buffer.from(writer.view.subarray(0, length))
    writer.reset().raw(kept)
  }
}

function sealRecord(writer: XdrWriter, start: number): 'replied' {
  writer.patchU32(start, fragmentMark(writer.length - start - MARK_BYTES, true))
  return 'replied'
}

function denyCall(writer: XdrWriter, start: number, xid: number, authStat: number): 'replied' {
  writer.u32(0)
  encodeAuthError(writer, xid, authStat)
  return sealRecord(writer, start)
}

const REFUSALS = {
  garbage: ACCEPT_STAT.garbageArguments,
  systemError: ACCEPT_STAT.systemError,
  procUnavailable: ACCEPT_STAT.procUnavailable,
} as const

function finishReply(writer: XdrWriter, start: number, xid: number, answer: RpcAnswer): 'replied' | 'silent' {
  if (answer === 'done') return sealRecord(writer, start)
  rewind(writer, start)
  if (answer === 'silent') return 'silent'
  if (answer === 'tooWeak') return denyCall(writer, start, xid, AUTH_STAT.tooWeak)
  writer.u32(0)
  encodeAccepted(writer, xid, REFUSALS[answer])
  return sealRecord(writer, start)
}
