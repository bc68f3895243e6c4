/** Calls as bytes, and replies as results: what TCP and UDP have in common. */
import { randomInt } from 'node:crypto'
import { DecodeError, XdrReader, XdrWriter } from '../../core/index.ts'
import type { Procedure } from '../codec-parts.ts'
import { MARK_BYTES, fragmentMark } from '../record-mark.ts'
import { decodeReply, encodeCall } from '../rpc-message.ts'
import type { UnixCredential } from '../rpc-message.ts'
import { RpcError, outcomeText } from './rpc-error.ts'

const XID_END = 2 ** 32

/** A transaction number that cannot be foreseen: over UDP it is all that ties a reply to its call. */
export function randomXid(): number {
  return randomInt(XID_END)
}

/** The next transaction number. */
export function nextXid(xid: number): number {
  return (xid + 1) % XID_END
}

/** A call as one datagram. */
export function encodeDatagram<A, R>(
  procedure: Procedure<A, R>,
  args: A,
  xid: number,
  credential: UnixCredential | null,
): Buffer {
  const writer = new XdrWriter()
  writeCall(writer, procedure, args, xid, credential)
  return writer.view
}

/** A call as one record of one fragment. */
export function encodeRecord<A, R>(
  procedure: Procedure<A, R>,
  args: A,
  xid: number,
  credential: UnixCredential | null,
): Buffer {
  const writer = new XdrWriter().u32(0)
  writeCall(writer, procedure, args, xid, credential)
  writer.patchU32(0, fragmentMark(writer.length - MARK_BYTES, true))
  return writer.view
}

function writeCall<A, R>(
  writer: XdrWriter,
  procedure: Procedure<A, R>,
  args: A,
  xid: number,
  credential: UnixCredential | null,
): void {
  const { program, version, number } = procedure
  encodeCall(writer, { xid, program, version, procedure: number }, credential)
  procedure.args.encode(writer, args)
}

/**
 * The results in a reply.
 * @throws RpcError `refused` or `garbled`
 */
export function decodeResult<A, R>(procedure: Procedure<A, R>, reply: Buffer, place: string): R {
  try {
    const reader = new XdrReader(reply)
    const { outcome } = decodeReply(reader)
    if (outcome.kind !== 'success')
      throw new RpcError('refused', `${place}: ${procedure.name}: ${outcomeText(outcome)}`)
    const result = procedure.result.decode(reader)
    reader.finish(procedure.name)
    return result
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new RpcError('garbled', `${place}: ${procedure.name}`, error)
  }
}
