/** What the pages and the API are made from: one of each for a running server, given to every part of the site. */
import type { Log } from '../core/index.ts'
import type { LoreBook, Registry } from '../registry/index.ts'
import type { Store } from '../store/index.ts'
import type { EventStreams } from './api/event-streams.ts'
import type { Metrics } from './api/metrics.ts'
import type { Access } from './auth/access.ts'
import type { WebContext } from './env.ts'
import type { FeedbackBook } from './feedback/feedback-book.ts'
import type { Frame } from './frame.ts'
import type { Views } from './i18n/view.ts'
import type { DeclaredPorts } from './live/declared-ports.ts'
import type { ServedDomains } from './live/served-domains.ts'
import type { SocketWatch } from './live/socket-watch.ts'
import type { KnownPorts } from './pages/port/known-ports.ts'
import type { Visitor } from './visitor.ts'

export interface WebServices {
  readonly frame: Frame
  readonly views: Views
  readonly registry: Registry
  readonly lore: LoreBook
  readonly sockets: SocketWatch
  readonly domains: ServedDomains
  /** The ports that those declare. */
  readonly declared: DeclaredPorts
  /** What the site itself keeps; web-store.ts tells whose keys begin how. */
  readonly store: Store
  /** What visitors said of pages. */
  readonly feedback: FeedbackBook
  /** Of which ports something is known; its list is made once. */
  readonly known: KnownPorts
  /** Counts of what was answered. */
  readonly metrics: Metrics
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Sessions, tokens, limits, and how the site is reached. */
  readonly access: Access
  /** All streams of events: bounded together, for each client. They end when the server is about to. */
  readonly streams: EventStreams
  /** Who makes a request; null where they have not signed in. */
  readonly identify: (c: WebContext) => Visitor | null | Promise<Visitor | null>
}
