/** Null calls of ONC RPC (RFC 5531 §12.1: procedure 0 does nothing): rpcbind, nfs, NetInfo's binder. */
import { XdrWriter } from '../../core/index.ts'

/** Stands before each call that goes by datagram: the socket tells whose answer it is. */
export const XID = 0x706f_7274
const CALL = 0
const RPC_VERSION = 2
const NULL_PROCEDURE = 0

export interface RpcProcedure {
  readonly program: number
  readonly version: number
  readonly procedure: number
}

/** A call without arguments, with neither credential nor verifier (RFC 5531 §9). */
export function encodeRpcCall(xid: number, { program, version, procedure }: RpcProcedure): Buffer {
  const writer = new XdrWriter()
  writer.u32(xid).u32(CALL).u32(RPC_VERSION).u32(program).u32(version).u32(procedure)
  return writer.u32(0).u32(0).u32(0).u32(0).toBytes()
}

function nullCall(program: number, version: number): Buffer {
  return encodeRpcCall(XID, { program, version, procedure: NULL_PROCEDURE })
}

/** PMAPPROC_NULL of version 2, which portmappers and rpcbinds both have (RFC 1833 §3). */
export function rpcbindNull(): Buffer {
  return nullCall(100_000, 2)
}

/** NFSPROC3_NULL (RFC 1813 §3.3.0); a server of other versions says so in its reply. */
export function nfsNull(): Buffer {
  return nullCall(100_003, 3)
}

/** The binder's _NIBIND_PING. A server of another program, netinfod too, answers that it has no such program. */
export function netinfoBinderPing(): Buffer {
  return nullCall(200_100_001, 1)
}
