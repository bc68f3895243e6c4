/** What the page of the listeners sends to its island; both import it, so it has nothing of Node. */
import type { REACHES } from '../../live/reaches.ts'

export interface ListenerRow {
  /** Tells it from all others, and from who listens there later. */
  readonly id: string
  readonly port: number
  readonly transport: 'tcp' | 'udp'
  readonly address: string
  /** What the port is for; empty where nothing is known. */
  readonly service: string
  /** Null where the user who runs this server may not see it. */
  readonly process: string | null
  readonly pid: number | null
  readonly command: string | null
  readonly user: string | null
  /** Milliseconds since 1970. */
  readonly startedMs: number | null
  readonly reach: (typeof REACHES)[number]
  readonly isDeclared: boolean
  /** TCP connections that somebody has to it. */
  readonly connections: number
}

/** What the island says, in the page's language: it has no messages of its own. */
export interface ListenerWords {
  /** For `Intl` in the browser, with the digits of the page. */
  readonly locale: string
  readonly reach: Readonly<Record<string, string>>
  readonly declared: string
  readonly undeclared: string
  readonly unseen: string
  /** With `{pid}`, `{shown}`, `{all}`, `{port}`, `{transport}`, `{address}` to be filled in. */
  readonly pid: string
  readonly count: string
  readonly countOf: string
  readonly details: string
  readonly live: string
  readonly lost: string
  readonly pause: string
  readonly resume: string
  readonly added: string
  readonly gone: string
  readonly spark: string
}
