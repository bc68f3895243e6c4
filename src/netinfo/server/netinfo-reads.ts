/** The procedures of a domain server that read its data and need nothing else (protocol.md §5). */
import type { Span, XdrReader, XdrWriter } from '../../core/index.ts'
import { MODEL_LIMITS, ROOT_OBJECT, decodeId } from '../../directory/index.ts'
import type { Parts, WireReader, WriteKind } from '../../directory/index.ts'
import { WRITE_PROCEDURES } from '../codec.ts'
import type { NetInfoProcedure } from '../programs.ts'
import type { RpcAnswer, RpcCall, RpcStream } from './rpc-program.ts'

export type WriteProcedure = (typeof WRITE_PROCEDURES)[WriteKind]
export type ServerProcedure = 'statistics' | 'rparent' | 'bind' | 'readall' | 'crashed' | 'resync'
export type ReadProcedure = Exclude<NetInfoProcedure, WriteProcedure | ServerProcedure>

export type Handler = (call: RpcCall, reply: XdrWriter) => RpcAnswer | RpcStream | Promise<RpcAnswer | RpcStream>

/** A read is answered at once. */
export type ReadHandler = (call: RpcCall, reply: XdrWriter) => RpcAnswer | RpcStream

/** The reads, answered from what a reader sees. */
export function readHandlers(reader: WireReader): Record<ReadProcedure, ReadHandler> {
  return {
    ping: () => 'done',
    root: doing((_, reply) => reader.self(reply, ROOT_OBJECT)),
    self: doing(({ args }, reply) => {
      const { object, instance } = decodeId(args, 'self/id')
      reader.self(reply, object, instance)
    }),
    parent: doing(({ args }, reply) => reader.parent(reply, readObject(args))),
    read: doing(({ args }, reply) => reader.read(reply, readObject(args))),
    children: ({ args }, reply) => orParts(reader.children(reply, readObject(args))),
    lookup: doing(({ args }, reply) => {
      const object = readObject(args)
      const key = readSpan(args, 'lookup/key')
      reader.lookup(reply, object, key, readSpan(args, 'lookup/value'))
    }),
    lookupread: doing(({ args }, reply) => {
      const object = readObject(args)
      const key = readSpan(args, 'lookupread/key')
      reader.lookupRead(reply, object, key, readSpan(args, 'lookupread/value'))
    }),
    list: ({ args }, reply) => {
      const object = readObject(args)
      const { bytes, from, to } = readSpan(args, 'list/key')
      return orParts(reader.list(reply, object, bytes.subarray(from, to)))
    },
    listall: ({ args }, reply) => orParts(reader.listAll(reply, readObject(args))),
    listprops: doing(({ args }, reply) => reader.listProperties(reply, readObject(args))),
    readprop: doing(({ args }, reply) => {
      const object = readObject(args)
      reader.readProperty(reply, object, args.u32('readprop/property index'))
    }),
    readname: doing(({ args }, reply) => {
      const object = readObject(args)
      const index = args.u32('readname/property index')
      reader.readValue(reply, object, index, args.u32('readname/value index'))
    }),
  }
}

/** The object number of an id: a read does not look at the instance. */
function readObject(args: XdrReader): number {
  const object = args.u32('id/object')
  args.u32('id/instance')
  return object
}

/** A string, where it stands in the call. */
function readSpan(args: XdrReader, place: string): Span {
  return args.skipOpaque(place, MODEL_LIMITS.stringBytes)
}

/** A procedure that is done when its work is. */
export function doing(work: (call: RpcCall, reply: XdrWriter) => void): ReadHandler {
  return (call, reply) => {
    work(call, reply)
    return 'done'
  }
}

function orParts(parts: Parts | null): RpcAnswer | RpcStream {
  return parts === null ? 'done' : { chunks: parts }
}
