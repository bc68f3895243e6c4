/** One domain, served: its data, the program that answers for it, and what joins it to other servers. */
import { hostname } from 'node:os'
import type { Domain } from '../../directory/index.ts'
import type { Binding } from '../handle.ts'
import { bindingNetwork } from './binding-network.ts'
import { DomainServices } from './domain-services.ts'
import { listenAnywhere, listenReserved } from './listen-reserved.ts'
import { NetInfoProgram } from './netinfo-program.ts'
import { isOwnAddress, ownAddresses } from './own-addresses.ts'
import type { OnReplicationEvent } from './replica-connection.ts'
import { replicaConnector } from './replica-network.ts'
import type { RpcPeer } from './rpc-program.ts'
import { RpcServer } from './rpc-server.ts'
import { systemTimers } from './timers.ts'
import type { ServerBoard } from './server-board.ts'
import { isTrustedPeer } from './trusted-networks.ts'
import type { Tunables } from './tunables.ts'
import type { Workers } from './workers.ts'

/** Threads that answer reads beside this one, and the data folder from which they read. */
export interface ServedByWorkers {
  readonly workers: Workers
  readonly folder: string
}

export interface DomainServerOptions {
  readonly domain: Domain
  /** The address to listen on. */
  readonly host: string
  /** The TCP and UDP port; left out: as the original chooses (protocol.md §1). */
  readonly port?: number
  /** What STATISTICS says of the program. */
  readonly version: string
  /** The port of a host's binder, where it is known without its portmapper. */
  readonly binderPortOf?: (address: string) => number | undefined
  readonly portmapPort?: number
  /** Servers of the parent in place of those in `/machines`; an empty list: there is no parent. */
  readonly parentServers?: readonly Binding[]
  readonly served?: ServedByWorkers
  readonly onEvent: OnReplicationEvent
  readonly onError: (error: unknown) => void
}

/** The port of the server of tag `local`, known to every client of line A. */
const LOCAL_TAG = 'local'
const LOCAL_PORT = 1033
const LOOPBACK = '127.0.0.1'
const NO_CONNECTIONS = { current: 0, peak: 0, max: 0, closedOldest: 0 }
const DRAIN_MS = 5000

export class DomainServer {
  readonly domain: Domain
  readonly services: DomainServices
  readonly #rpc: RpcServer
  readonly #workers: Workers | undefined
  readonly #stopWatching: () => void

  private constructor(domain: Domain, services: DomainServices, rpc: RpcServer, workers: Workers | undefined) {
    this.domain = domain
    this.services = services
    this.#rpc = rpc
    this.#workers = workers
    this.#stopWatching = watchForeignWrites(domain, services)
  }

  /**
   * Begins to serve a domain; it must say who its master is. The domain is closed with the server.
   * @throws ERR_PORTOLAN_LISTEN_FAILED
   */
  static async start(options: DomainServerOptions): Promise<DomainServer> {
    const { domain, version, binderPortOf, portmapPort, parentServers, served, onEvent, onError } = options
    const board = served?.workers.makeBoard()
    let rpc: RpcServer | null = null
    const services = new DomainServices({
      domain,
      own: { tag: domain.tag, isOwnAddress },
      addresses: ownAddresses,
      hostName: hostname(),
      version,
      connections: () => rpc?.stats ?? NO_CONNECTIONS,
      isTrusted: (peer: RpcPeer) => isTrustedPeer(domain, services.tunables().trustedNetworks, peer),
      connect: replicaConnector(binderPortOf === undefined ? {} : { binderPortOf }),
      network: bindingNetwork({
        ...(binderPortOf === undefined ? {} : { binderPortOf }),
        ...(portmapPort === undefined ? {} : { portmapPort }),
      }),
      ...(parentServers === undefined ? {} : { parentServers }),
      timers: systemTimers(onError),
      random: Math.random,
      onEvent,
    })
    const program = new NetInfoProgram(domain, services, board === undefined ? undefined : () => board.counts)
    rpc = await listen(program, options, services.tunables(), board)
    if (served !== undefined && board !== undefined) {
      domain.onChange(() => board.noteCommit())
      const { host, tcpPort } = rpc
      const place = { folder: served.folder, tag: domain.tag, host, tcpPort: tcpPort ?? 0, board: board.memory }
      await served.workers.serve(place, program)
    }
    services.start()
    return new DomainServer(domain, services, rpc, served?.workers)
  }

  get tag(): string {
    return this.domain.tag
  }

  get host(): string {
    return this.#rpc.host
  }

  get tcpPort(): number {
    return this.#rpc.tcpPort ?? 0
  }

  get udpPort(): number {
    return this.#rpc.udpPort ?? 0
  }

  /** Finishes what is under way, sends the clones what they are owed, and closes the domain. */
  async close(): Promise<void> {
    this.#stopWatching()
    await Promise.all([this.#rpc.close(DRAIN_MS), this.#workers?.stop(this.tag, DRAIN_MS)])
    await this.services.stop()
    await this.domain.close()
  }
}

/** Other programs may write to the store, too (`portolan load`): then the clones must compare. */
function watchForeignWrites(domain: Domain, services: DomainServices): () => void {
  let own = domain.revision()
  const stopCounting = domain.onWrite((_, { revision }) => {
    own = Math.max(own, revision)
  })
  const watch = domain.store.watch(domain.store.revision(), () => {
    const revision = domain.revision()
    if (revision <= own) return
    own = revision
    services.noticeForeignWrites()
  })
  return () => {
    stopCounting()
    watch.stop()
  }
}

/** Whom line A then listens for: nobody else (protocol.md §1). */
function isForThisMachine(trustedNetworks: readonly string[] | null): boolean {
  return trustedNetworks !== null && trustedNetworks.every((network) => network.startsWith('127'))
}

async function listen(
  program: NetInfoProgram,
  options: DomainServerOptions,
  tunables: Tunables,
  board: ServerBoard | undefined,
): Promise<RpcServer> {
  const { port: ownPort, trustedNetworks } = tunables
  const { port, onError, domain } = options
  const host = isForThisMachine(trustedNetworks) ? LOOPBACK : options.host
  const common = { host, onError, ...(board === undefined ? {} : { reusePort: true, tally: board }) }
  const open = (each: number): Promise<RpcServer> =>
    RpcServer.listen([program], { ...common, tcpPort: each, udpPort: each })
  if (port === 0) return listenAnywhere(program, common)
  if (port !== undefined) return open(port)
  if (domain.tag === LOCAL_TAG) {
    const local = await open(ownPort === 0 ? LOCAL_PORT : ownPort).catch(() => null)
    if (local !== null) return local
  }
  return listenReserved(program, common)
}
