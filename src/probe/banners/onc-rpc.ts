/** ONC RPC (RFC 5531) as a client that calls a few procedures without arguments needs it, with record marking (§11) for TCP. */
import { XdrReader, XdrWriter } from '../../core/index.ts'
import { encodeRpcCall } from '../payloads/rpc.ts'
import type { RpcProcedure } from '../payloads/rpc.ts'
import { parseOrNull } from './banner-of.ts'
import type { Conversation } from './conversation.ts'

/** `result` stands at the results; else the number is the status with which the call was accepted, or null where it was denied. */
export type RpcReply = { readonly result: XdrReader } | { readonly refusal: number | null }

const LAST_FRAGMENT = 0x8000_0000
const MARK_BYTES = 4
const FRAGMENTS_MAX = 1024
const CREDENTIAL_BYTES_MAX = 400
/** `accept_stat` (RFC 5531 §9). */
export const PROGRAM_UNAVAILABLE = 1

export function encodeRecord(message: Buffer): Buffer {
  return new XdrWriter()
    .u32(LAST_FRAGMENT + message.length)
    .raw(message)
    .toBytes()
}

/** The message of the first record; null where it has not come whole, or has more fragments than anybody sends. */
export function joinRecord(bytes: Buffer): Buffer | null {
  const parts: Buffer[] = []
  let at = 0
  while (at + MARK_BYTES <= bytes.length && parts.length < FRAGMENTS_MAX) {
    const mark = bytes.readUInt32BE(at)
    const end = at + MARK_BYTES + (mark % LAST_FRAGMENT)
    if (end > bytes.length) return null
    parts.push(bytes.subarray(at + MARK_BYTES, end))
    if (mark >= LAST_FRAGMENT) return Buffer.concat(parts)
    at = end
  }
  return null
}

/** The reply to a call; null where the bytes are none. */
export function parseRpcReply(bytes: Buffer, xid: number): RpcReply | null {
  return parseOrNull(() => {
    const reader = new XdrReader(bytes)
    if (reader.u32('xid') !== xid || reader.u32('direction') !== 1) return null
    const status = reader.u32('status')
    if (status === 1) return { refusal: null }
    if (status !== 0) return null
    reader.u32('verifier')
    reader.skipOpaque('verifier', CREDENTIAL_BYTES_MAX)
    const accepted = reader.u32('accepted')
    if (accepted > 5) return null
    return accepted === 0 ? { result: reader } : { refusal: accepted }
  })
}

/** Calls over a connection; null where nothing comes that is a reply. */
export async function callByTcp(
  conversation: Conversation,
  xid: number,
  procedure: RpcProcedure,
): Promise<RpcReply | null> {
  conversation.send(encodeRecord(encodeRpcCall(xid, procedure)))
  const bytes = await conversation.receive((said) => !isRecord(said) || joinRecord(said) !== null)
  const message = joinRecord(bytes)
  return message === null ? null : parseRpcReply(message, xid)
}

/** Whether the mark at the start is one of a reply of this size: a text's first four letters make one that is too long. */
function isRecord(bytes: Buffer): boolean {
  return bytes.length < MARK_BYTES || bytes.readUInt32BE(0) % LAST_FRAGMENT < 0x0100_0000
}
