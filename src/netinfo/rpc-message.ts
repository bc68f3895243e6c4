/** ONC RPC messages, version 2 (RFC 5531 §8–9): calls and replies, both ways. */
import { DecodeError, XdrReader, XdrWriter } from '../core/index.ts'

const RPC_VERSION = 2
const CALL = 0
const REPLY = 1
/** RFC 5531 §8.2: the body of a credential or verifier. */
const AUTH_BYTES_MAX = 400
const MACHINE_NAME_MAX = 255
const GIDS_MAX = 16

export const AUTH_FLAVOR = { none: 0, unix: 1 } as const
export const REPLY_STAT = { accepted: 0, denied: 1 } as const
export const ACCEPT_STAT = {
  success: 0,
  progUnavailable: 1,
  progMismatch: 2,
  procUnavailable: 3,
  garbageArguments: 4,
  systemError: 5,
} as const
export const REJECT_STAT = { rpcMismatch: 0, authError: 1 } as const
export const AUTH_STAT = { badCredential: 1, tooWeak: 5 } as const

/** AUTH_SYS (RFC 5531 §14, there AUTH_SYS; AUTH_UNIX in protocol.md). NetInfo puts an inverted password into the machine name. */
export interface UnixCredential {
  readonly stamp: number
  readonly machineName: Buffer
  readonly uid: number
  readonly gid: number
  readonly gids: readonly number[]
}

/** What a call says before its arguments. */
export interface CallHeader {
  readonly xid: number
  readonly rpcVersion: number
  readonly program: number
  readonly version: number
  readonly procedure: number
  readonly flavor: number
  /** Null for another flavor than AUTH_UNIX. */
  readonly unix: UnixCredential | null
  /** True where the credential of AUTH_UNIX does not decode: the call is to be denied. */
  readonly isBadCredential: boolean
}

/** Of another version of RPC nothing more is known: what follows has a form of its own. */
const NO_CALL = { program: 0, version: 0, procedure: 0, flavor: AUTH_FLAVOR.none, unix: null, isBadCredential: false }

/**
 * Reads a call's header; the reader then stands at the arguments. With another `rpcVersion` than 2 the
 * call is to be denied, and the rest of the header is empty.
 * @throws DecodeError when the message is no call that could be answered
 */
export function decodeCall(reader: XdrReader): CallHeader {
  const xid = reader.u32('rpc/xid')
  if (reader.u32('rpc/message type') !== CALL) throw new DecodeError('rpc', reader.offset - 4, 'not a call')
  const rpcVersion = reader.u32('rpc/version')
  if (rpcVersion !== RPC_VERSION) return { xid, rpcVersion, ...NO_CALL }
  const program = reader.u32('rpc/program')
  const version = reader.u32('rpc/program version')
  const procedure = reader.u32('rpc/procedure')
  const flavor = reader.u32('rpc/credential')
  const { from, to } = reader.skipOpaque('rpc/credential', AUTH_BYTES_MAX)
  reader.u32('rpc/verifier')
  reader.skipOpaque('rpc/verifier', AUTH_BYTES_MAX)
  const unix = flavor === AUTH_FLAVOR.unix ? readUnix(new XdrReader(reader.bytes, from, to)) : null
  const isBadCredential = flavor === AUTH_FLAVOR.unix && unix === null
  return { xid, rpcVersion, program, version, procedure, flavor, unix, isBadCredential }
}

function readUnix(reader: XdrReader): UnixCredential | null {
  try {
    const stamp = reader.u32('stamp')
    const machineName = reader.opaque('machine name', MACHINE_NAME_MAX)
    const uid = reader.u32('uid')
    const gid = reader.u32('gid')
    const count = reader.count('gids', GIDS_MAX, 4)
    return { stamp, machineName, uid, gid, gids: Array.from({ length: count }, () => reader.u32('gid')) }
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}

export interface CallTarget {
  readonly xid: number
  readonly program: number
  readonly version: number
  readonly procedure: number
}

/** Writes a call up to its arguments; null sends AUTH_NONE. The verifier is AUTH_NONE. */
export function encodeCall(writer: XdrWriter, call: CallTarget, credential: UnixCredential | null): void {
  writer.u32(call.xid).u32(CALL).u32(RPC_VERSION).u32(call.program).u32(call.version).u32(call.procedure)
  if (credential === null) writer.u32(AUTH_FLAVOR.none).u32(0)
  else {
    const body = new XdrWriter()
    body.u32(credential.stamp).opaque(credential.machineName).u32(credential.uid).u32(credential.gid)
    body.u32(credential.gids.length)
    for (const gid of credential.gids) body.u32(gid)
    writer.u32(AUTH_FLAVOR.unix).opaque(body.view)
  }
  writer.u32(AUTH_FLAVOR.none).u32(0)
}

/** An accepted reply up to its results (RFC 5531 §9); for progMismatch the two versions follow. */
export function encodeAccepted(writer: XdrWriter, xid: number, acceptStat: number): void {
  writer.u32(xid).u32(REPLY).u32(REPLY_STAT.accepted).u32(AUTH_FLAVOR.none).u32(0).u32(acceptStat)
}

/** The whole of a reply that tells which versions of the program there are. */
export function encodeProgramMismatch(writer: XdrWriter, xid: number, low: number, high: number): void {
  encodeAccepted(writer, xid, ACCEPT_STAT.progMismatch)
  writer.u32(low).u32(high)
}

/** The whole of a reply that denies a call for its credential. */
export function encodeAuthError(writer: XdrWriter, xid: number, authStat: number): void {
  writer.u32(xid).u32(REPLY).u32(REPLY_STAT.denied).u32(REJECT_STAT.authError).u32(authStat)
}

/** The whole of a reply that denies a call for its RPC version. */
export function encodeRpcMismatch(writer: XdrWriter, xid: number): void {
  writer.u32(xid).u32(REPLY).u32(REPLY_STAT.denied).u32(REJECT_STAT.rpcMismatch).u32(RPC_VERSION).u32(RPC_VERSION)
}

export { RPC_VERSION }

/** How a call ended: with results (the reader stands at them), or why not. */
export type ReplyOutcome =
  | { readonly kind: 'success' }
  | { readonly kind: 'accepted'; readonly acceptStat: number }
  | { readonly kind: 'denied'; readonly rejectStat: number; readonly authStat: number | null }

/** The transaction that a message answers; null where it is no reply. */
export function replyXid(message: Buffer): number | null {
  return message.length >= 8 && message.readUInt32BE(4) === REPLY ? message.readUInt32BE(0) : null
}

/**
 * Reads a reply up to its results.
 * @throws DecodeError when the message is no reply
 */
export function decodeReply(reader: XdrReader): { readonly xid: number; readonly outcome: ReplyOutcome } {
  const xid = reader.u32('rpc/xid')
  if (reader.u32('rpc/message type') !== REPLY) throw new DecodeError('rpc', reader.offset - 4, 'not a reply')
  const stat = reader.u32('rpc/reply status')
  if (stat === REPLY_STAT.accepted) {
    reader.u32('rpc/verifier')
    reader.skipOpaque('rpc/verifier', AUTH_BYTES_MAX)
    const acceptStat = reader.u32('rpc/accept status')
    return { xid, outcome: acceptStat === ACCEPT_STAT.success ? { kind: 'success' } : { kind: 'accepted', acceptStat } }
  }
  if (stat !== REPLY_STAT.denied) throw new DecodeError('rpc', reader.offset - 4, `${stat} is no reply status`)
  const rejectStat = reader.u32('rpc/reject status')
  const authStat = rejectStat === REJECT_STAT.authError ? reader.u32('rpc/auth status') : null
  return { xid, outcome: { kind: 'denied', rejectStat, authStat } }
}
