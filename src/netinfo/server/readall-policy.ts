/** Who gets a copy of a domain, and with what in it (protocol.md §9, the table of READALL). */
import { STATUS } from '../../directory/index.ts'
import { RESERVED_PORT_END } from '../programs.ts'
import type { DomainReads } from './domain-view.ts'
import type { Machines } from './machines.ts'
import type { Master } from './master.ts'
import type { RpcPeer } from './rpc-program.ts'
import type { Timers } from './timers.ts'
import type { Tunables } from './tunables.ts'

/** How READALL is answered: with a copy, secrets in it or not; with nothing new (checksum 0); or with a status alone. */
export type ReadAllAnswer =
  | {
      readonly kind: 'copy'
      readonly isRevealing: boolean
      /** Must be called once, when the copy has gone out whole, or will not. */
      readonly onEnd: (isWhole?: boolean) => void
    }
  | { readonly kind: 'same' }
  | { readonly kind: 'refused'; readonly status: number }

export interface ReadAllPolicyOptions {
  readonly domain: DomainReads
  readonly machines: Machines
  readonly tunables: () => Tunables
  /** Null on a clone. */
  readonly master: () => Master | null
  readonly timers: Timers
}

/** More copies at once than the protocol's ceiling (1024 − 600 reserved ports) are never sent. */
const COPIES_MAX = 424
const SECOND_MS = 1000
/**
 * A caller that was refused for queued updates this long, in latencies, is served all the same. The protocol's master cannot do
 * that; here a clone is owed just the updates after its copy's revision, and under a steady stream of writes it would never get one.
 */
const PATIENCE_LATENCIES = 4
/** Callers that wait; a new one beyond this just waits anew. */
const WAITING_MAX = 1000

export class ReadAllPolicy {
  readonly #options: ReadAllPolicyOptions
  #copies = 0
  readonly #refusedSinceMs = new Map<string, number>()

  constructor(options: ReadAllPolicyOptions) {
    this.#options = options
  }

  /**
   * How to answer a caller whose copy has this checksum. A `copy` is of the domain at the moment of this call.
   */
  answer(checksum: number, peer: RpcPeer): ReadAllAnswer {
    const { domain, tunables } = this.#options
    const master = this.#options.master()
    if (master === null && !tunables().isCloneReplyingReadall) return { kind: 'refused', status: STATUS.NOTMASTER }
    const isPrivileged = peer.port < RESERVED_PORT_END
    const links = isPrivileged ? (master?.clonesAt(peer.address) ?? []) : []
    if (checksum === domain.checksum()) {
      for (const link of links) link.holdCopy(domain.revision(), false)
      return { kind: 'same' }
    }
    if (this.#isBusy(master, peer) || this.#copies >= this.#copiesMax()) {
      master?.flush()
      return { kind: 'refused', status: STATUS.MASTERBUSY }
    }
    this.#copies += 1
    for (const link of links) link.holdCopy(domain.revision(), true)
    let isOpen = true
    return {
      kind: 'copy',
      isRevealing: isPrivileged && (peer.isOwnAddress || this.#isListed(peer.address)),
      onEnd: (isWhole = true) => {
        if (!isOpen) return
        isOpen = false
        this.#copies -= 1
        for (const link of links) link.endCopy(isWhole)
      },
    }
  }

  #isBusy(master: Master | null, { address }: RpcPeer): boolean {
    const nowMs = this.#options.timers.now()
    const patienceMs = this.#options.tunables().updateLatencySeconds * SECOND_MS * PATIENCE_LATENCIES
    const since = this.#refusedSinceMs.get(address) ?? nowMs
    if (master === null || master.pending === 0 || nowMs - since >= patienceMs) {
      this.#refusedSinceMs.delete(address)
      return false
    }
    if (this.#refusedSinceMs.size >= WAITING_MAX) this.#refusedSinceMs.clear()
    this.#refusedSinceMs.set(address, since)
    return true
  }

  #copiesMax(): number {
    const { readallProxies, isReadallStrict } = this.#options.tunables()
    return isReadallStrict ? Math.min(readallProxies, COPIES_MAX) : COPIES_MAX
  }

  #isListed(address: string): boolean {
    return this.#options.machines.servers().some(({ addresses }) => addresses.includes(address))
  }
}
