/** The site on a port: Node's server in front of the application, with limits on what a client may cost. */
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { PortolanError, messageOf, systemCode } from '../core/index.ts'
import type { WebApp } from './env.ts'

export interface HttpAt {
  readonly host: string
  /** Left out: the usual one, or any where that is taken. */
  readonly port?: number
}

/** Nobody's at IANA, and 973 with a nought. */
const USUAL_PORT = 9730

/** A browser's headers take 2 KB with the largest cookies that we set. */
const HEADER_BYTES_MAX = 16 * 1024
const HEADERS_MAX = 100
/** For a request's headers to be whole, and for all of it, in ms. */
const HEADERS_MS = 10_000
const REQUEST_MS = 60_000
const IDLE_MS = 60_000
/** For requests under way when the server is to end, in ms. */
const DRAIN_MS = 2000
const CONNECTIONS_MAX = 4096

export class HttpServer {
  readonly host: string
  readonly port: number
  readonly #server: Server

  private constructor(server: Server, { address, port }: AddressInfo) {
    this.#server = server
    this.host = address
    this.port = port
  }

  /** @throws ERR_PORTOLAN_LISTEN_FAILED */
  static async listen(app: WebApp, { host, port }: HttpAt): Promise<HttpServer> {
    if (port !== undefined) return HttpServer.#listenOn(app, host, port)
    try {
      return await HttpServer.#listenOn(app, host, USUAL_PORT)
    } catch (error) {
      if (!(error instanceof PortolanError) || systemCode(error.cause) !== 'EADDRINUSE') throw error
      return HttpServer.#listenOn(app, host, 0)
    }
  }

  static async #listenOn(app: WebApp, host: string, port: number): Promise<HttpServer> {
    const server = createServer(
      {
        maxHeaderSize: HEADER_BYTES_MAX,
        headersTimeout: HEADERS_MS,
        requestTimeout: REQUEST_MS,
        keepAliveTimeout: IDLE_MS,
        requireHostHeader: true,
      },
      // Its own Request and Response, in place of the global ones, copy nothing: a page takes two thirds of the time.
      getRequestListener(app.fetch, { overrideGlobalObjects: true }),
    )
    server.maxConnections = CONNECTIONS_MAX
    server.maxHeadersCount = HEADERS_MAX
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) =>
        reject(
          new PortolanError(
            'ERR_PORTOLAN_LISTEN_FAILED',
            `HTTP cannot listen on ${host}:${port}: ${messageOf(error)}`,
            {
              hint: 'Give another place with --http ADDRESS:PORT, or --http none.',
              cause: error,
            },
          ),
        ),
      )
      server.listen(port, host, resolve)
    })
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('a TCP server has an address and a port')
    return new HttpServer(server, address)
  }

  /** Takes no more connections, and waits a moment for the requests under way. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    this.#server.closeIdleConnections()
    const timer = setTimeout(() => this.#server.closeAllConnections(), DRAIN_MS)
    await closed
    clearTimeout(timer)
  }
}
