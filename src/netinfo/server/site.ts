/**
 * Everything of NetInfo that one machine runs, in one process: a server for each of its domains, the binder that knows them, and
 * the way to the binder: rpcbind where it runs, or a portmapper of our own.
 */
import { messageOf } from '../../core/index.ts'
import { firstValue, valuesOf } from '../../directory/index.ts'
import type { DataFolder, Domain } from '../../directory/index.ts'
import { Binder } from './binder.ts'
import { DomainSet, rootPasswordIn } from './domain-set.ts'
import type { ListenAt, SiteEvents } from './domain-set.ts'
import type { DomainServer } from './domain-server.ts'
import { listenAnywhere, listenReserved } from './listen-reserved.ts'
import { isOwnAddress } from './own-addresses.ts'
import { announceBinder } from './rpcbind.ts'
import type { Announcement } from './rpcbind.ts'
import { RpcServer } from './rpc-server.ts'
import type { TagAlias } from './tag-aliases.ts'
import { Workers, requireSharedPorts } from './workers.ts'

export interface SiteOptions extends SiteEvents {
  readonly folder: DataFolder
  /** The domain that is served at `netinfo`'s port. The others of the folder are served at ports of their own. */
  readonly mainTag: string
  readonly netinfo: ListenAt
  /** Null: no binder, so that clients must know the port. */
  readonly binder: ListenAt | null
  /**
   * The portmapper's port, where this machine's binder is made known and others' are asked for; null: nowhere, and nobody's
   * is asked. Left out: 111, if it may be had.
   */
  readonly portmapPort?: number | null
  /** Threads that answer reads beside this one (workers.ts); 0 where nothing is said. */
  readonly workers?: number
  /** What STATISTICS says of the program. */
  readonly version: string
  /** Fills a domain before it is served. */
  readonly prepare?: (domain: Domain, isNew: boolean) => Promise<void>
}

/** How clients find the binder. */
export type Announced =
  | { readonly by: Announcement['by'] }
  /** Clients on other machines, and those of this one that do not know the port, will not find it. */
  | { readonly by: 'nobody'; readonly reason: string }

const DRAIN_MS = 2000
const EVERY_ADDRESS = '0.0.0.0'

export class Site {
  readonly domains: DomainSet
  /** Null where there is no binder. */
  readonly binderAt: { readonly host: string; readonly tcpPort: number; readonly udpPort: number } | null
  readonly announced: Announced
  readonly #closers: readonly (() => Promise<void>)[]

  private constructor(
    domains: DomainSet,
    binderAt: Site['binderAt'],
    announced: Announced,
    closers: readonly (() => Promise<void>)[],
  ) {
    this.domains = domains
    this.binderAt = binderAt
    this.announced = announced
    this.#closers = closers
  }

  /**
   * Begins to serve the main domain and all others of the folder.
   * @throws ERR_PORTOLAN_LISTEN_FAILED, ERR_PORTOLAN_STORE_UNREADABLE, ERR_PORTOLAN_STORE_VERSION; nothing is served then
   */
  static async start(options: SiteOptions): Promise<Site> {
    const closers: (() => Promise<void>)[] = []
    try {
      return await Site.#begin(options, closers)
    } catch (error) {
      await closeAll(closers)
      throw error
    }
  }

  static async #begin(options: SiteOptions, closers: (() => Promise<void>)[]): Promise<Site> {
    const { folder, mainTag, netinfo, portmapPort, prepare, onReplication, onError, version } = options
    const workers = await startWorkers(options)
    if (workers !== null) closers.push(() => workers.close())
    let binderPort: number | undefined
    let binder: Binder | null = null
    const domains = new DomainSet({
      folder,
      mainTag,
      netinfo,
      version,
      binderPortOf: (address) => (isOwnAddress(address) ? binderPort : undefined),
      ...(typeof portmapPort === 'number' ? { portmapPort } : {}),
      ...(workers === null ? {} : { workers }),
      onServed: ({ tag, udpPort, tcpPort }) => binder?.register({ tag, udpPort, tcpPort }),
      onGone: (tag) => binder?.unregister(tag),
      onReplication,
      onError,
    })
    closers.push(() => domains.close())
    let binderAt: Site['binderAt'] = null
    let announced: Announced = { by: 'nobody', reason: 'there is no binder' }
    if (options.binder !== null) {
      binder = makeBinder(domains, netinfo.host)
      const server = await listenBinder(binder, options.binder, onError)
      closers.push(() => server.close(DRAIN_MS))
      binderPort = server.udpPort ?? 0
      binderAt = { host: server.host, tcpPort: server.tcpPort ?? 0, udpPort: binderPort }
      const announcement = await announce(binderAt, options)
      announced = announcement
      if ('close' in announcement) closers.push(() => announcement.close())
    }
    await domains.serve(mainTag, prepare)
    for (const tag of folder.tags()) if (tag !== mainTag) await domains.serve(tag)
    return new Site(domains, binderAt, announced, closers)
  }

  /** Finishes what is under way, and closes everything. */
  async close(): Promise<void> {
    await closeAll(this.#closers)
  }
}

/** The newest is closed first: the binder forgets the servers before they go. */
async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  for (const close of closers.toReversed()) await close()
}

async function startWorkers({ workers: count = 0, onError }: SiteOptions): Promise<Workers | null> {
  if (count === 0) return null
  await requireSharedPorts()
  return new Workers({ count, onError })
}

function makeBinder(domains: DomainSet, host: string): Binder {
  const binderHost = {
    createMaster: async (tag: string): Promise<void> => void (await domains.serve(tag)),
    createClone: async (tag: string, masterName: string, masterAddress: string, masterTag: string): Promise<void> =>
      void (await domains.serveClone(tag, { hostName: masterName, addresses: [masterAddress], tag: masterTag })),
    destroy: (tag: string): Promise<void> => domains.destroy(tag),
    rootPassword: () => {
      const local = domains.get('local') ?? domains.servers[0]
      return local === undefined ? null : rootPasswordIn(local.domain)
    },
    aliases: () => domains.servers.flatMap(aliasesOf),
  }
  return new Binder(binderHost, host === EVERY_ADDRESS ? {} : { serverAddress: host })
}

function aliasesOf({ domain, tag }: DomainServer): readonly TagAlias[] {
  const root = domain.read(0)?.properties ?? []
  const name = firstValue(root, 'alias_name')
  return name === undefined ? [] : [{ name, tag, addresses: valuesOf(root, 'alias_addrs') }]
}

function listenBinder(binder: Binder, { host, port }: ListenAt, onError: (error: unknown) => void): Promise<RpcServer> {
  if (port === undefined) return listenReserved(binder, { host, onError })
  if (port === 0) return listenAnywhere(binder, { host, onError })
  return RpcServer.listen([binder], { host, tcpPort: port, udpPort: port, onError })
}

async function announce(
  { host, udpPort, tcpPort }: { readonly host: string; readonly udpPort: number; readonly tcpPort: number },
  { portmapPort, onError }: SiteOptions,
): Promise<Announcement | Announced> {
  if (portmapPort === null) return { by: 'nobody', reason: 'it was not to be' }
  try {
    return await announceBinder({
      udpPort,
      tcpPort,
      host,
      ...(portmapPort === undefined ? {} : { portmapPort }),
      onError,
    })
  } catch (error) {
    // Who named the port wants to know; on an ordinary user's machine port 111 is simply not to be had.
    if (portmapPort !== undefined) throw error
    return { by: 'nobody', reason: messageOf(error) }
  }
}
