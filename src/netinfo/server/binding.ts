/**
 * RPARENT (protocol.md §7.2): who serves the parent of this domain?
 *
 * The answer is kept for as long as that server answers; that there is none is kept for ten minutes. A search asks servers that
 * can be asked directly, then sends BIND by way of portmappers, which reaches unknown ones by broadcast. It may take half a
 * minute, longer than a client waits: until it ends, callers are told after a few seconds that nobody responds yet, and ask again.
 */
import { isIPv4 } from 'node:net'
import { STATUS } from '../../directory/index.ts'
import type { Binding } from '../handle.ts'
import { candidatesOf, requestsOf } from './binding-candidates.ts'
import type { BindRequest, Candidate, NetworkInterface } from './binding-candidates.ts'
import type { Machines } from './machines.ts'
import { bindingsOf } from './machines.ts'
import type { Timers } from './timers.ts'
import type { Tunables } from './tunables.ts'

/** What a search does on the network. */
export interface BindingNetwork {
  readonly interfaces: () => readonly NetworkInterface[]
  /** Whether a server answers: GETREGISTER at its binder, then a PING, over UDP, within 2 s in all. */
  readonly isAlive: (server: Binding, signal: AbortSignal) => Promise<boolean>
  /**
   * Sends BIND to all of them through their portmappers' CALLIT, up to four times, waiting 0.5 s, 1 s, 2 s and 2 s.
   * @returns the first that agreed, by the address that answered; null when none did
   */
  readonly bind: (requests: readonly BindRequest[], signal: AbortSignal) => Promise<Binding | null>
}

export interface ParentFinderOptions {
  readonly tag: string
  readonly machines: Machines
  readonly tunables: () => Tunables
  readonly network: BindingNetwork
  readonly isOwnAddress: (address: string) => boolean
  readonly timers: Timers
  /** From 0 up to, and without, 1. */
  readonly random: () => number
  /** Overrides `/machines`; an empty list: there is no parent. */
  readonly servers?: readonly Binding[]
}

export type ParentAnswer =
  | { readonly status: typeof STATUS.OK; readonly parent: Binding }
  | { readonly status: typeof STATUS.NETROOT | typeof STATUS.NORESPONSE }

/** As STATISTICS says it; a string where there is no parent now. */
export type BindingState = 'unknown' | 'notResponding' | 'root' | 'forcedRoot' | Binding

const NETROOT_MS = 600_000
/** Within this a parent that answered is not asked again: many clients may ask at once. */
const ALIVE_MS = 1000
/** A client waits 5 s for an answer. */
const PATIENCE_MS = 3500
const NETROOT: ParentAnswer = { status: STATUS.NETROOT }
const NORESPONSE: ParentAnswer = { status: STATUS.NORESPONSE }

/** What a search found, and what it rested on. */
interface Found {
  readonly parent: Binding | null
  readonly atMs: number
  readonly machinesVersion: number
}

export class ParentFinder {
  readonly #options: ParentFinderOptions
  #state: 'unknown' | 'notResponding' | 'found' = 'unknown'
  #found: Found | null = null
  #work: Promise<ParentAnswer> | null = null
  #abort = new AbortController()

  constructor(options: ParentFinderOptions) {
    this.#options = options
  }

  get state(): BindingState {
    if (this.#isForcedRoot()) return 'forcedRoot'
    if (this.#state !== 'found') return this.#state
    return this.#found?.parent ?? 'root'
  }

  /** The parent, NETROOT, or NORESPONSE while the search goes on. */
  async find(): Promise<ParentAnswer> {
    if (this.#isForcedRoot()) return NETROOT
    const known = this.#known()
    if (known !== null) return known
    this.#work ??= this.#start()
    return this.#withPatience(this.#work)
  }

  /** Forgets the parent, or that there is none: the next call searches again. */
  forget(): void {
    this.#abort.abort()
    this.#abort = new AbortController()
    this.#found = null
    this.#work = null
    this.#state = 'unknown'
  }

  close(): void {
    this.forget()
  }

  #isForcedRoot(): boolean {
    return this.#options.tunables().isRoot || this.#options.servers?.length === 0
  }

  #known(): ParentAnswer | null {
    const found = this.#found
    if (found === null) return null
    const ageMs = this.#options.timers.now() - found.atMs
    if (found.parent !== null) return ageMs < ALIVE_MS ? { status: STATUS.OK, parent: found.parent } : null
    // Who was told of new servers shall not wait ten minutes for them.
    const isCurrent = found.machinesVersion === this.#options.machines.version
    return ageMs < NETROOT_MS && isCurrent ? NETROOT : null
  }

  async #start(): Promise<ParentAnswer> {
    const { signal } = this.#abort
    try {
      return await this.#refresh(signal)
    } finally {
      if (!signal.aborted) this.#work = null
    }
  }

  async #withPatience(work: Promise<ParentAnswer>): Promise<ParentAnswer> {
    let cancel = (): void => undefined
    const patience = new Promise<ParentAnswer>((resolve) => {
      cancel = this.#options.timers.after(PATIENCE_MS, () => resolve(NORESPONSE))
    })
    try {
      return await Promise.race([work, patience])
    } finally {
      cancel()
    }
  }

  async #refresh(signal: AbortSignal): Promise<ParentAnswer> {
    const { network, machines, tunables } = this.#options
    const bound = this.#found?.parent ?? null
    if (bound !== null && (await network.isAlive(bound, signal))) return this.#keep(bound, signal)
    if (!signal.aborted) this.#state = 'notResponding'
    const { version } = machines
    for (let round = 0; round < tunables().localBindAttempts && !signal.aborted; round += 1) {
      const candidates = this.#candidates()
      if (candidates.length === 0) break
      const parent = await this.#search(candidates, signal)
      if (parent !== null) return this.#keep(parent, signal, version)
    }
    return this.#keep(null, signal, version)
  }

  #keep(parent: Binding | null, signal: AbortSignal, machinesVersion = this.#options.machines.version): ParentAnswer {
    // What was asked to be forgotten meanwhile is not remembered again.
    if (!signal.aborted) {
      this.#found = { parent, atMs: this.#options.timers.now(), machinesVersion }
      this.#state = 'found'
    }
    return parent === null ? NETROOT : { status: STATUS.OK, parent }
  }

  #candidates(): Candidate[] {
    const { tag, machines, network, isOwnAddress, random, servers } = this.#options
    const interfaces = network.interfaces()
    const named = servers ?? machines.parentServers().flatMap((machine) => bindingsOf(machine, '..'))
    const candidates = candidatesOf({
      servers: named.filter(({ address }) => isIPv4(address)),
      ownTag: tag,
      isOwnAddress,
      interfaces,
      random,
    })
    // Without a network only this machine can be asked.
    const hasNetwork = interfaces.some(({ isLoopback }) => !isLoopback)
    return hasNetwork ? candidates : candidates.filter(({ reach }) => reach === 'own')
  }

  async #search(candidates: readonly Candidate[], signal: AbortSignal): Promise<Binding | null> {
    return (await this.#firstAlive(candidates, signal)) ?? (await this.#firstBound(candidates, signal))
  }

  /** Step 6: a server that can be asked directly is taken even if it has never heard of this client. */
  async #firstAlive(candidates: readonly Candidate[], signal: AbortSignal): Promise<Binding | null> {
    const direct = candidates.filter(({ isBroadcast }) => !isBroadcast)
    for (const reach of ['own', 'attached', 'far'] as const) {
      const asked = direct.filter((candidate) => candidate.reach === reach)
      const alive = await firstOf(asked, ({ server }) => this.#options.network.isAlive(server, signal))
      if (alive !== null) return alive.server
      if (signal.aborted) return null
    }
    return null
  }

  /** Step 7: this machine, then the attached networks with it, then all. */
  async #firstBound(candidates: readonly Candidate[], signal: AbortSignal): Promise<Binding | null> {
    const { network, tag } = this.#options
    let asked = 0
    for (const reaches of [['own'], ['own', 'attached'], ['own', 'attached', 'far']]) {
      const stage = candidates.filter(({ reach }) => reaches.includes(reach))
      if (stage.length === asked) continue
      asked = stage.length
      const parent = await network.bind(requestsOf(stage, network.interfaces(), tag), signal)
      if (parent !== null || signal.aborted) return parent
    }
    return null
  }
}

/** The first of which the test comes true, all being tested at once; null when none does. */
async function firstOf<T>(items: readonly T[], test: (item: T) => Promise<boolean>): Promise<T | null> {
  const tests = items.map(async (item) => {
    if (await test(item)) return item
    throw new Error('no')
  })
  try {
    return await Promise.any(tests)
  } catch {
    return null
  }
}
