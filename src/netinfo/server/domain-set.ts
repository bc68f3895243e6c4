/** The domains that one machine serves, in one process: they are started, made, cloned and destroyed as its binder says. */
import { hostname } from 'node:os'
import { DirectoryError, STATUS, firstValue, furnish, isFurnished } from '../../directory/index.ts'
import type { DataFolder, Domain, ServerPlace } from '../../directory/index.ts'
import { DomainServer } from './domain-server.ts'
import { ownAddresses } from './own-addresses.ts'
import type { ReplicationEvent } from './replica-connection.ts'
import type { Workers } from './workers.ts'

/** An address and a port to listen on; without a port any will do. */
export interface ListenAt {
  readonly host: string
  readonly port?: number
}

export interface SiteEvents {
  readonly onReplication: (tag: string, event: ReplicationEvent) => void
  readonly onError: (error: unknown) => void
}

/** A server started: its tag and its ports. */
export interface ServedDomain {
  readonly tag: string
  readonly host: string
  readonly tcpPort: number
  readonly udpPort: number
}

export interface DomainSetOptions extends SiteEvents {
  readonly folder: DataFolder
  /** For the domain of `mainTag`; the others listen at the same address on ports of their own. */
  readonly netinfo: ListenAt
  readonly mainTag: string
  readonly version: string
  readonly binderPortOf: (address: string) => number | undefined
  readonly portmapPort?: number
  readonly workers?: Workers
  readonly onServed: (domain: ServedDomain) => void
  readonly onGone: (tag: string) => void
}

const LOCAL_TAG = 'local'
const LOOPBACK = '127.0.0.1'

/** The domains of one machine, each with its server. */
export class DomainSet {
  readonly #options: DomainSetOptions
  readonly #servers: Map<string, DomainServer> = new Map()
  /** What is being done to a tag: two servers of one domain, or one of a domain that is being removed, must not be. */
  readonly #underWay: Map<string, Promise<unknown>> = new Map()
  #isClosing = false

  constructor(options: DomainSetOptions) {
    this.#options = options
  }

  get(tag: string): DomainServer | undefined {
    return this.#servers.get(tag)
  }

  get servers(): readonly DomainServer[] {
    return [...this.#servers.values()]
  }

  /**
   * Serves a domain; one that is not there is made, with this machine as its master.
   * @throws DirectoryError DUPTAG where it is served already; ERR_PORTOLAN_LISTEN_FAILED, and what `DataFolder.open` throws
   */
  async serve(tag: string, prepare?: (domain: Domain, isNew: boolean) => Promise<void>): Promise<DomainServer> {
    return this.#begin(tag, this.#ownPlace(tag), prepare)
  }

  /** Makes a domain that copies another server's, and serves it; what it holds comes from there. */
  async serveClone(tag: string, master: ServerPlace): Promise<DomainServer> {
    return this.#begin(tag, master)
  }

  /** Stops a server and removes its domain for good. */
  async destroy(tag: string): Promise<void> {
    await this.#alone(tag, async () => {
      await this.stop(tag)
      this.#options.folder.remove(tag)
    })
  }

  async stop(tag: string): Promise<void> {
    const server = this.#servers.get(tag)
    this.#servers.delete(tag)
    if (server === undefined) return
    this.#options.onGone(tag)
    await server.close()
  }

  /** Begins nothing more, and stops all. */
  async close(): Promise<void> {
    this.#isClosing = true
    await Promise.allSettled(this.#underWay.values())
    await Promise.all([...this.#servers.keys()].map((tag) => this.stop(tag)))
  }

  /** Where a domain of this machine is served: the machine's own domain under its loopback address (protocol.md §7.1). */
  #ownPlace(tag: string): ServerPlace {
    const { host } = this.#options.netinfo
    const isEverywhere = host === '0.0.0.0' || host === '::'
    const outer = isEverywhere ? ownAddresses() : [host]
    if (tag === LOCAL_TAG) return { hostName: 'localhost', addresses: [LOOPBACK], tag }
    return { hostName: hostname(), addresses: outer.length === 0 ? [LOOPBACK] : outer, tag }
  }

  #begin(
    tag: string,
    master: ServerPlace,
    prepare?: (domain: Domain, isNew: boolean) => Promise<void>,
  ): Promise<DomainServer> {
    return this.#alone(tag, () => {
      if (this.#servers.has(tag)) throw new DirectoryError(STATUS.DUPTAG, tag)
      return this.#start(tag, master, prepare)
    })
  }

  /** @throws DirectoryError MASTERBUSY where something is being done to the tag already, or the end has come */
  async #alone<T>(tag: string, work: () => Promise<T>): Promise<T> {
    if (this.#isClosing || this.#underWay.has(tag)) throw new DirectoryError(STATUS.MASTERBUSY, tag)
    const running = work()
    this.#underWay.set(tag, running)
    try {
      return await running
    } finally {
      this.#underWay.delete(tag)
    }
  }

  async #start(
    tag: string,
    master: ServerPlace,
    prepare?: (domain: Domain, isNew: boolean) => Promise<void>,
  ): Promise<DomainServer> {
    const { folder, netinfo, mainTag, version, binderPortOf, portmapPort, workers, onReplication, onError } =
      this.#options
    const domain = await folder.open(tag)
    try {
      const isNew = !isFurnished(domain)
      if (isNew) await furnish(domain, master)
      await prepare?.(domain, isNew)
      const server = await DomainServer.start({
        domain,
        host: netinfo.host,
        ...(tag === mainTag && netinfo.port !== undefined ? { port: netinfo.port } : {}),
        version,
        binderPortOf,
        ...(portmapPort === undefined ? {} : { portmapPort }),
        ...(workers === undefined ? {} : { served: { workers, folder: folder.path } }),
        onEvent: (event) => onReplication(tag, event),
        onError,
      })
      this.#servers.set(tag, server)
      const { host, tcpPort, udpPort } = server
      this.#options.onServed({ tag, host, tcpPort, udpPort })
      return server
    } catch (error) {
      await domain.close()
      throw error
    }
  }
}

/** The hash of the superuser's password in the machine's own domain; null where there is no such user (protocol.md §6). */
export function rootPasswordIn(domain: Domain): string | null {
  const users = domain.findPath([['name', 'users']])
  const [root] = users === undefined ? [] : domain.find(users, 'uid', '0')
  return root === undefined ? null : (firstValue(domain.read(root)?.properties ?? [], 'passwd') ?? '')
}
