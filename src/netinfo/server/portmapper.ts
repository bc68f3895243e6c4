/**
 * A portmapper of version 2 (RFC 1833 §3) for a machine on which none runs: it tells where programs listen, and passes calls
 * on to the binder (CALLIT), by which NetInfo's clients find their parents.
 *
 * Programs of this machine may register: what root registered, only root takes away. It is no relay: CALLIT reaches the binder
 * alone, and of it only what anybody may ask.
 */
import type { XdrWriter } from '../../core/index.ts'
import { PORTMAP, PORTMAP_PROTOCOL } from '../portmap-codec.ts'
import type { CallitArguments, Mapping } from '../portmap-codec.ts'
import {
  BINDER_PROGRAM,
  BINDER_VERSION,
  PORTMAP_PORT,
  PORTMAP_PROGRAM,
  PORTMAP_VERSION,
  RESERVED_PORT_END,
  binderProcedure,
} from '../programs.ts'
import { LoopbackCalls } from './loopback-calls.ts'
import type { RpcAnswer, RpcCall, RpcErrorListener, RpcPeer, RpcProgram } from './rpc-program.ts'
import { RpcServer } from './rpc-server.ts'

export interface PortmapperOptions {
  /** The address to listen on; the loopback when left out. Broadcasts are heard only on `0.0.0.0`. */
  readonly host?: string
  /** 111 when left out. */
  readonly port?: number
  readonly onError?: RpcErrorListener
}

interface Entry extends Mapping {
  /** Registered from a reserved port, or by this process. */
  readonly isOfRoot: boolean
}

/** A machine has a few dozen; each program of it may register more. */
const MAPPINGS_MAX = 1024
const PORT_MAX = 65_535
const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::'])
/** BIND waits 2 s for its answer; a caller asks again after at most 2 s. */
const CALLIT_TIMEOUT_MS = 2500
const RELAYED: ReadonlySet<number> = new Set([
  binderProcedure('ping'),
  binderProcedure('getregister'),
  binderProcedure('listreg'),
  binderProcedure('bind'),
])

export class Portmapper implements RpcProgram {
  readonly program = PORTMAP_PROGRAM
  readonly version = PORTMAP_VERSION
  readonly #calls: LoopbackCalls
  #entries: readonly Entry[] = []

  /** `serverAddress` is where the binder listens; the loopback when left out. */
  constructor(serverAddress?: string) {
    this.#calls = new LoopbackCalls(serverAddress)
  }

  /** Forgets what is registered for a program and a version; false where nothing was. */
  unset(program: number, version: number): boolean {
    return this.#remove(program, version, true)
  }

  /** Registers a program; false where another port is registered for it already, or too much is registered. */
  set(mapping: Mapping): boolean {
    return this.#add({ ...mapping, isOfRoot: true })
  }

  answer(call: RpcCall, reply: XdrWriter): RpcAnswer | Promise<RpcAnswer> {
    const { args, peer } = call
    switch (call.header.procedure) {
      case PORTMAP.ping.number:
        return 'done'
      case PORTMAP.set.number: {
        const mapping = PORTMAP.set.args.decode(args)
        PORTMAP.set.result.encode(
          reply,
          mayRegister(mapping, peer) && this.#add({ ...mapping, isOfRoot: isRoot(peer) }),
        )
        return 'done'
      }
      case PORTMAP.unset.number: {
        const { program, version } = PORTMAP.unset.args.decode(args)
        const isDone = isLocal(peer) && program !== PORTMAP_PROGRAM && this.#remove(program, version, isRoot(peer))
        PORTMAP.unset.result.encode(reply, isDone)
        return 'done'
      }
      case PORTMAP.getport.number:
        PORTMAP.getport.result.encode(reply, this.#portOf(PORTMAP.getport.args.decode(args)))
        return 'done'
      case PORTMAP.dump.number:
        PORTMAP.dump.result.encode(reply, this.#entries)
        return 'done'
      case PORTMAP.callit.number:
        // RFC 1833 §3.2 has it over UDP alone.
        return peer.transport === 'udp' ? this.#passOn(PORTMAP.callit.args.decode(args), reply) : 'procUnavailable'
      default:
        return 'procUnavailable'
    }
  }

  close(): void {
    this.#calls.close()
  }

  /** A failure is silence: the losers of a broadcast shall not be heard. */
  async #passOn({ program, version, procedure, args }: CallitArguments, reply: XdrWriter): Promise<RpcAnswer> {
    if (program !== BINDER_PROGRAM || version !== BINDER_VERSION || !RELAYED.has(procedure)) return 'silent'
    const port = this.#portOf({ program, version, protocol: PORTMAP_PROTOCOL.udp, port: 0 })
    const result = await this.#calls.call({ port, program, version, procedure }, args, CALLIT_TIMEOUT_MS)
    if (result === null) return 'silent'
    PORTMAP.callit.result.encode(reply, { port, result })
    return 'done'
  }

  /** 0 where nothing is registered; where only another version is, its port: the program itself then says which it has. */
  #portOf({ program, version, protocol }: Mapping): number {
    const found = this.#entries.filter((entry) => entry.program === program && entry.protocol === protocol)
    return (found.find((entry) => entry.version === version) ?? found[0])?.port ?? 0
  }

  #add(entry: Entry): boolean {
    const { program, version, protocol, port } = entry
    const known = this.#entries.find(
      (other) => other.program === program && other.version === version && other.protocol === protocol,
    )
    if (known !== undefined) return known.port === port
    if (port === 0 || port > PORT_MAX || this.#entries.length >= MAPPINGS_MAX) return false
    this.#entries = [...this.#entries, entry]
    return true
  }

  #remove(program: number, version: number, isByRoot: boolean): boolean {
    const kept = this.#entries.filter(
      (entry) => entry.program !== program || entry.version !== version || (entry.isOfRoot && !isByRoot),
    )
    const isChanged = kept.length < this.#entries.length
    this.#entries = kept
    return isChanged
  }
}

/** Loopback alone, not every own address: no datagram from outside can come from there. */
function isLocal(peer: RpcPeer): boolean {
  return peer.isOwnAddress && peer.address.startsWith('127.')
}

function isRoot(peer: RpcPeer): boolean {
  return peer.port < RESERVED_PORT_END
}

/** A reserved port is root's, and so is the claim to listen there. */
function mayRegister(mapping: Mapping, peer: RpcPeer): boolean {
  return isLocal(peer) && (isRoot(peer) || mapping.port >= RESERVED_PORT_END)
}

/** A portmapper that listens. */
export interface RunningPortmapper {
  readonly portmapper: Portmapper
  readonly port: number
  readonly close: () => Promise<void>
}

/**
 * Begins to answer as this machine's portmapper, on the same port of UDP and TCP.
 * @throws ERR_PORTOLAN_LISTEN_FAILED
 */
export async function listenPortmapper(options: PortmapperOptions = {}): Promise<RunningPortmapper> {
  const { port: wanted = PORTMAP_PORT, host, onError } = options
  const portmapper = new Portmapper(host === undefined || EVERY_ADDRESS.has(host) ? undefined : host)
  const others = { ...(host === undefined ? {} : { host }), ...(onError === undefined ? {} : { onError }) }
  const server = await RpcServer.listen([portmapper], { ...others, tcpPort: wanted, udpPort: wanted })
  for (const [protocol, port] of [
    [PORTMAP_PROTOCOL.tcp, server.tcpPort],
    [PORTMAP_PROTOCOL.udp, server.udpPort],
  ] as const)
    portmapper.set({ program: PORTMAP_PROGRAM, version: PORTMAP_VERSION, protocol, port: port ?? 0 })
  const close = async (): Promise<void> => {
    portmapper.close()
    await server.close()
  }
  return { portmapper, port: wanted === 0 ? (server.udpPort ?? 0) : wanted, close }
}
