/**
 * The services of the site for tests: the real registry and lore, a real domain in a temporary folder, and sockets that the test
 * shows (or this machine's own). `app.request('/ports/973')` needs no more; `startTestSite` also puts it on a port.
 */
import { DataFolder, SYSTEM_CALLER, furnish } from '../../src/directory/index.ts'
import type { Domain } from '../../src/directory/index.ts'
import { UNKNOWN_DETAILS } from '../../src/listeners/model.ts'
import { readSockets } from '../../src/listeners/index.ts'
import type { Listener, ProcessInfo, Sockets } from '../../src/listeners/index.ts'
import { TRANSPORTS, openLore, openRegistry } from '../../src/registry/index.ts'
import type { LoreBook, Registry } from '../../src/registry/index.ts'
import { EventStreams } from '../../src/web/api/event-streams.ts'
import { Metrics } from '../../src/web/api/metrics.ts'
import { makeApp } from '../../src/web/app.ts'
import { makeAccess } from '../../src/web/auth/access.ts'
import { identify } from '../../src/web/auth/identify.ts'
import { Assets } from '../../src/web/assets.ts'
import type { WebApp } from '../../src/web/env.ts'
import { FeedbackBook } from '../../src/web/feedback/feedback-book.ts'
import { Views } from '../../src/web/i18n/view.ts'
import { DeclaredPorts } from '../../src/web/live/declared-ports.ts'
import type { ServedDomain, ServedDomains } from '../../src/web/live/served-domains.ts'
import { KnownPorts } from '../../src/web/pages/port/known-ports.ts'
import { quickPortPages } from '../../src/web/pages/port/quick-answers.ts'
import { SocketWatch } from '../../src/web/live/socket-watch.ts'
import { HttpServer } from '../../src/web/server.ts'
import type { WebServices } from '../../src/web/services.ts'
import { SCOPES } from '../../src/web/visitor.ts'
import type { Scope, Visitor } from '../../src/web/visitor.ts'
import { openWebStore } from '../../src/web/web-store.ts'
import { atEnd } from './at-end.ts'
import { tempFolder } from './temp-folder.ts'

/** A test, or whatever else closes what it opened. */
export interface Closing {
  readonly after: (end: () => unknown) => void
}

export interface TestWebOptions {
  /** Who asks; null (the default) for one who has not signed in. */
  readonly visitor?: Visitor | null
  /** What listens at first; `machine` reads this machine's own sockets. Default: nothing. */
  readonly sockets?: Sockets | 'machine'
  /** The tags of the domains, the main one first. Default: `local`. */
  readonly tags?: readonly [string, ...string[]]
  /** Milliseconds since 1970. Default: the machine's clock. */
  readonly now?: () => number
}

export interface TestWeb {
  readonly services: WebServices
  readonly app: WebApp
  /** The main domain: empty but for its master. */
  readonly domain: Domain
  /** What goes to the log, each event with its fields. */
  readonly logged: readonly { readonly event: string; readonly fields: Readonly<Record<string, unknown>> }[]
  /** What listens from now on. */
  readonly showSockets: (sockets: Sockets) => void
  /** Who asks now, as the test says. */
  readonly visitor: () => Visitor | null
  /** Who asks from now on. */
  readonly signIn: (visitor: Visitor | null) => void
}

export interface TestSite extends TestWeb {
  /** `http://127.0.0.1:40123`. */
  readonly origin: string
}

export const NO_SOCKETS: Sockets = { listeners: [], connections: [], notes: [] }
/** A reading is as new as this, in ms, but for what the test shows: that is seen at once. */
const INTERVAL_MS = 50

let opened: { readonly registry: Registry; readonly lore: LoreBook; readonly assets: Assets } | null = null

/** Everything that `makeApp` wants, and the application itself; all is closed at the end of the test. */
export async function makeTestWeb(context: Closing, options: TestWebOptions = {}): Promise<TestWeb> {
  return makeWeb(context, options, () => 'http://127.0.0.1:9730')
}

/** The same on a port of 127.0.0.1. */
export async function startTestSite(context: Closing, options: TestWebOptions = {}): Promise<TestSite> {
  let origin = ''
  const web = await makeWeb(context, options, () => origin)
  const quick = quickPortPages(web.services)
  const server = await HttpServer.listen(web.app, {
    at: { host: '127.0.0.1', port: 0 },
    // A visitor of a test has no cookie by which they could be told.
    quick: (request, response) => web.visitor() === null && quick(request, response),
  })
  atEnd(context, () => server.close())
  origin = `http://127.0.0.1:${server.port}`
  return { ...web, origin }
}

async function makeWeb(context: Closing, options: TestWebOptions, originOf: () => string): Promise<TestWeb> {
  opened ??= { registry: openRegistry({}).registry, lore: openLore(), assets: Assets.open() }
  const { registry, lore, assets } = opened
  const now = options.now ?? Date.now
  const folder = tempFolder(context)
  const { domains, main } = await openDomains(context, folder, options.tags ?? ['local'])
  const store = openWebStore(folder)
  atEnd(context, () => store.close())
  let shown = options.sockets ?? NO_SOCKETS
  let shiftMs = 0
  const sockets = new SocketWatch({
    read: () => (shown === 'machine' ? readSockets({ connections: true }) : Promise.resolve(shown)),
    // What is shown anew is seen at once: the last reading counts as old from then on.
    now: () => now() + shiftMs,
    onError: (error) => {
      throw error
    },
    intervalMs: INTERVAL_MS,
  })
  atEnd(context, () => sockets.close())
  const logged: { event: string; fields: Readonly<Record<string, unknown>> }[] = []
  const log = (_level: string, event: string, fields: Readonly<Record<string, unknown>> = {}): void =>
    void logged.push({ event, fields })
  const access = makeAccess({ store, domains, log, now, reach: { host: '127.0.0.1' }, operator: 'operator' })
  atEnd(context, () => access.close())
  const streams = new EventStreams({
    onError: (error) => {
      throw error
    },
  })
  atEnd(context, () => streams.close())
  let visitor = options.visitor ?? null
  const services: WebServices = {
    frame: {
      get origin() {
        return originOf()
      },
      version: '0.0.0-test',
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
    feedback: new FeedbackBook(store, now),
    known: new KnownPorts(registry, lore),
    metrics: new Metrics(),
    log,
    now,
    access,
    streams,
    identify: (c) => visitor ?? identify(c, access),
  }
  return {
    services,
    app: makeApp(services),
    domain: main,
    logged,
    showSockets: (next) => {
      shown = next
      shiftMs += INTERVAL_MS
    },
    visitor: () => visitor,
    signIn: (next) => {
      visitor = next
    },
  }
}

async function openDomains(
  context: Closing,
  path: string,
  tags: readonly string[],
): Promise<{ readonly domains: ServedDomains; readonly main: Domain }> {
  const folder = new DataFolder(path)
  const all: ServedDomain[] = []
  for (const tag of tags) {
    const domain = await folder.open(tag)
    atEnd(context, () => domain.close())
    await furnish(domain, { hostName: 'ada', addresses: ['127.0.0.1'], tag })
    all.push({ tag, domain, isMaster: true })
  }
  const [main] = all
  if (main === undefined) throw new Error('a site has at least one domain')
  const domains = { main: () => main, get: (tag: string) => all.find((each) => each.tag === tag), all: () => all }
  return { domains, main: main.domain }
}

/** A visitor who may do everything, or what is named. */
export function visitorWith(scopes: readonly Scope[] = SCOPES, name = 'ada'): Visitor {
  return { name, caller: { ...SYSTEM_CALLER, name }, scopes: new Set(scopes), csrf: 'csrf-of-the-test' }
}

/** A listener of which only what matters is said. */
export function listenerOf(port: number, named: Partial<Listener> & { readonly name?: string } = {}): Listener {
  const { name = 'named', ...rest } = named
  const process: ProcessInfo = { pid: 4242, name, user: 'ada', command: name, ...UNKNOWN_DETAILS }
  return {
    transport: 'tcp',
    address: '127.0.0.1',
    port,
    process,
    holders: [process.pid],
    unseen: null,
    socketUser: 'ada',
    namespace: null,
    reach: 'machine',
    ...rest,
  }
}
