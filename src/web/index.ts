/** The web: a page for every port, the chart, this machine live, the directory, and the HTTP API, from one server. */
import type { Log } from '../core/index.ts'
import { readSockets } from '../listeners/index.ts'
import { TRANSPORTS } from '../registry/index.ts'
import type { LoreBook, Registry } from '../registry/index.ts'
import { makeApp } from './app.ts'
import { Assets } from './assets.ts'
import { Views } from './i18n/view.ts'
import type { ServedDomain, ServedDomains } from './live/served-domains.ts'
import { SocketWatch } from './live/socket-watch.ts'
import { HttpServer } from './server.ts'
import type { HttpAt } from './server.ts'

export type { HttpAt, ServedDomain, ServedDomains }

export interface WebOptions {
  readonly at: HttpAt
  readonly registry: Registry
  readonly lore: LoreBook
  readonly domains: ServedDomains
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
 * @throws ERR_PORTOLAN_LISTEN_FAILED, ERR_PORTOLAN_ASSETS_MISSING
 */
export async function startWeb({ at, registry, lore, domains, version, log }: WebOptions): Promise<WebServer> {
  const assets = Assets.open()
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
    log,
    now: Date.now,
    identify: () => null,
  })
  const server = await HttpServer.listen(app, at)
  origin = `http://${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}`
  return {
    origin,
    close: async () => {
      sockets.close()
      await server.close()
    },
  }
}
