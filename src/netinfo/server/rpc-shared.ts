/** What the connections of one server share. */
import { LIMITS, XdrWriter } from '../../core/index.ts'
import type { RpcDispatcher } from './rpc-dispatcher.ts'
import type { RpcErrorListener } from './rpc-program.ts'

/** The limits of a server; each is told in core/limits.ts under the same name. */
export interface RpcLimits {
  readonly recordBytes: number
  readonly partialBytes: number
  readonly connections: number
  readonly pendingCalls: number
  readonly pendingBytes: number
  readonly pendingDatagrams: number
  readonly unsentBytes: number
  readonly recordMs: number
  readonly stallMs: number
  readonly turnCalls: number
  readonly turnMs: number
  readonly datagramBytes: number
}

export const RPC_LIMITS: RpcLimits = {
  recordBytes: LIMITS.rpcRecordBytes,
  partialBytes: LIMITS.rpcPartialBytes,
  connections: LIMITS.rpcConnections,
  pendingCalls: LIMITS.rpcPendingCalls,
  pendingBytes: LIMITS.rpcPendingBytes,
  pendingDatagrams: LIMITS.rpcPendingDatagrams,
  unsentBytes: LIMITS.rpcUnsentBytes,
  recordMs: LIMITS.rpcRecordMs,
  stallMs: LIMITS.rpcStallMs,
  turnCalls: LIMITS.rpcTurnCalls,
  turnMs: LIMITS.rpcTurnMs,
  datagramBytes: LIMITS.rpcDatagramBytes,
}

const OUTPUT_BYTES = 32 * 1024

export class RpcShared {
  readonly dispatcher: RpcDispatcher
  readonly limits: RpcLimits
  readonly onError: RpcErrorListener
  /** Where replies are written: one for all connections, for each is emptied before the next has its turn. */
  output: XdrWriter = new XdrWriter(OUTPUT_BYTES)
  /** The time of the last sweep, in ms: near enough to judge who is slow, and free. */
  nowMs: number = performance.now()
  /** Counts what comes from clients: who has the lowest count was silent longest. */
  activity = 0
  /** What the unfinished records of all connections take. */
  partialBytes = 0
  /** What the calls that wait hold. */
  pendingBytes = 0

  constructor(dispatcher: RpcDispatcher, limits: RpcLimits, onError: RpcErrorListener) {
    this.dispatcher = dispatcher
    this.limits = limits
    this.onError = onError
  }

  /** Leaves the output's memory to whoever holds it, and begins another. */
  replaceOutput(): void {
    this.output = new XdrWriter(OUTPUT_BYTES)
  }
}
