/**
 * A server's part in the replication of its domain: master or clone, as the domain's own data say (protocol.md §9).
 *
 * An administrator promotes a clone by changing the root property `master`. Where the change comes in, as a write, an update or with
 * a copy, the server changes its part without a restart.
 */
import { ROOT_OBJECT } from '../../directory/index.ts'
import type { WriteOperation } from '../../directory/index.ts'
import { Clone } from './clone.ts'
import type { ReplaceableDomain } from './domain-view.ts'
import type { Machines } from './machines.ts'
import { Master } from './master.ts'
import { ReadAllPolicy } from './readall-policy.ts'
import type { ReadAllAnswer } from './readall-policy.ts'
import type { ConnectReplica, OnReplicationEvent } from './replica-connection.ts'
import type { RpcPeer } from './rpc-program.ts'
import { roleOf } from './server-role.ts'
import type { OwnServer, ServerRole } from './server-role.ts'
import type { Timers } from './timers.ts'
import type { Tunables } from './tunables.ts'

export interface ReplicationOptions {
  readonly domain: ReplaceableDomain
  readonly machines: Machines
  readonly own: OwnServer
  readonly tunables: () => Tunables
  readonly connect: ConnectReplica
  readonly timers: Timers
  /** From 0 up to, and without, 1. */
  readonly random: () => number
  readonly onEvent: OnReplicationEvent
}

/** Between two comparisons that others ask for. */
const PAUSE_MS = 1000

export class Replication {
  readonly #options: ReplicationOptions
  readonly #policy: ReadAllPolicy
  #role: ServerRole
  #master: Master | null = null
  #clone: Clone | null = null
  #isStarted = false
  #changes: Promise<void> = Promise.resolve()
  #pause: { readonly cancel: () => void; isAgain: boolean } | null = null
  readonly #stopListening: () => void

  constructor(options: ReplicationOptions) {
    this.#options = options
    this.#role = roleOf(options.domain, options.own)
    this.#policy = new ReadAllPolicy({ ...options, master: () => this.#master })
    this.#stopListening = options.domain.onWrite((operation) => {
      // The master that this write may be the end of must still pass it on.
      if (this.#touchesRole(operation)) queueMicrotask(() => this.#checkRole())
    })
  }

  get role(): ServerRole {
    return this.#role
  }

  /** Null on a clone. */
  get master(): Master | null {
    return this.#master
  }

  get isTransferring(): boolean {
    return this.#clone?.isTransferring === true
  }

  /** Tells the clones that their master is back, or compares with the master. */
  start(): void {
    this.#isStarted = true
    this.#take(this.#role)
  }

  /** Sends what is queued, waits for a comparison under way, and ends. */
  async stop(): Promise<void> {
    this.#isStarted = false
    this.#pause?.cancel()
    this.#stopListening()
    await this.#changes
    await this.#leave()
  }

  /** Another program has written to the domain: the role may be another, and the clones know nothing of it. */
  noticeForeignWrites(): void {
    this.#checkRole()
    if (this.#role.kind === 'master') this.resync()
  }

  /** RESYNC: a master has its clones compare; a clone compares. Anybody may ask; it is done once a second at most. */
  resync(): void {
    if (this.#pause !== null) {
      this.#pause.isAgain = true
      return
    }
    if (!this.#isStarted) return
    const cancel = this.#options.timers.after(PAUSE_MS, () => {
      const isAgain = this.#pause?.isAgain === true
      this.#pause = null
      if (isAgain) this.resync()
    })
    this.#pause = { cancel, isAgain: false }
    this.#checkRole()
    this.#master?.resync()
    this.#clone?.compare()
  }

  /** CRASHED, which a master ignores. */
  hearCrashed(checksum: number): void {
    if (this.#clone !== null && checksum !== this.#options.domain.checksum()) this.resync()
  }

  answerReadAll(checksum: number, peer: RpcPeer): ReadAllAnswer {
    return this.#policy.answer(checksum, peer)
  }

  /** To be awaited by a clone before it does an update; false where it cannot take one now. */
  async readyForUpdate(): Promise<boolean> {
    return (await this.#clone?.readyForUpdate()) ?? true
  }

  /** To be called when an update was refused: on a clone it shows that its copy is not the master's. */
  updateRefused(): void {
    if (this.#clone === null) return
    this.#options.onEvent({ event: 'update-refused' })
    this.#clone.updateRefused()
  }

  #touchesRole(operation: WriteOperation): boolean {
    const { domain, machines } = this.#options
    const isFamily = operation.kind === 'create' || operation.kind === 'destroy'
    const object = isFamily ? operation.parent.object : operation.id.object
    const directory = machines.directory()
    if (object === ROOT_OBJECT || object === directory) return true
    return !isFamily && directory !== undefined && domain.parentOf(object) === directory
  }

  #checkRole(): void {
    const role = roleOf(this.#options.domain, this.#options.own)
    // A root directory that does not name its master, for a moment or by mistake, changes nothing.
    if (role.kind === 'unknown') return
    const isOther = role.kind !== this.#role.kind
    const isMoved = role.kind === 'clone' && this.#role.kind === 'clone' && !isSameMaster(role, this.#role)
    this.#role = role
    if (!this.#isStarted || (!isOther && !isMoved)) return
    if (isOther) this.#options.onEvent({ event: 'role-changed', role: role.kind })
    this.#changes = this.#changes.then(async () => this.#change())
  }

  async #change(): Promise<void> {
    if (this.#clone !== null && this.#role.kind === 'clone') {
      this.#clone.compare()
      return
    }
    await this.#leave()
    if (this.#isStarted) this.#take(this.#role)
  }

  #take(role: ServerRole): void {
    const { machines, domain, own, tunables, connect, timers, random, onEvent } = this.#options
    if (role.kind === 'master') {
      this.#master = new Master({ domain, machines, own, tunables, connect, timers, onEvent })
      this.#master.start()
    } else {
      const clone = new Clone({
        domain,
        own,
        connect,
        timers,
        random,
        onEvent,
        master: () => (this.#role.kind === 'clone' ? this.#role.master : null),
        onReplaced: () => this.#checkRole(),
      })
      this.#clone = clone
      clone.compare()
    }
  }

  async #leave(): Promise<void> {
    const [master, clone] = [this.#master, this.#clone]
    this.#master = null
    this.#clone = null
    await master?.stop()
    await clone?.stop()
  }
}

type CloneRole = Extract<ServerRole, { readonly kind: 'clone' }>

function isSameMaster(one: CloneRole, other: CloneRole): boolean {
  return one.master?.address === other.master?.address && one.master?.tag === other.master?.tag
}
