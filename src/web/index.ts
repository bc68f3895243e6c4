/** The web: a page for every port, the chart, this machine live, the directory, and the HTTP API, from one server. */
import type { Log } from '../core/index.ts'
import { readSockets } from '../listeners/index.ts'
import { TRANSPORTS } from '../registry/index.ts'
import type { LoreBook, Registry } from '../registry/index.ts'
import { makeApp } from './app.ts'
import { Assets } from './assets.ts'
import { FeedbackBook } from './feedback/feedback-book.ts'
import { Views } from './i18n/view.ts'
import type { ServedDomain, ServedDomains } from './live/served-domains.ts'
import { SocketWatch } from './live/socket-watch.ts'
import { HttpServer } from './server.ts'
import type { HttpAt } from './server.ts'
import { openWebStore } from './web-store.ts'

export type { HttpAt, ServedDomain, ServedDomains }

export interface WebOptions {
  readonly at: HttpAt
  readonly registry: Registry
  readonly lore: LoreBook
  readonly domains: ServedDomains
  /** Where the site keeps what is its own: sessions, what visitors said of pages. */
  readonly dataFolder: string
  readonly version: string
  readonly log: Log
}

export interface WebServer {
  /** `http://127.0.0.1:9730`. */
  readonly origin: string
  readonly close: () => Promise<void>
}

/**
 * Begins to serve the site.
 * @throws ERR_PORTOLAN_LISTEN_FAILED, ERR_PORTOLAN_ASSETS_MISSING, ERR_PORTOLAN_STORE_UNREADABLE
 */
export async function startWeb(options: WebOptions): Promise<WebServer> {
  const { at, registry, lore, domains, dataFolder, version, log } = options
  const assets = Assets.open()
  const store = openWebStore(dataFolder)
  const sockets = new SocketWatch({
    read: () => readSockets({ connections: true }),
    now: Date.now,
    onError: (error) => log('warn', 'sockets-unreadable', { message: String(error) }),
  })
  let origin = ''
  const source = registry.lookup(0, TRANSPORTS[0]).source
  const app = makeApp({
    frame: {
      get origin() {
        return origin
      },
      version,
      source,
      assets,
    },
    views: new Views(),
    registry,
    lore,
    sockets,
    domains,
    store,
    feedback: new FeedbackBook(store, Date.now),
    log,
    now: Date.now,
    identify: () => null,
  })
  const server = await HttpServer.listen(app, at).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  origin = `http://${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}`
  return {
    origin,
    close: async () => {
      sockets.close()
      await server.close()
      await store.close()
    },
  }
}
