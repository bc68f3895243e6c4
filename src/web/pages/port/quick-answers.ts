/**
 * The quick way to a port's page, past the application: for a visitor without a cookie, and a port that nobody listens on and nobody
 * declares, the page is the same for all who read its language. What the application does in front of every page is done here, too:
 * the host is checked, the headers are the same; clients from outside, who take a token with each request, are left to it. All else goes the ordinary way.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { PORT_MAX } from '../../../registry/index.ts'
import { Body } from '../../http/body.ts'
import { isLoopback, plainAddress } from '../../http/reach.ts'
import { PAGE, answerWith } from '../../http/respond.ts'
import { SECURITY_HEADERS } from '../../http/security-headers.ts'
import { languageOf } from '../../i18n/languages.ts'
import { negotiateLanguage } from '../../i18n/negotiate.ts'
import type { QuickAnswer } from '../../server.ts'
import type { WebServices } from '../../services.ts'
import type { ReadyPage } from './learnt-pages.ts'
import { QuietPages } from './quiet-pages.ts'

/** As the application names it. */
const ROUTE = '/ports/:port'
/** A language or none, and a port. */
const ADDRESS = /^(?:\/([a-z]{2}(?:-[a-z]{2,4})?))?\/ports\/(0|[1-9]\d{0,4})$/i
/** What a reader is told of this machine and of the directory is looked at anew after so long, in ms. */
const FRESH_MS = 1000
/** A reading of the sockets that is older is no answer, in ms. */
const SOCKETS_MOST_MS = 3000
/** The longest page has 40 kB. */
const TARGET_BYTES = 65_536
const TARGETS_KEPT = 64
const SAME_HEADERS = Object.entries(SECURITY_HEADERS).flat()

export function quickPortPages(services: WebServices): QuickAnswer {
  const { access, sockets, declared, metrics, now, views } = services
  const pages = new QuietPages(services)
  const targets = new Targets()
  let knownHost = ''
  const isForUs = (host: string): boolean => {
    if (host === knownHost) return true
    if (!access.reach.allowsHost(host)) return false
    knownHost = host
    return true
  }
  // Not read before somebody asks: a root's /services takes a while, and the start of the server would wait for it.
  let declaredPorts: ReadonlySet<number> = new Set()
  let declaredAtMs = -Infinity
  const isDeclared = (port: number): boolean => {
    // Whoever writes has a cookie, and sees it at once; a domain that is written all the time is not looked through each time.
    if (now() - declaredAtMs > FRESH_MS) [declaredPorts, declaredAtMs] = [declared.any(), now()]
    return declaredPorts.has(port)
  }
  const isQuiet = (port: number): boolean => {
    const snapshot = sockets.last
    if (snapshot === null) return false
    const age = now() - snapshot.takenAtMs
    if (age > SOCKETS_MOST_MS) return false
    // The next reading is nobody's to wait for; its error is told to those who ask the ordinary way.
    if (age > FRESH_MS) sockets.current().catch(() => {})
    return snapshot.listenersOn(port).length === 0 && snapshot.connectionsOn(port).length === 0 && !isDeclared(port)
  }
  return (request, response) => {
    const { method, url = '', headers, socket } = request
    if (method !== 'GET') return false
    const startedMs = performance.now()
    const [, tag, digits] = ADDRESS.exec(url) ?? []
    const port = Number(digits ?? Number.NaN)
    const named = tag === undefined ? undefined : languageOf(tag)
    if (!(port <= PORT_MAX) || (tag !== undefined && named === undefined)) return false
    if (headers.cookie !== undefined || headers.authorization !== undefined) return false
    // From outside, or behind a proxy, a client takes a token with each request: the application's to do.
    if (access.reach.isOpen || !isLoopback(plainAddress(socket.remoteAddress ?? ''))) return false
    if (!isForUs(headers.host ?? '') || !isQuiet(port)) return false
    const view = views.of(named ?? negotiateLanguage(headers['accept-language']), named !== undefined)
    const page = pages.of(view, port)
    if (page.size > TARGET_BYTES) return false
    const status = send(page, targets, request, response)
    metrics.observe(method, ROUTE, status, (performance.now() - startedMs) / 1000)
    return true
  }
}

/** Buffers that a page is written into, and that are free again when it is sent: 50 clients at once take 3 MB. */
class Targets {
  readonly #free: Buffer<ArrayBuffer>[] = []

  take(): Buffer<ArrayBuffer> {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(TARGET_BYTES)
  }

  giveBack(target: Buffer<ArrayBuffer>): void {
    if (this.#free.length < TARGETS_KEPT) this.#free.push(target)
  }
}

function send(
  page: ReadyPage,
  targets: Targets,
  { headers: asked }: IncomingMessage,
  response: ServerResponse,
): number {
  const target = targets.take()
  const bytes = target.subarray(0, page.write(target))
  const body = new Body(bytes, page.tag)
  const coding = body.codingFor(asked['accept-encoding'])
  const answer = answerWith(body, coding, asked['if-none-match'], PAGE)
  const headers = [...SAME_HEADERS]
  for (const name in answer.headers) headers.push(name, answer.headers[name] ?? '')
  response.writeHead(answer.status, headers)
  // A client that goes away takes its buffer along.
  response.end(answer.bytes ?? undefined, () => targets.giveBack(target))
  return answer.status
}
