/**
 * How often a client may ask: a bucket of tokens for each kind of request and each client address, which fills up again with time.
 *
 * Pages are cheap and get plenty. What costs more (looking through all names, asking other hosts, checking a password, writing) gets
 * less. A request that came by no socket is the program's own, and is not counted.
 */
import { BoundedMap } from '../bounded-map.ts'

export interface Rate {
  /** How many at once after a pause. */
  readonly burst: number
  readonly perSecond: number
}

const RATE_KINDS = ['page', 'search', 'write', 'feedback', 'probe', 'signIn'] as const
export type RateKind = (typeof RATE_KINDS)[number]

const RATES: Readonly<Record<RateKind, Rate>> = {
  /** A page brings some ten files with it, when the browser has none of them yet. */
  page: { burst: 600, perSecond: 60 },
  /** Somebody types ten letters a second. */
  search: { burst: 100, perSecond: 20 },
  /** Forms and a program that imports. */
  write: { burst: 200, perSecond: 20 },
  /** Faces under pages, and doubts about them. */
  feedback: { burst: 30, perSecond: 0.5 },
  probe: { burst: 10, perSecond: 0.2 },
  signIn: { burst: 30, perSecond: 0.5 },
}

interface Bucket {
  readonly tokens: number
  readonly atMs: number
}

/** Buckets remembered of each kind: 1 MB. One that is forgotten was the one used longest ago, and is full again. */
const BUCKETS_MAX = 10_000

export class RateLimits {
  readonly #now: () => number
  readonly #rates: Readonly<Record<RateKind, Rate>>
  readonly #buckets = new Map(RATE_KINDS.map((kind) => [kind, new BoundedMap<Bucket>(BUCKETS_MAX)]))

  constructor(now: () => number, rates: Partial<Record<RateKind, Rate>> = {}) {
    this.#now = now
    this.#rates = { ...RATES, ...rates }
  }

  /** Takes a token. @returns 0, or after how many seconds there will be one */
  take(kind: RateKind, client: string): number {
    const { burst, perSecond } = this.#rates[kind]
    const buckets = this.#buckets.get(kind)
    const nowMs = this.#now()
    const { tokens, atMs } = buckets?.get(client) ?? { tokens: burst, atMs: nowMs }
    const filled = Math.min(tokens + (Math.max(nowMs - atMs, 0) / 1000) * perSecond, burst)
    if (filled < 1) return Math.max(Math.ceil((1 - filled) / perSecond), 1)
    buckets?.set(client, { tokens: filled - 1, atMs: nowMs })
    return 0
  }
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** What kind a request is, by its method and its path without language. */
export function rateKindOf(method: string, path: string): RateKind {
  if (/^\/(?:search|api\/v1\/search)(?:\/|$)/.test(path)) return 'search'
  if (path === '/sign-in') return READS.has(method) ? 'page' : 'signIn'
  if (READS.has(method)) return 'page'
  if (path.endsWith('/feedback')) return 'feedback'
  if (/^\/(?:api\/v1\/)?probe(?:\/|$)/.test(path)) return 'probe'
  return 'write'
}
