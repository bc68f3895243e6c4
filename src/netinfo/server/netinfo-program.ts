/**
 * The domain server's program (protocol.md §5): 200100000, version 2, procedures 0–28.
 *
 * Reads go from the arguments to the store and into the reply, nothing in between; what a procedure needs beyond the domain's
 * data stands behind `NetInfoServices`. Bytes after the arguments are ignored, as the original's XDR did.
 */
import type { XdrWriter } from '../../core/index.ts'
import { DirectoryError, STATUS, WireReader, encodeId, encodeProperties } from '../../directory/index.ts'
import type { Domain, Parts, Properties, WriteKind } from '../../directory/index.ts'
import { decodeBinding, encodeBinding } from '../codec-parts.ts'
import { decodeWrite } from '../codec.ts'
import type { Binding } from '../handle.ts'
import { NETINFO_PROCEDURES, NETINFO_PROGRAM, NETINFO_VERSION } from '../programs.ts'
import type { CallHeader } from '../rpc-message.ts'
import type { Authentication } from './authenticate.ts'
import type { ParentAnswer } from './binding.ts'
import { isLargeWrite, requireWritable, skimWrite } from './large-write.ts'
import { doing, readHandlers } from './netinfo-reads.ts'
import type { Handler, ServerProcedure, WriteProcedure } from './netinfo-reads.ts'
import type { ReadAllAnswer } from './readall-policy.ts'
import type { RpcAnswer, RpcCall, RpcPeer, RpcProgram } from './rpc-program.ts'

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

type Answer = ReturnType<Handler>

const US_PER_MS = 1000

export class NetInfoProgram implements RpcProgram {
  readonly program = NETINFO_PROGRAM
  readonly version = NETINFO_VERSION
  readonly #domain: Domain
  readonly #reader: WireReader
  readonly #services: NetInfoServices
  readonly #handlers: readonly Handler[]
  readonly #calls: number[] = NETINFO_PROCEDURES.map(() => 0)
  readonly #microseconds: number[] = NETINFO_PROCEDURES.map(() => 0)
  readonly #counted: () => CallCounts

  /** `countedElsewhere`: calls for this program that others answered. */
  constructor(domain: Domain, services: NetInfoServices, countedElsewhere: () => CallCounts = () => NO_CALLS) {
    this.#domain = domain
    this.#reader = new WireReader(domain)
    this.#services = services
    this.#counted = () => sumCounts({ calls: this.#calls, microseconds: this.#microseconds }, countedElsewhere())
    const handlers = { ...readHandlers(this.#reader), ...this.#writeHandlers(), ...this.#serverHandlers() }
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
    return handler(call, reply)
  }

  count(procedure: number, spentMs: number): void {
    this.#calls[procedure] = (this.#calls[procedure] ?? 0) + 1
    this.#microseconds[procedure] = (this.#microseconds[procedure] ?? 0) + spentMs * US_PER_MS
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
        encodeProperties(reply, services.statistics(header, this.#counted()))
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
    const skimmed = isLargeWrite(args) ? skimWrite(kind, args) : null
    const small = skimmed === null ? decodeWrite(kind, args) : null
    const who = await this.#services.authenticate(header, peer)
    if (!('caller' in who)) {
      reply.u32(who.status)
      return 'done'
    }
    try {
      if (skimmed !== null) requireWritable(this.#domain, skimmed, who.caller)
      const result = await this.#domain.write(small ?? decodeWrite(kind, args), who.caller)
      reply.u32(STATUS.OK)
      if (result.child !== undefined) encodeId(reply, result.child)
      encodeId(reply, result.id)
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error
      if (who.caller.isMaster === true) this.#services.failedUpdate()
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

const NO_CALLS: CallCounts = { calls: [], microseconds: [] }

function sumCounts(own: CallCounts, others: CallCounts): CallCounts {
  return {
    calls: own.calls.map((calls, procedure) => calls + (others.calls[procedure] ?? 0)),
    microseconds: own.microseconds.map((spent, procedure) => spent + (others.microseconds[procedure] ?? 0)),
  }
}

/** What needs no connection (protocol.md §1): PING and BIND. */
const UDP_PROCEDURES: ReadonlySet<number> = new Set([
  NETINFO_PROCEDURES.indexOf('ping'),
  NETINFO_PROCEDURES.indexOf('bind'),
])

/** Tells when a copy has been sent, or its client has gone, even before the first part was asked for. */
function untilEnd(parts: Parts, onEnd: (isWhole: boolean) => void): IterableIterator<Uint8Array> {
  const iterator: IterableIterator<Uint8Array> = {
    [Symbol.iterator]: () => iterator,
    next: () => {
      try {
        const step = parts.next()
        if (step.done === true) onEnd(true)
        return step
      } catch (error) {
        onEnd(false)
        throw error
      }
    },
    return: () => {
      onEnd(false)
      return parts.return()
    },
  }
  return iterator
}
