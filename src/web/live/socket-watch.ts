/**
 * This machine's sockets as the pages see them: read when somebody asks, at most once a second, and again each second while
 * somebody watches.
 */
import type { Connection, Listener, Sockets } from '../../listeners/index.ts'

export interface SocketSnapshot {
  readonly sockets: Sockets
  /** Milliseconds since 1970. */
  readonly takenAtMs: number
  /** Counts the changes of the set of listeners: equal versions, equal listeners. */
  readonly version: number
  readonly listenersOn: (port: number) => readonly Listener[]
  /** Those with the port at either end. */
  readonly connectionsOn: (port: number) => readonly Connection[]
}

export type SnapshotListener = (snapshot: SocketSnapshot) => void

export interface SocketWatchOptions {
  readonly read: () => Promise<Sockets>
  readonly now: () => number
  /** Told when a reading in the background fails; who asks for one gets the error itself. */
  readonly onError: (error: unknown) => void
  readonly intervalMs?: number
}

const INTERVAL_MS = 1000

export class SocketWatch {
  readonly #options: SocketWatchOptions
  readonly #intervalMs: number
  readonly #watchers: Set<SnapshotListener> = new Set()
  #last: SocketSnapshot | null = null
  #lastKey = ''
  #underWay: Promise<SocketSnapshot> | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(options: SocketWatchOptions) {
    this.#options = options
    this.#intervalMs = options.intervalMs ?? INTERVAL_MS
  }

  /**
   * A snapshot that is at most a second old.
   * @throws what the reader throws
   */
  async current(): Promise<SocketSnapshot> {
    const last = this.#last
    if (last !== null && this.#options.now() - last.takenAtMs < this.#intervalMs) return last
    return this.#read()
  }

  /** The last snapshot, however old; null before the first. */
  get last(): SocketSnapshot | null {
    return this.#last
  }

  /** Calls back after each reading, a second apart, until the returned function is called. */
  watch(listener: SnapshotListener): () => void {
    this.#watchers.add(listener)
    this.#timer ??= setInterval(() => void this.#read().catch((error: unknown) => this.#tell(error)), this.#intervalMs)
    return () => {
      this.#watchers.delete(listener)
      if (this.#watchers.size === 0) this.#stop()
    }
  }

  close(): void {
    this.#watchers.clear()
    this.#stop()
  }

  /** A reading that was under way when the last watcher went fails for nobody. */
  #tell(error: unknown): void {
    if (this.#watchers.size > 0) this.#options.onError(error)
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** However many ask at once, the tables are read once. */
  #read(): Promise<SocketSnapshot> {
    this.#underWay ??= this.#readNow().finally(() => {
      this.#underWay = null
    })
    return this.#underWay
  }

  async #readNow(): Promise<SocketSnapshot> {
    const sockets = await this.#options.read()
    const key = sockets.listeners.map(keyOf).join('\n')
    const version = (this.#last?.version ?? 0) + (key === this.#lastKey ? 0 : 1)
    this.#lastKey = key
    const snapshot = makeSnapshot(sockets, this.#options.now(), version)
    this.#last = snapshot
    for (const watcher of this.#watchers) watcher(snapshot)
    return snapshot
  }
}

/** What tells one listener from another, and a process from its successor. */
export function keyOf({ transport, address, port, process, namespace }: Listener): string {
  return `${transport} ${address} ${port} ${namespace ?? ''} ${process?.pid ?? ''} ${process?.startedAt ?? ''}`
}

function makeSnapshot(sockets: Sockets, takenAtMs: number, version: number): SocketSnapshot {
  const byPort = Map.groupBy(sockets.listeners, ({ port }) => port)
  let connections: Map<number, Connection[]> | null = null
  return {
    sockets,
    takenAtMs,
    version,
    listenersOn: (port) => byPort.get(port) ?? [],
    connectionsOn: (port) => {
      connections ??= connectionsByPort(sockets.connections)
      return connections.get(port) ?? []
    },
  }
}

function connectionsByPort(connections: readonly Connection[]): Map<number, Connection[]> {
  const found = new Map<number, Connection[]>()
  for (const each of connections) {
    for (const port of new Set([each.port, each.remotePort])) {
      const known = found.get(port)
      if (known === undefined) found.set(port, [each])
      else known.push(each)
    }
  }
  return found
}
