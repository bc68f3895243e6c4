/**
 * Slows guessing down without letting one visitor lock another out.
 *
 * Wrong passwords are counted for each pair of user and client, and for each client; never for a user alone, since then anybody
 * could keep a user out. Beyond a few, the next try has to wait: a second, then twice as long each time. An attempt counts as wrong
 * while it is under way, so that a thousand at once are no way around.
 */
import { BoundedMap } from '../bounded-map.ts'

export interface AttemptRules {
  /** Wrong ones that cost nothing. */
  readonly free: number
  readonly waitMaxMs: number
}

/** A user who has forgotten which of five passwords it was waits not at all. */
const OF_PAIR: AttemptRules = { free: 5, waitMaxMs: 15 * 60_000 }
/** Many users may share one address; together they wait a minute at most. */
const OF_CLIENT: AttemptRules = { free: 20, waitMaxMs: 60_000 }
const FIRST_WAIT_MS = 1000
/** One wrong password is forgotten in this time after the last. */
const FORGET_MS = 5 * 60_000
/** Beyond this the wait is the longest anyway. */
const WRONG_MAX = 40
/** Of each map: 1 MB. */
const REMEMBERED_MAX = 10_000

interface Wrong {
  readonly count: number
  readonly atMs: number
}

export class Attempts {
  readonly #now: () => number
  readonly #pairs = new BoundedMap<Wrong>(REMEMBERED_MAX)
  readonly #clients = new BoundedMap<Wrong>(REMEMBERED_MAX)

  constructor(now: () => number) {
    this.#now = now
  }

  /** How long a client has to wait before its next try for a user, in ms. */
  waitMs(client: string, user: string): number {
    return Math.max(
      this.#waitOf(this.#pairs.get(pairOf(client, user)), OF_PAIR),
      this.#waitOf(this.#clients.get(client), OF_CLIENT),
    )
  }

  /** Counts a wrong one, in advance. @returns what takes it back when it was right */
  begin(client: string, user: string): () => void {
    const pair = pairOf(client, user)
    this.#add(this.#pairs, pair)
    this.#add(this.#clients, client)
    return () => {
      this.#pairs.delete(pair)
      const wrong = this.#clients.get(client)
      if (wrong !== undefined) this.#clients.set(client, { ...wrong, count: Math.max(wrong.count - 1, 0) })
    }
  }

  #add(map: BoundedMap<Wrong>, key: string): void {
    map.set(key, { count: Math.min(this.#countOf(map.get(key)) + 1, WRONG_MAX), atMs: this.#now() })
  }

  #countOf(wrong: Wrong | undefined): number {
    if (wrong === undefined) return 0
    return Math.max(wrong.count - Math.floor((this.#now() - wrong.atMs) / FORGET_MS), 0)
  }

  #waitOf(wrong: Wrong | undefined, { free, waitMaxMs }: AttemptRules): number {
    const count = this.#countOf(wrong)
    if (wrong === undefined || count < free) return 0
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (count - free), waitMaxMs)
    return Math.max(wrong.atMs + waitMs - this.#now(), 0)
  }
}

function pairOf(client: string, user: string): string {
  return `${client} ${user}`
}
