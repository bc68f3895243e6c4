/** The web: a page for every port, the chart, this machine live, the directory, and the HTTP API, from one server. */
import { messageOf } from '../core/index.ts'
import type { Log } from '../core/index.ts'
import { TRANSPORTS } from '../registry/index.ts'
import type { LoreBook, Registry } from '../registry/index.ts'
import { EventStreams } from './api/event-streams.ts'
import { Metrics } from './api/metrics.ts'
import { makeApp } from './app.ts'
import { Assets } from './assets.ts'
import { makeAccess, requireSafeReach } from './auth/access.ts'
import { identify } from './auth/identify.ts'
import { FeedbackBook } from './feedback/feedback-book.ts'
import type { ReachOptions } from './http/reach.ts'
import { Views } from './i18n/view.ts'
import { DeclaredPorts } from './live/declared-ports.ts'
import type { ServedDomain, ServedDomains } from './live/served-domains.ts'
import { SocketThread } from './live/socket-thread.ts'
import { SocketWatch } from './live/socket-watch.ts'
import { KnownPorts } from './pages/port/known-ports.ts'
import { quickPortPages } from './pages/port/quick-answers.ts'
import { HttpServer } from './server.ts'
import type { HttpAt, TlsFiles } from './server.ts'
import type { WebServices } from './services.ts'
import { openWebStore } from './web-store.ts'

export type { HttpAt, TlsFiles, ServedDomain, ServedDomains }
export { requireSafeReach }

export interface WebOptions {
  readonly at: HttpAt
  readonly registry: Registry
  readonly lore: LoreBook
  readonly domains: ServedDomains
  /** Where the site keeps what is its own: sessions, what visitors said of pages. */
  readonly dataFolder: string
  readonly version: string
  readonly log: Log
  readonly tls?: TlsFiles
  /** How browsers name the site, where that is not where it listens. */
  readonly publicOrigin?: string
  /** The addresses of proxies, whose word about the client is taken. */
  readonly trustedProxies?: readonly string[]
  /** The system's name for who runs this process: they get a link to sign in. */
  readonly operator?: string
}

export interface WebServer {
  /** `http://127.0.0.1:9730`. */
  readonly origin: string
  /** Signs its operator in, once and soon; null where none was asked for. */
  readonly signInLink: string | null
  /** Reads certificate and key anew. @throws ERR_PORTOLAN_TLS_UNREADABLE; what was there stays in use */
  readonly renewTls: () => void
  readonly close: () => Promise<void>
}

/**
 * Begins to serve the site.
 * @throws ERR_PORTOLAN_LISTEN_FAILED, ERR_PORTOLAN_ASSETS_MISSING, ERR_PORTOLAN_STORE_UNREADABLE, ERR_PORTOLAN_TLS_UNREADABLE
 */
export async function startWeb(options: WebOptions): Promise<WebServer> {
  const { at, registry, lore, domains, dataFolder, version, log, tls, publicOrigin, operator } = options
  const reach: ReachOptions = {
    host: at.host,
    isTls: tls !== undefined,
    ...(publicOrigin === undefined ? {} : { publicOrigin }),
    ...(options.trustedProxies === undefined ? {} : { trustedProxies: options.trustedProxies }),
  }
  const assets = Assets.open()
  const store = openWebStore(dataFolder)
  const thread = new SocketThread()
  const sockets = new SocketWatch({
    read: () => thread.read(),
    now: Date.now,
    onError: (error) => log('warn', 'sockets-unreadable', { message: messageOf(error) }),
  })
  const access = makeAccess({
    store,
    domains,
    log,
    now: Date.now,
    reach,
    ...(operator === undefined ? {} : { operator }),
  })
  const streams = new EventStreams({
    onError: (error) => log('warn', 'event-stream-failed', { message: messageOf(error) }),
  })
  let origin = publicOrigin ?? ''
  const services: WebServices = {
    frame: {
      get origin() {
        return origin
      },
      version,
      source: registry.lookup(0, TRANSPORTS[0]).source,
      assets,
    },
    views: new Views(),
    registry,
    lore,
    sockets,
    domains,
    declared: new DeclaredPorts(domains),
    store,
    feedback: new FeedbackBook(store, Date.now),
    known: new KnownPorts(registry, lore),
    metrics: new Metrics(),
    log,
    now: Date.now,
    access,
    streams,
    identify: (c) => identify(c, access),
  }
  const end = async (): Promise<void> => {
    sockets.close()
    await thread.close()
    access.close()
    await store.close()
  }
  const server = await HttpServer.listen(makeApp(services), {
    at,
    quick: quickPortPages(services),
    proxies: options.trustedProxies ?? [],
    ...(tls === undefined ? {} : { tls }),
  }).catch(async (error: unknown) => {
    await end()
    throw error
  })
  const scheme = tls === undefined ? 'http' : 'https'
  const own = `${scheme}://${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}`
  if (publicOrigin === undefined) origin = own
  return {
    origin,
    signInLink: access.link === null ? null : `${origin}/sign-in?key=${access.link.key}`,
    renewTls: () => server.renewTls(),
    close: async () => {
      streams.close()
      await server.close()
      await end()
    },
  }
}
