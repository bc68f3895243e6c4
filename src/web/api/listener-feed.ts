/**
 * What listens on this machine as it changes: worked out once for all who follow, and kept for a while, so that who was cut off goes
 * on where they were.
 */
import { randomBytes } from 'node:crypto'
import type { Listener } from '../../listeners/index.ts'
import { keyOf } from '../live/socket-watch.ts'
import type { SocketSnapshot, SocketWatch } from '../live/socket-watch.ts'
import type { EventFeed, ServerEvent } from './event-streams.ts'

export interface ListenerChange {
  readonly version: number
  readonly added: readonly Listener[]
  readonly removed: readonly Listener[]
  readonly changed: readonly Listener[]
}

/** Changes kept: one a second at most, so some minutes of a busy machine. */
const CHANGES_MAX = 256

export class ListenerFeed {
  readonly #sockets: SocketWatch
  /** Versions of another run of the server mean nothing to this one. */
  readonly #run: string = randomBytes(6).toString('base64url')
  readonly #wakes: Set<() => void> = new Set()
  readonly #changes: ListenerChange[] = []
  #known: ReadonlyMap<string, { readonly listener: Listener; readonly json: string }> = new Map()
  #version: number = 0
  #unwatch: (() => void) | null = null

  constructor(sockets: SocketWatch) {
    this.#sockets = sockets
  }

  /**
   * Begins with what is there, or goes on after the event of an id where that is not too long ago.
   * @throws what the reader of sockets throws
   */
  async follow(lastId: string | undefined): Promise<EventFeed> {
    this.#take(await this.#sockets.current())
    let sent = this.#versionOf(lastId)
    return {
      next: () => {
        const events = this.#eventsSince(sent)
        sent = this.#version
        return events
      },
      watch: (wake) => this.#watch(wake),
    }
  }

  #watch(wake: () => void): () => void {
    this.#wakes.add(wake)
    this.#unwatch ??= this.#sockets.watch((snapshot) => this.#take(snapshot))
    return () => {
      this.#wakes.delete(wake)
      if (this.#wakes.size > 0) return
      this.#unwatch?.()
      this.#unwatch = null
    }
  }

  #versionOf(id: string | undefined): number | null {
    const [run, version = ''] = (id ?? '').split(':')
    return run === this.#run && /^\d{1,15}$/.test(version) ? Number(version) : null
  }

  #eventsSince(sent: number | null): readonly ServerEvent[] {
    if (sent === this.#version) return []
    const first = this.#changes[0]?.version ?? this.#version + 1
    const id = `${this.#run}:${this.#version}`
    if (sent === null || sent > this.#version || sent + 1 < first)
      return [{ event: 'snapshot', id, data: { listeners: [...this.#known.values()].map(({ listener }) => listener) } }]
    return this.#changes
      .filter(({ version }) => version > sent)
      .map(({ version, ...data }) => ({ event: 'change', id: `${this.#run}:${version}`, data }))
  }

  #take({ sockets }: SocketSnapshot): void {
    const before = this.#known
    const after = new Map(
      sockets.listeners.map((listener) => [keyOf(listener), { listener, json: JSON.stringify(listener) }]),
    )
    const added = [...after].filter(([key]) => !before.has(key)).map(([, { listener }]) => listener)
    const removed = [...before].filter(([key]) => !after.has(key)).map(([, { listener }]) => listener)
    const changed = [...after]
      .filter(([key, { json }]) => before.has(key) && before.get(key)?.json !== json)
      .map(([, { listener }]) => listener)
    this.#known = after
    if (this.#version > 0 && added.length + removed.length + changed.length === 0) return
    this.#version += 1
    // The first is no change, but the beginning.
    if (this.#version > 1) this.#changes.push({ version: this.#version, added, removed, changed })
    if (this.#changes.length > CHANGES_MAX) this.#changes.shift()
    for (const wake of this.#wakes) wake()
  }
}
