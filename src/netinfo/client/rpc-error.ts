/** Calls that got no usable answer: why, and what that means to whoever made them. */
import { messageOf } from '../../core/index.ts'
import { DirectoryError, STATUS } from '../../directory/index.ts'
import { ACCEPT_STAT, AUTH_STAT, REJECT_STAT } from '../rpc-message.ts'
import type { ReplyOutcome } from '../rpc-message.ts'

/**
 * - `unreachable`: no connection came about
 * - `disconnected`: the peer closed or reset it before it answered
 * - `timeout`: no answer in time
 * - `refused`: the peer answered that it will not or cannot do the call
 * - `garbled`: what came is not what was asked for
 * - `closed`: this side closed
 * - `aborted`: the caller's signal ended it
 */
export type RpcFailure = 'unreachable' | 'disconnected' | 'timeout' | 'refused' | 'garbled' | 'closed' | 'aborted'

/** A call that failed below NetInfo; its status is `STATUS.FAILED`, as for every client of NetInfo. */
export class RpcError extends DirectoryError {
  override readonly name: string = 'RpcError'
  readonly failure: RpcFailure

  constructor(failure: RpcFailure, context: string, cause?: unknown) {
    super(STATUS.FAILED, cause === undefined ? context : `${context} (${messageOf(cause)})`)
    this.failure = failure
    if (cause !== undefined) this.cause = cause
  }
}

/** True where another server, or another try, may do better. */
export function isServerLost(error: unknown): error is RpcError {
  return (
    error instanceof RpcError &&
    (error.failure === 'unreachable' || error.failure === 'disconnected' || error.failure === 'timeout')
  )
}

const ACCEPTED_TEXTS: Readonly<Record<number, string>> = {
  [ACCEPT_STAT.progUnavailable]: 'the program is not there',
  [ACCEPT_STAT.progMismatch]: 'the program has another version',
  [ACCEPT_STAT.procUnavailable]: 'the procedure is not there',
  [ACCEPT_STAT.garbageArguments]: 'the arguments were not understood',
  [ACCEPT_STAT.systemError]: 'the server failed',
}

/** In words, why a reply carries no results (RFC 5531 §9). */
export function outcomeText(outcome: Exclude<ReplyOutcome, { readonly kind: 'success' }>): string {
  if (outcome.kind === 'accepted') return ACCEPTED_TEXTS[outcome.acceptStat] ?? `accept status ${outcome.acceptStat}`
  if (outcome.rejectStat === REJECT_STAT.rpcMismatch) return 'the server speaks another version of RPC'
  return outcome.authStat === AUTH_STAT.tooWeak
    ? 'not allowed over this transport'
    : `the credential was refused (${outcome.authStat ?? outcome.rejectStat})`
}
