/** What a program of ONC RPC is to the server that answers for it: procedures, and how each call may end. */
import type { XdrReader, XdrWriter } from '../../core/index.ts'
import type { CallHeader } from '../rpc-message.ts'

/** Where a call comes from. */
export interface RpcPeer {
  /** A dotted quad, also where the socket is one of IPv6 and says `::ffff:a.b.c.d`. */
  readonly address: string
  readonly port: number
  readonly transport: 'tcp' | 'udp'
  /** True for an address of this machine: with a source port below 1024 it proves root here (protocol.md §1). */
  readonly isOwnAddress: boolean
}

export interface RpcCall {
  readonly header: CallHeader
  /** Stands at the arguments, and ends where the call ends. It stays valid as long as it is held. */
  readonly args: XdrReader
  readonly peer: RpcPeer
}

/**
 * How a call ended: `done` sends what was written to the reply, `silent` nothing at all; the others send what RFC 5531 §9
 * has for them, and what was written is dropped.
 */
export type RpcAnswer = 'done' | 'silent' | 'garbage' | 'systemError' | 'procUnavailable' | 'tooWeak'

/**
 * Results of any size, over TCP alone: what was written to the reply, then these. They go out as fragments of one record,
 * and are asked for only as the client takes them; `return` is called when it leaves. A chunk is copied before the next is
 * asked for.
 */
export interface RpcStream {
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** Counts a call that a program was asked, but where it has no such procedure, or not for this transport. */
export function countCall(
  program: RpcProgram,
  { header }: RpcCall,
  answer: RpcAnswer | RpcStream,
  spentMs: number,
): void {
  if (answer !== 'procUnavailable' && answer !== 'tooWeak') program.count?.(header.procedure, spentMs)
}

export interface RpcProgram {
  readonly program: number
  readonly version: number
  /** False closes a TCP connection at once, without an answer (protocol.md §8.1). */
  readonly accepts?: (peer: RpcPeer) => boolean
  /**
   * Answers a call: writes the results to `reply`, which is only this call's to write to, from where it stands. A
   * `DecodeError` thrown says that the arguments are garbage, any other error that the system failed.
   */
  readonly answer: (call: RpcCall, reply: XdrWriter) => RpcAnswer | RpcStream | Promise<RpcAnswer | RpcStream>
  /** Told of each call that it has, and how long that took, in ms: until there was an answer, without the parts of a long one. */
  readonly count?: (procedure: number, spentMs: number) => void
}

/** Told of errors that a program threw: they are ours, not the caller's. Null where it was asked whether it accepts a client. */
export type RpcErrorListener = (error: unknown, call: RpcCall | null) => void
