/**
 * Server-sent events (the HTML standard, §9.2): streams that take no more than their client reads, are bounded in number, and end
 * with the server.
 *
 * A stream asks its feed for what is new whenever the client has taken what was sent. A slow client so costs nothing: it gets
 * fewer and larger events.
 */
import { ClientCounts } from '../client-counts.ts'
import type { WebContext } from '../env.ts'
import { Problem } from './problem.ts'

export interface ServerEvent {
  readonly event: string
  /** Where to go on from when the connection breaks: the client sends the last one as Last-Event-ID. */
  readonly id: string
  readonly data: unknown
}

export interface EventFeed {
  /** What is new since it was last asked; empty where nothing is. */
  readonly next: () => readonly ServerEvent[]
  /** Calls back when something may be new, until the returned function is called. */
  readonly watch: (wake: () => void) => () => void
}

/** A browser opens a stream a tab; more than these are no person's. */
const PER_CLIENT_MAX = 12
/** Each holds a connection, of which there are 4096. */
const STREAMS_MAX = 1024
/** Shorter than the 60 s for which proxies let a connection rest (nginx's proxy_read_timeout). */
const HEARTBEAT_MS = 15_000
/** For a client to wait before it connects again, in ms. */
const RETRY_MS = 2000

export interface EventStreamsOptions {
  readonly heartbeatMs?: number
  readonly onError: (error: unknown) => void
}

export class EventStreams {
  readonly #heartbeatMs: number
  readonly #onError: (error: unknown) => void
  readonly #clients: ClientCounts = new ClientCounts(PER_CLIENT_MAX)
  readonly #streams: Set<EventStream> = new Set()
  #isClosed: boolean = false

  constructor({ heartbeatMs = HEARTBEAT_MS, onError }: EventStreamsOptions) {
    this.#heartbeatMs = heartbeatMs
    this.#onError = onError
  }

  /** How many are open. */
  get size(): number {
    return this.#streams.size
  }

  /**
   * Answers with the events of a feed, until the client goes or the server closes.
   * @throws Problem too-many, unavailable
   */
  open(c: WebContext, client: string, feed: EventFeed): Response {
    if (this.#isClosed) throw new Problem('unavailable', 'The server is about to end.')
    const headers = {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that collect an answer before they pass it on (nginx) let this one through.
      'x-accel-buffering': 'no',
    }
    if (c.req.method === 'HEAD') return c.body(null, 200, headers)
    if (this.size >= STREAMS_MAX) throw tooMany(`There are ${STREAMS_MAX} event streams already.`)
    if (!this.#clients.take(client)) throw tooMany(`There are ${PER_CLIENT_MAX} event streams to ${client} already.`)
    return c.body(this.#stream(client, feed), 200, headers)
  }

  /** Ends all of them. */
  close(): void {
    this.#isClosed = true
    for (const stream of this.#streams) stream.end()
  }

  #stream(client: string, feed: EventFeed): ReadableStream<Uint8Array> {
    const stream = new EventStream(feed, this.#onError, () => {
      this.#streams.delete(stream)
      this.#clients.giveBack(client)
    })
    this.#streams.add(stream)
    return stream.open(this.#heartbeatMs)
  }
}

function tooMany(detail: string): Problem {
  return new Problem('too-many', detail, { hint: 'Close one of them, or wait.', headers: { 'retry-after': '30' } })
}

/** One stream; it ends once, whoever ends it. */
class EventStream {
  readonly #feed: EventFeed
  readonly #onError: (error: unknown) => void
  readonly #onEnd: () => void
  readonly #encoder = new TextEncoder()
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null
  #unwatch: () => void = () => {}
  #timer: NodeJS.Timeout | undefined

  constructor(feed: EventFeed, onError: (error: unknown) => void, onEnd: () => void) {
    this.#feed = feed
    this.#onError = onError
    this.#onEnd = onEnd
  }

  open(heartbeatMs: number): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller
        this.#unwatch = this.#feed.watch(() => this.#send())
        this.#timer = setInterval(() => {
          if (this.#isWanted()) this.#write(': here\n\n')
        }, heartbeatMs)
        this.#write(`retry: ${RETRY_MS}\n\n`)
      },
      pull: () => this.#send(),
      cancel: () => this.#forget(),
    })
  }

  end(): void {
    const controller = this.#controller
    this.#forget()
    controller?.close()
  }

  #forget(): void {
    if (this.#controller === null) return
    this.#controller = null
    clearInterval(this.#timer)
    this.#unwatch()
    this.#onEnd()
  }

  /** Whether the client has taken all that was sent. */
  #isWanted(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0
  }

  #write(text: string): void {
    this.#controller?.enqueue(this.#encoder.encode(text))
  }

  #send(): void {
    if (!this.#isWanted()) return
    try {
      const events = this.#feed.next()
      if (events.length > 0) this.#write(events.map(eventText).join(''))
    } catch (error) {
      this.#onError(error)
      this.end()
    }
  }
}

/** JSON has no line break in it, and our ids none either. */
function eventText({ event, id, data }: ServerEvent): string {
  return `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`
}
