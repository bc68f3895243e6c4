/** The site on a port: Node's server in front of the application, with limits on what a client may cost. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Server as TlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { PortolanError, messageOf, systemCode } from '../core/index.ts'
import { ClientCounts } from './client-counts.ts'
import type { WebApp } from './env.ts'
import { clientKeyOf, isHost, isLoopback, plainAddress } from './http/reach.ts'
import { SECURITY_HEADERS } from './http/security-headers.ts'
import { readTarget } from './http/target.ts'

export interface HttpAt {
  readonly host: string
  /** Left out: the usual one, or any where that is taken. */
  readonly port?: number
}

export interface TlsFiles {
  /** PEM: the certificate, and those between it and a root. */
  readonly certificate: string
  readonly key: string
}

/** Answers a request past the application, and says so; false where the application has to. */
export type QuickAnswer = (request: IncomingMessage, response: ServerResponse) => boolean

/** In ms: for a request's headers to be whole, for all of it, and how often Node looks for those whose time is over. */
export interface RequestTimes {
  readonly headersMs: number
  readonly requestMs: number
  readonly checkMs: number
}

export interface HttpOptions {
  readonly at: HttpAt
  /** Left out: ten seconds, a minute, and every five seconds. */
  readonly times?: RequestTimes
  /** The addresses of proxies, which bring the connections of many clients. */
  readonly proxies?: readonly string[]
  readonly tls?: TlsFiles
  readonly quick?: QuickAnswer
}

/** Nobody's at IANA, and 973 with a nought. */
const USUAL_PORT = 9730

/** A browser's headers take 2 KB with the largest cookies that we set. */
const HEADER_BYTES_MAX = 16 * 1024
const HEADERS_MAX = 100
const REQUEST_TIMES: RequestTimes = { headersMs: 10_000, requestMs: 60_000, checkMs: 5000 }
const IDLE_MS = 60_000
/** For requests under way when the server is to end, in ms. */
const DRAIN_MS = 2000
const CONNECTIONS_MAX = 4096
/** Of one client that is not of this machine: a browser takes six, and streams of events one each. */
const CONNECTIONS_OF_CLIENT_MAX = 256

export class HttpServer {
  readonly host: string
  readonly port: number
  readonly #server: Server | TlsServer
  readonly #tls: TlsFiles | undefined

  private constructor(server: Server | TlsServer, { address, port }: AddressInfo, tls: TlsFiles | undefined) {
    this.#server = server
    this.#tls = tls
    this.host = address
    this.port = port
  }

  /** @throws ERR_PORTOLAN_LISTEN_FAILED, ERR_PORTOLAN_TLS_UNREADABLE */
  static async listen(app: WebApp, options: HttpOptions): Promise<HttpServer> {
    const { host, port } = options.at
    if (port !== undefined) return HttpServer.#listenOn(app, options, host, port)
    try {
      return await HttpServer.#listenOn(app, options, host, USUAL_PORT)
    } catch (error) {
      if (!(error instanceof PortolanError) || systemCode(error.cause) !== 'EADDRINUSE') throw error
      return HttpServer.#listenOn(app, options, host, 0)
    }
  }

  static async #listenOn(app: WebApp, options: HttpOptions, host: string, port: number): Promise<HttpServer> {
    const { tls, quick, times = REQUEST_TIMES, proxies = [] } = options
    const server = makeServer(tls, times, listenerOf(app, quick))
    server.maxConnections = CONNECTIONS_MAX
    server.maxHeadersCount = HEADERS_MAX
    boundConnections(server, proxies)
    server.on('clientError', answerBroken)
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
    return new HttpServer(server, address, tls)
  }

  /**
   * Reads the certificate and the key anew; connections from now on get them.
   * @throws ERR_PORTOLAN_TLS_UNREADABLE; what was there stays in use
   */
  renewTls(): void {
    if (this.#tls !== undefined && 'setSecureContext' in this.#server) this.#server.setSecureContext(readTls(this.#tls))
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

function makeServer(tls: TlsFiles | undefined, times: RequestTimes, listener: RequestListener): Server | TlsServer {
  const limits = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: times.headersMs,
    requestTimeout: times.requestMs,
    keepAliveTimeout: IDLE_MS,
    connectionsCheckingInterval: times.checkMs,
    // Looked at below, so that the refusal has the headers of all answers.
    requireHostHeader: false,
  }
  if (tls === undefined) return createServer(limits, listener)
  const files = readTls(tls)
  try {
    return createTlsServer({ ...limits, ...files }, listener)
  } catch (error) {
    throw tlsError(`${tls.certificate} and ${tls.key} do not make a certificate and its key`, error)
  }
}

/** One spelling for each address, then the quick way, then the application. */
function listenerOf(app: WebApp, quick: QuickAnswer | undefined): RequestListener {
  // Its own Request and Response, in place of the global ones, copy nothing: a page takes two thirds of the time.
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: true })
  return (request, response) => {
    if (quick?.(request, response) === true) return
    const { host } = request.headers
    const target = isOneHost(request)
      ? readTarget(request.url ?? '', host ?? '')
      : ({ kind: 'bad', status: 400, reason: 'the request must name one host' } as const)
    if (target.kind === 'bad') {
      const body = `${target.reason}\n`
      response.writeHead(target.status, {
        ...SECURITY_HEADERS,
        'content-type': 'text/plain; charset=utf-8',
        'content-length': Buffer.byteLength(body),
        'cache-control': 'no-store',
        connection: 'close',
      })
      response.end(request.method === 'HEAD' ? undefined : body)
      return
    }
    request.url = target.target
    void listener(request, response)
  }
}

/** Two names for one server are a trick to have two readers see two (RFC 9112 §3.2 asks for a 400). */
function isOneHost({ rawHeaders, headers }: IncomingMessage): boolean {
  const names = rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host')
  return names.length === 1 && isHost(headers.host ?? '')
}

/** One client from outside cannot take all places. */
function boundConnections(server: Server | TlsServer, proxies: readonly string[]): void {
  const counts = new ClientCounts(CONNECTIONS_OF_CLIENT_MAX)
  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? '')
    if (isLoopback(address) || proxies.includes(address)) return
    const key = clientKeyOf(address)
    if (counts.take(key)) socket.once('close', () => counts.giveBack(key))
    else socket.destroy()
  })
}

const BROKEN: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Content Too Large',
}

/** What is no HTTP, or comes too slowly: an answer with the same headers as all others, and the end. */
function answerBroken(error: Error, socket: Duplex): void {
  if (!socket.writable || systemCode(error) === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const headers = Object.entries({ ...SECURITY_HEADERS, 'content-length': '0', connection: 'close' })
  const status = BROKEN[systemCode(error) ?? ''] ?? '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`)
}

function readTls({ certificate, key }: TlsFiles): { readonly cert: Buffer; readonly key: Buffer } {
  const read = (file: string): Buffer => {
    try {
      return readFileSync(file)
    } catch (error) {
      throw tlsError(`${file} cannot be read: ${messageOf(error)}`, error)
    }
  }
  return { cert: read(certificate), key: read(key) }
}

function tlsError(what: string, cause: unknown): PortolanError {
  return new PortolanError('ERR_PORTOLAN_TLS_UNREADABLE', what, {
    hint: 'Both are files in PEM; --tls-cert names the certificate, --tls-key the private key that belongs to it.',
    cause,
  })
}
