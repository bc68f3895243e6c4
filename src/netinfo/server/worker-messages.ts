/**
 * What the main thread and its workers send each other. Bytes are copied into memory of their own before they are sent, and
 * that memory is handed over.
 */
import type { CallHeader } from '../rpc-message.ts'
import type { RpcAnswer, RpcPeer } from './rpc-program.ts'
import type { BoardMemory } from './server-board.ts'

/** A domain for a worker to serve, and the address at which the main thread serves it already. */
export interface WorkerPlace {
  /** The data folder's path. */
  readonly folder: string
  readonly tag: string
  readonly host: string
  readonly tcpPort: number
  readonly board: BoardMemory
}

export type ToWorker =
  | ({ readonly kind: 'serve' } & WorkerPlace)
  | { readonly kind: 'stop'; readonly tag: string; readonly graceMs: number }
  | Answered

/** How the main thread answers a call, or the `more` of a stream. */
export type Answered =
  /** A call is over; the bytes are the results so far. */
  | { readonly kind: 'answer'; readonly id: number; readonly answer: RpcAnswer; readonly bytes: Uint8Array }
  /** A call's results begin with these bytes; the rest must be asked for with `more`. */
  | { readonly kind: 'stream'; readonly id: number; readonly bytes: Uint8Array }
  /** The next part of a stream; null after the last. */
  | { readonly kind: 'part'; readonly id: number; readonly bytes: Uint8Array | null }
  /** The stream broke; why was told to whom errors are told. */
  | { readonly kind: 'broken'; readonly id: number }

export type ToMain =
  | { readonly kind: 'serving'; readonly tag: string }
  | { readonly kind: 'refused'; readonly tag: string; readonly reason: string }
  | { readonly kind: 'stopped'; readonly tag: string }
  | { readonly kind: 'failure'; readonly reason: string }
  | Asked

/** What a worker cannot answer alone. */
export type Asked =
  | {
      readonly kind: 'call'
      /** Of the worker's own; no two calls under way have the same. */
      readonly id: number
      readonly tag: string
      readonly header: CallHeader
      readonly args: Uint8Array
      readonly peer: RpcPeer
    }
  | { readonly kind: 'more'; readonly id: number }
  /** The client of a stream has gone. */
  | { readonly kind: 'leave'; readonly id: number }

/** Of a view the message would take all the memory that lies under it. */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}
