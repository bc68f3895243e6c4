/**
 * A server of ONC RPC version 2 (RFC 5531) over TCP and UDP, for any programs.
 *
 * How it is built: ../record-reader.ts finds the records of a stream; rpc-dispatcher.ts makes a reply of a call, without any
 * socket; rpc-connection.ts does so for one TCP connection in turns, and rpc-outbox.ts sends for it; rpc-tcp.ts and
 * rpc-udp.ts own the sockets. Every limit stands with its reason in core/limits.ts.
 */
import { PortolanError, messageOf, systemCode } from '../../core/index.ts'
import { ownTally } from './connection-tally.ts'
import type { ConnectionTally } from './connection-tally.ts'
import { RpcDispatcher } from './rpc-dispatcher.ts'
import type { RpcErrorListener, RpcPeer, RpcProgram } from './rpc-program.ts'
import { RPC_LIMITS, RpcShared } from './rpc-shared.ts'
import type { RpcLimits } from './rpc-shared.ts'
import { RpcTcp } from './rpc-tcp.ts'
import { RpcUdp } from './rpc-udp.ts'

export interface RpcServerOptions {
  /** The address to listen on; the loopback where nothing is said. */
  readonly host?: string
  /** 0 takes any free port; null listens to no TCP at all. */
  readonly tcpPort?: number | null
  /** As `tcpPort`: a number of its own. */
  readonly udpPort?: number | null
  readonly limits?: Partial<RpcLimits>
  /**
   * Several servers may listen on the same TCP port; the kernel shares the clients out among them. Never on the same UDP port:
   * one that is another's takes no other server at its number, so two who do not know of each other cannot share by mistake.
   */
  readonly reusePort?: boolean
  /** Where TCP connections are counted; the limit of connections is then that of all who count there. */
  readonly tally?: ConnectionTally
  /** Told of what a program throws; the caller of the RPC gets SYSTEM_ERR. */
  readonly onError?: RpcErrorListener
}

/** TCP connections: those now, the most at once, the most allowed, and how many were closed to make room. */
export interface RpcStats {
  readonly current: number
  readonly peak: number
  readonly max: number
  readonly closedOldest: number
}

const DEFAULT_HOST = '127.0.0.1'

export class RpcServer {
  readonly host: string
  /** Null where it does not listen to TCP. */
  readonly tcpPort: number | null
  readonly udpPort: number | null
  readonly #tcp: RpcTcp | null
  readonly #udp: RpcUdp | null
  readonly #limits: RpcLimits
  readonly #tally: ConnectionTally
  #closing: Promise<unknown> | null = null

  private constructor(host: string, tcp: Bound<RpcTcp>, udp: Bound<RpcUdp>, limits: RpcLimits, tally: ConnectionTally) {
    this.host = host
    this.tcpPort = tcp?.port ?? null
    this.udpPort = udp?.port ?? null
    this.#tcp = tcp?.side ?? null
    this.#udp = udp?.side ?? null
    this.#limits = limits
    this.#tally = tally
  }

  /**
   * Begins to answer for programs.
   * @throws ERR_PORTOLAN_LISTEN_FAILED where a port is taken or not allowed; nothing listens then
   */
  static async listen(programs: readonly RpcProgram[], options: RpcServerOptions = {}): Promise<RpcServer> {
    const { host = DEFAULT_HOST, tcpPort = 0, udpPort = 0, reusePort = false, onError = () => undefined } = options
    const { tally = ownTally() } = options
    const limits: RpcLimits = { ...RPC_LIMITS, ...options.limits }
    const shared = new RpcShared(new RpcDispatcher(programs, onError), limits, onError)
    const accepts = (peer: RpcPeer): boolean => programs.every((program) => program.accepts?.(peer) ?? true)
    const tcp = tcpPort === null ? null : await bindTcp(new RpcTcp(shared, accepts, tally), tcpPort, host, reusePort)
    try {
      const udp = udpPort === null ? null : await bindUdp(new RpcUdp(shared, host), udpPort, host)
      return new RpcServer(host, tcp, udp, limits, tally)
    } catch (error) {
      await tcp?.side.close(0)
      throw error
    }
  }

  get stats(): RpcStats {
    const { current, peak, closedOldest } = this.#tally
    return { current, peak, max: this.#limits.connections, closedOldest }
  }

  /** Takes no more calls, finishes those that it has within `graceMs`, then closes everything. Only the first grace counts. */
  async close(graceMs = 0): Promise<void> {
    this.#closing ??= Promise.all([this.#tcp?.close(graceMs), this.#udp?.close(graceMs)])
    await this.#closing
  }
}

type Bound<Side> = { readonly side: Side; readonly port: number } | null

async function bindTcp(side: RpcTcp, port: number, host: string, reusePort: boolean): Promise<Bound<RpcTcp>> {
  try {
    return { side, port: await side.listen(port, host, reusePort) }
  } catch (error) {
    await side.close(0)
    throw listenError('TCP', host, port, error)
  }
}

async function bindUdp(side: RpcUdp, port: number, host: string): Promise<Bound<RpcUdp>> {
  try {
    return { side, port: await side.listen(port, host) }
  } catch (error) {
    await side.close(0)
    throw listenError('UDP', host, port, error)
  }
}

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program has this port; `portolan PORT` tells which.',
  EACCES: 'Ports below 1024 are for root alone.',
  EADDRNOTAVAIL: 'This machine has no such address.',
}

function listenError(transport: string, host: string, port: number, cause: unknown): PortolanError {
  const hint = HINTS[systemCode(cause) ?? '']
  const message = `cannot listen on ${host} ${transport} port ${port}: ${messageOf(cause)}`
  return new PortolanError('ERR_PORTOLAN_LISTEN_FAILED', message, hint === undefined ? { cause } : { hint, cause })
}
