/**
 * The master's side of replication (protocol.md §9): each write goes to every clone that `/machines` lists.
 *
 * Updates wait for the latency, so that many writes cost few connections; then up to `subthreads` clones are served at once. A clone
 * that fails is sent a RESYNC after a while, at first after 5 s, as it cannot know what it missed; and every clone is sent one every
 * `cleanup_wait`. A domain without clones has no queue and no timer.
 */
import type { WriteOperation, WriteResult } from '../../directory/index.ts'
import type { Binding } from '../handle.ts'
import { CloneLink } from './clone-link.ts'
import type { DomainView } from './domain-view.ts'
import { bindingsOf } from './machines.ts'
import type { Machines } from './machines.ts'
import type { ConnectReplica, OnReplicationEvent, ReplicaConnection } from './replica-connection.ts'
import type { OwnServer } from './server-role.ts'
import { Slots } from './slots.ts'
import type { Timers } from './timers.ts'
import type { Tunables } from './tunables.ts'

export interface MasterOptions {
  readonly domain: DomainView
  readonly machines: Machines
  readonly own: OwnServer
  readonly tunables: () => Tunables
  readonly connect: ConnectReplica
  readonly timers: Timers
  readonly onEvent: OnReplicationEvent
}

const SECOND_MS = 1000
const MINUTE_MS = 60_000
/** How long a clone that failed is left alone: at first, and at most; doubled in between. */
const RETRY_MS = { first: 5000, max: 60_000 }
/** How long the clones may take for what they are owed when the master ends. */
const STOP_MS = 5000
const DOUBLINGS_MAX = 16
/** What a small object takes in V8, roughly. */
const OBJECT_BYTES = 64

type Cancel = () => void

export class Master {
  readonly #options: MasterOptions
  readonly #slots: Slots
  readonly #links = new Map<string, CloneLink>()
  readonly #retries = new Map<CloneLink, Cancel>()
  readonly #work = new Set<Promise<void>>()
  /** Clones that wait for a RESYNC: who asks for many causes one. */
  readonly #greeted = new Set<CloneLink>()
  readonly #abort = new AbortController()
  #machinesVersion = -1
  #flushTimer: Cancel | null = null
  #cleanup: { readonly cancel: Cancel; readonly atMs: number } | null = null
  #stopListening: Cancel | null = null

  constructor(options: MasterOptions) {
    this.#options = options
    this.#slots = new Slots(() => Math.max(options.tunables().subthreads, 1))
  }

  /** Begins to send, and tells every clone that the master is back (CRASHED). */
  start(): void {
    this.#stopListening = this.#options.domain.onWrite((operation, result) => this.#add(operation, result))
    this.#updateLinks((link) => this.#greet(link, async (clone) => clone.crashed(this.#options.domain.checksum())))
  }

  /** Sends what is queued, and ends: within 5 s, whatever the clones do. */
  async stop(): Promise<void> {
    this.#stopListening?.()
    this.#stopListening = null
    this.#cancelTimers()
    this.#flush()
    const cancel = this.#options.timers.after(STOP_MS, () => this.#abort.abort())
    await Promise.all(this.#work)
    cancel()
    this.#cancelTimers()
    for (const link of this.#links.values()) link.close()
    this.#links.clear()
  }

  get cloneCount(): number {
    return this.#currentLinks().length
  }

  /** Updates that some clone is still owed. */
  get pending(): number {
    return Math.max(0, ...[...this.#links.values()].map((link) => link.pending))
  }

  /** Clones being served now. */
  get senders(): number {
    return this.#slots.taken
  }

  /** Minutes until the next RESYNC to all; -1 where none is to come. */
  get cleanupMinutesLeft(): number {
    if (this.#cleanup === null) return -1
    return Math.max(0, Math.ceil((this.#cleanup.atMs - this.#options.timers.now()) / MINUTE_MS))
  }

  /** RESYNC: asks every clone to compare. */
  resync(): void {
    this.#armCleanup(true)
    for (const link of this.#currentLinks()) this.#resyncLink(link)
  }

  /** The clones at an address: a host may serve a domain under two tags. */
  clonesAt(address: string): readonly CloneLink[] {
    return this.#currentLinks().filter((link) => link.addresses.includes(address))
  }

  /** Sends what is queued without waiting for the latency. */
  flush(): void {
    this.#flush()
  }

  #add(operation: WriteOperation, result: WriteResult): void {
    const links = this.#currentLinks()
    if (links.length === 0) return
    const canonical: WriteOperation =
      operation.kind === 'create' && result.child !== undefined ? { ...operation, target: result.child } : operation
    const update = { operation: canonical, revision: result.revision, sizeBytes: sizeOf(canonical) }
    for (const link of links) if (!link.add(update)) this.#failed(link, 'too many updates wait')
    this.#armFlush()
  }

  #currentLinks(): readonly CloneLink[] {
    if (this.#stopListening !== null && this.#machinesVersion !== this.#options.machines.version)
      this.#updateLinks((link) => this.#resyncLink(link))
    return [...this.#links.values()]
  }

  /** Makes the links what `/machines` lists; a new clone is greeted. */
  #updateLinks(greet: (link: CloneLink) => void): void {
    const { machines, own } = this.#options
    this.#machinesVersion = machines.version
    const listed = new Map<string, CloneLink>()
    for (const machine of machines.servers()) {
      const isHere = machine.addresses.some(own.isOwnAddress)
      for (const server of bindingsOf(machine, '.'))
        if (!isHere || server.tag !== own.tag)
          listed.set([...machine.addresses, server.tag].join('/'), this.#linkTo(server, machine.addresses))
    }
    for (const [key, link] of this.#links) if (!listed.has(key)) this.#drop(key, link)
    for (const [key, link] of listed) {
      if (this.#links.has(key)) continue
      this.#links.set(key, link)
      greet(link)
    }
    this.#armCleanup(false)
  }

  #linkTo(server: Binding, addresses: readonly string[]): CloneLink {
    return new CloneLink(server, addresses, async () => this.#options.connect(server, this.#abort.signal))
  }

  #drop(key: string, link: CloneLink): void {
    this.#links.delete(key)
    this.#cancelRetry(link)
    link.close()
  }

  #armFlush(): void {
    if (this.#flushTimer !== null || this.#stopListening === null) return
    if (![...this.#links.values()].some((link) => link.isReady)) return
    const latencyMs = this.#options.tunables().updateLatencySeconds * SECOND_MS
    this.#flushTimer = this.#options.timers.after(latencyMs, () => this.#flush())
  }

  #flush(): void {
    this.#flushTimer?.()
    this.#flushTimer = null
    for (const link of this.#links.values()) if (link.isReady) this.#do(link, () => link.send())
  }

  #greet(link: CloneLink, say: (connection: ReplicaConnection) => Promise<void>): void {
    this.#cancelRetry(link)
    if (this.#greeted.has(link)) return
    this.#greeted.add(link)
    this.#do(link, async () => {
      this.#greeted.delete(link)
      const reason = await link.greet(say)
      if (reason === null) this.#options.onEvent({ event: 'clone-current', server: link.server })
      return reason
    })
  }

  #resyncLink(link: CloneLink): void {
    this.#greet(link, async (clone) => clone.resync())
  }

  #do(link: CloneLink, talk: () => Promise<string | null>): void {
    const work = this.#slots.use(async () => {
      const reason = await talk()
      if (reason !== null) this.#failed(link, reason)
    })
    const done = work.finally(() => {
      this.#work.delete(done)
      // What came in meanwhile waits for its own latency.
      this.#armFlush()
    })
    this.#work.add(done)
  }

  #failed(link: CloneLink, reason: string): void {
    // Who was taken from /machines is not waited for.
    if (![...this.#links.values()].includes(link)) return
    this.#options.onEvent({ event: 'clone-failed', server: link.server, reason })
    if (this.#stopListening === null) return
    const waitMs = Math.min(RETRY_MS.first * 2 ** Math.min(link.failures - 1, DOUBLINGS_MAX), RETRY_MS.max)
    this.#cancelRetry(link)
    this.#retries.set(
      link,
      this.#options.timers.after(waitMs, () => {
        this.#retries.delete(link)
        // It may have asked for a copy by itself.
        if (link.isFailed) this.#resyncLink(link)
      }),
    )
  }

  #cancelRetry(link: CloneLink): void {
    this.#retries.get(link)?.()
    this.#retries.delete(link)
  }

  #armCleanup(isAnew: boolean): void {
    if (this.#cleanup !== null && (isAnew || this.#links.size === 0)) {
      this.#cleanup.cancel()
      this.#cleanup = null
    }
    if (this.#cleanup !== null || this.#links.size === 0 || this.#stopListening === null) return
    const waitMs = this.#options.tunables().cleanupWaitSeconds * SECOND_MS
    this.#cleanup = {
      cancel: this.#options.timers.after(waitMs, () => this.resync()),
      atMs: this.#options.timers.now() + waitMs,
    }
  }

  #cancelTimers(): void {
    this.#flushTimer?.()
    this.#flushTimer = null
    this.#cleanup?.cancel()
    this.#cleanup = null
    for (const cancel of this.#retries.values()) cancel()
    this.#retries.clear()
  }
}

/** About how many bytes an operation takes: its texts, and as much again for each as an object takes. */
function sizeOf(operation: WriteOperation): number {
  switch (operation.kind) {
    case 'create':
    case 'write':
      return sum(operation.properties.map(({ name, values }) => sizeOfTexts([name, ...values])))
    case 'createProperty':
      return sizeOfTexts([operation.property.name, ...operation.property.values])
    case 'writeProperty':
      return sizeOfTexts(operation.values)
    case 'renameProperty':
      return sizeOfTexts([operation.name])
    case 'createValue':
    case 'writeValue':
      return sizeOfTexts([operation.value])
    default:
      return OBJECT_BYTES
  }
}

function sizeOfTexts(texts: readonly string[]): number {
  return sum(texts.map((text) => text.length + OBJECT_BYTES))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, OBJECT_BYTES)
}
