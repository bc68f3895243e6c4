/**
 * The domain server's program (protocol.md §5): 200100000, version 2, procedures 0–28.
 *
 * Reads go from the arguments to the store and into the reply, nothing in between; what a procedure needs beyond the domain's
 * data stands behind `NetInfoServices`. Bytes after the arguments are ignored, as the original's XDR did.
 */
import type { XdrReader, XdrWriter } from '../../core/index.ts'
import {
  DirectoryError,
  MODEL_LIMITS,
  ROOT_OBJECT,
  STATUS,
  WireReader,
  decodeId,
  encodeId,
  encodeProperties,
} from '../../directory/index.ts'
import type { Domain, Parts, Properties, WriteKind } from '../../directory/index.ts'
import { decodeBinding, encodeBinding } from '../codec-parts.ts'
import { WRITE_PROCEDURES, decodeWrite } from '../codec.ts'
import type { Binding } from '../handle.ts'
import { NETINFO_PROCEDURES, NETINFO_PROGRAM, NETINFO_VERSION } from '../programs.ts'
import type { NetInfoProcedure } from '../programs.ts'
import type { CallHeader } from '../rpc-message.ts'
import type { Authentication } from './authenticate.ts'
import type { ParentAnswer } from './binding.ts'
import type { RpcAnswer, RpcCall, RpcPeer, RpcProgram, RpcStream } from './rpc-program.ts'

/** How READALL is answered: with a copy, its secrets in it or not; with nothing, for it is the same; or with a status alone. */
export type ReadAllAnswer =
  | { readonly kind: 'copy'; readonly isRevealing: boolean; readonly onEnd: () => void }
  | { readonly kind: 'same' }
  | { readonly kind: 'refused'; readonly status: number }

/** Calls and microseconds by procedure number (protocol.md §5.2). */
export interface CallCounts {
  readonly calls: readonly number[]
  readonly microseconds: readonly number[]
}

/** What a server does besides reading its own domain. */
export interface NetInfoServices {
  /** False closes a new TCP connection at once (protocol.md §8.1). */
  readonly isTrusted: (peer: RpcPeer) => boolean
  readonly authenticate: (header: CallHeader, peer: RpcPeer) => Promise<Authentication>
  readonly findParent: () => Promise<ParentAnswer>
  readonly isChild: (client: Binding) => boolean
  readonly answerReadAll: (checksum: number, peer: RpcPeer) => ReadAllAnswer
  readonly hearCrashed: (checksum: number, peer: RpcPeer) => void
  readonly resync: () => void
  readonly statistics: (header: CallHeader, counts: CallCounts) => Properties
  /** Told of an update from the master that this clone could not do. */
  readonly failedUpdate: () => void
}

type Answer = RpcAnswer | RpcStream | Promise<RpcAnswer | RpcStream>
type Handler = (call: RpcCall, reply: XdrWriter) => Answer

const MICROSECONDS = 1000

export class NetInfoProgram implements RpcProgram {
  readonly program = NETINFO_PROGRAM
  readonly version = NETINFO_VERSION
  readonly #domain: Domain
  readonly #reader: WireReader
  readonly #services: NetInfoServices
  readonly #handlers: readonly Handler[]
  readonly #calls: number[] = NETINFO_PROCEDURES.map(() => 0)
  readonly #microseconds: number[] = NETINFO_PROCEDURES.map(() => 0)

  constructor(domain: Domain, services: NetInfoServices) {
    this.#domain = domain
    this.#reader = new WireReader(domain)
    this.#services = services
    const handlers = { ...this.#readHandlers(), ...this.#writeHandlers(), ...this.#serverHandlers() }
    this.#handlers = NETINFO_PROCEDURES.map((name) => handlers[name])
  }

  accepts(peer: RpcPeer): boolean {
    return this.#services.isTrusted(peer)
  }

  answer(call: RpcCall, reply: XdrWriter): Answer {
    const { procedure } = call.header
    const handler = this.#handlers[procedure]
    if (handler === undefined) return 'procUnavailable'
    if (call.peer.transport === 'udp' && !UDP_PROCEDURES.has(procedure)) return 'tooWeak'
    const startedMs = performance.now()
    const answer = handler(call, reply)
    this.#calls[procedure] = (this.#calls[procedure] ?? 0) + 1
    if (answer instanceof Promise) {
      return answer.finally(() => this.#addTime(procedure, startedMs))
    }
    this.#addTime(procedure, startedMs)
    return answer
  }

  #addTime(procedure: number, startedMs: number): void {
    const spent = (performance.now() - startedMs) * MICROSECONDS
    this.#microseconds[procedure] = (this.#microseconds[procedure] ?? 0) + spent
  }

  #readHandlers(): Record<ReadProcedure, Handler> {
    const reader = this.#reader
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
        const key = readBytes(args, 'lookup/key')
        reader.lookup(reply, object, key, readBytes(args, 'lookup/value'))
      }),
      lookupread: doing(({ args }, reply) => {
        const object = readObject(args)
        const key = readBytes(args, 'lookupread/key')
        reader.lookupRead(reply, object, key, readBytes(args, 'lookupread/value'))
      }),
      list: ({ args }, reply) => {
        const object = readObject(args)
        return orParts(reader.list(reply, object, readBytes(args, 'list/key')))
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

  #writeHandlers(): Record<WriteProcedure, Handler> {
    const write =
      (kind: WriteKind): Handler =>
      (call, reply) =>
        this.#write(kind, call, reply)
    return {
      create: write('create'),
      destroy: write('destroy'),
      write: write('write'),
      createprop: write('createProperty'),
      destroyprop: write('destroyProperty'),
      writeprop: write('writeProperty'),
      renameprop: write('renameProperty'),
      createname: write('createValue'),
      destroyname: write('destroyValue'),
      writename: write('writeValue'),
    }
  }

  #serverHandlers(): Record<ServerProcedure, Handler> {
    const services = this.#services
    return {
      statistics: doing(({ header }, reply) => {
        const counts = { calls: this.#calls, microseconds: this.#microseconds.map(Math.round) }
        encodeProperties(reply, services.statistics(header, counts))
      }),
      rparent: async (_, reply): Promise<RpcAnswer> => {
        const answer = await services.findParent()
        reply.u32(answer.status)
        if ('parent' in answer) encodeBinding(reply, answer.parent)
        return 'done'
      },
      bind: ({ args }) => (services.isChild(decodeBinding(args, 'bind')) ? 'done' : 'systemError'),
      readall: ({ args, peer }, reply) => this.#readAll(args.u32('readall/checksum'), peer, reply),
      crashed: doing(({ args, peer }) => services.hearCrashed(args.u32('crashed/checksum'), peer)),
      resync: doing((_, reply) => {
        services.resync()
        reply.u32(STATUS.OK)
      }),
    }
  }

  async #write(kind: WriteKind, { args, header, peer }: RpcCall, reply: XdrWriter): Promise<RpcAnswer> {
    const operation = decodeWrite(kind, args)
    const who = await this.#services.authenticate(header, peer)
    if (!('caller' in who)) {
      reply.u32(who.status)
      return 'done'
    }
    try {
      const result = await this.#domain.write(operation, who.caller)
      reply.u32(STATUS.OK)
      if (result.child !== undefined) encodeId(reply, result.child)
      encodeId(reply, result.id)
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error
      if (who.caller.name === 'master') this.#services.failedUpdate()
      reply.u32(error.status)
    }
    return 'done'
  }

  #readAll(checksum: number, peer: RpcPeer, reply: XdrWriter): Answer {
    const answer = this.#services.answerReadAll(checksum, peer)
    if (answer.kind === 'copy') return { chunks: untilEnd(this.#reader.readAll(answer.isRevealing), answer.onEnd) }
    if (answer.kind === 'refused') reply.u32(answer.status)
    else
      reply
        .u32(STATUS.OK)
        .u32(0)
        .u32(this.#domain.highestId() + 1)
        .bool(false)
    return 'done'
  }
}

type WriteProcedure = (typeof WRITE_PROCEDURES)[WriteKind]
type ServerProcedure = 'statistics' | 'rparent' | 'bind' | 'readall' | 'crashed' | 'resync'
type ReadProcedure = Exclude<NetInfoProcedure, WriteProcedure | ServerProcedure>

/** What needs no connection (protocol.md §1): PING and BIND. */
const UDP_PROCEDURES: ReadonlySet<number> = new Set([
  NETINFO_PROCEDURES.indexOf('ping'),
  NETINFO_PROCEDURES.indexOf('bind'),
])

/** The object number of an id: a read does not look at the instance. */
function readObject(args: XdrReader): number {
  const object = args.u32('id/object')
  args.u32('id/instance')
  return object
}

/** A string as a view of the call. */
function readBytes(args: XdrReader, place: string): Buffer {
  const { from, to } = args.skipOpaque(place, MODEL_LIMITS.stringBytes)
  return args.bytes.subarray(from, to)
}

/** A procedure that is done when its work is. */
function doing(work: (call: RpcCall, reply: XdrWriter) => void): Handler {
  return (call, reply) => {
    work(call, reply)
    return 'done'
  }
}

function orParts(parts: Parts | null): RpcAnswer | RpcStream {
  return parts === null ? 'done' : { chunks: parts }
}

/** Tells when a copy has been sent, or its client has gone. */
function* untilEnd(parts: Parts, onEnd: () => void): Parts {
  try {
    yield* parts
  } finally {
    onEnd()
  }
}
