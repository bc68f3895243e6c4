/**
 * The clone's side of replication (protocol.md §9): it compares its copy with the master's when it starts, when the master asks, and
 * when an update does not fit; and it tries again until that has come to an end.
 */
import type { Binding } from '../handle.ts'
import type { ReplaceableDomain } from './domain-view.ts'
import type { ConnectReplica, OnReplicationEvent } from './replica-connection.ts'
import type { OwnServer } from './server-role.ts'
import type { Timers } from './timers.ts'
import { compareAndTransfer } from './transfer.ts'
import type { TransferOutcome } from './transfer.ts'

export interface CloneOptions {
  readonly domain: ReplaceableDomain
  readonly own: OwnServer
  /** Null while the domain does not tell where its master is. */
  readonly master: () => Binding | null
  readonly connect: ConnectReplica
  readonly timers: Timers
  /** From 0 up to, and without, 1: spreads the attempts of many clones. */
  readonly random: () => number
  readonly onEvent: OnReplicationEvent
  /** Is called when a copy has replaced the domain. */
  readonly onReplaced: () => void
}

/** First wait and longest one before the next attempt; doubled in between. */
const BUSY_MS = { first: 1000, max: 30_000 }
const FAILED_MS = { first: 5000, max: 60_000 }
/** How long an update waits for a copy that comes in; the master gives it 60 s. */
const UPDATE_WAIT_MS = 30_000
/** An update refused within this time after a copy is one that the copy held already. */
const COVERED_MS = 2000

export class Clone {
  readonly #options: CloneOptions
  readonly #abort = new AbortController()
  #isAgain = false
  #isForced = false
  #copiedAtMs = Number.NEGATIVE_INFINITY
  #attempts = 0
  #cancelWait: (() => void) | null = null
  #comparison: Promise<void> | null = null
  /** Kept when the copy that comes in has come, or has failed. */
  #copy: { readonly done: Promise<void>; readonly end: () => void } | null = null

  constructor(options: CloneOptions) {
    this.#options = options
  }

  /** True while a copy comes in. */
  get isTransferring(): boolean {
    return this.#copy !== null
  }

  /** Compares, or once more when a comparison is under way: what it rests on may have passed already. */
  compare(): void {
    if (this.#abort.signal.aborted) return
    this.#attempts = 0
    if (this.#comparison !== null) {
      this.#isAgain = true
      return
    }
    this.#begin()
  }

  /** An update did not fit: this copy is not the master's, even if their checksums are equal. */
  updateRefused(): void {
    if (this.#options.timers.now() - this.#copiedAtMs > COVERED_MS) this.#isForced = true
    this.compare()
  }

  /** Waits until no copy comes in: an update fits only then. False where that takes too long. */
  async readyForUpdate(): Promise<boolean> {
    if (this.#copy === null) return true
    let cancel = (): void => undefined
    const tooLong = new Promise<void>((resolve) => {
      cancel = this.#options.timers.after(UPDATE_WAIT_MS, resolve)
    })
    await Promise.race([this.#copy.done, tooLong])
    cancel()
    // The master takes this clone to have failed, and the copy to be old.
    if (this.#copy !== null) this.#isAgain = true
    return this.#copy === null
  }

  /** Ends a comparison under way; the domain is then what it was, or the whole copy. */
  async stop(): Promise<void> {
    this.#abort.abort()
    this.#cancelWait?.()
    this.#cancelWait = null
    await this.#comparison
  }

  #begin(): void {
    this.#cancelWait?.()
    this.#cancelWait = null
    this.#isAgain = false
    this.#comparison = this.#compareOnce()
  }

  async #compareOnce(): Promise<void> {
    const master = this.#options.master()
    const outcome = await this.#transferFrom(master)
    this.#endCopy()
    this.#comparison = null
    if (outcome.kind === 'copied' && master !== null) {
      this.#isForced = false
      this.#copiedAtMs = this.#options.timers.now()
      this.#options.onEvent({ event: 'copy-received', server: master, checksum: outcome.checksum })
      this.#options.onReplaced()
    }
    if (this.#abort.signal.aborted) return
    if (outcome.kind === 'failed')
      this.#options.onEvent({ event: 'copy-failed', server: master, reason: outcome.reason })
    if (outcome.kind === 'busy' || outcome.kind === 'failed') this.#waitAndRetry(outcome.kind)
    else if (this.#isAgain) this.#begin()
  }

  async #transferFrom(master: Binding | null): Promise<TransferOutcome> {
    if (master === null) return { kind: 'failed', reason: 'the address of the master is unknown' }
    const { domain, own, connect } = this.#options
    return compareAndTransfer({
      domain,
      own,
      connect,
      master,
      isForced: this.#isForced,
      signal: this.#abort.signal,
      onCopy: () => this.#beginCopy(),
    })
  }

  #waitAndRetry(kind: 'busy' | 'failed'): void {
    const { first, max } = kind === 'busy' ? BUSY_MS : FAILED_MS
    const waitMs = Math.min(first * 2 ** this.#attempts, max)
    this.#attempts = Math.min(this.#attempts + 1, 16)
    // Half of the wait is left to chance: clones that failed together shall not come back together.
    const spreadMs = (waitMs / 2) * (1 + this.#options.random())
    this.#cancelWait = this.#options.timers.after(spreadMs, () => this.#begin())
  }

  #beginCopy(): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#copy = { done: promise, end: resolve }
  }

  #endCopy(): void {
    this.#copy?.end()
    this.#copy = null
  }
}
