/**
 * What a master knows of one clone, and sends it: updates in order, one at a time, over one connection.
 *
 * A clone that does not take an update has another copy than the master. It gets no more of them until it has compared: either
 * it asks for a copy, or it takes a RESYNC, which makes it ask.
 */
import { messageOf } from '../../core/index.ts'
import type { WriteOperation } from '../../directory/index.ts'
import type { Binding } from '../handle.ts'
import type { ReplicaConnection } from './replica-connection.ts'

export interface Update {
  readonly operation: WriteOperation
  /** The domain's revision after it. */
  readonly revision: number
  /** About how much memory it takes. */
  readonly sizeBytes: number
}

/** `copying`: it is being sent the whole domain, and updates since wait. */
type State = 'current' | 'copying' | 'failed'

/** A clone this far behind is better served by a copy; it also bounds what a silent clone makes the master keep. */
const QUEUE_MAX = 10_000
/** As the number, for updates that are large; in bytes. */
const QUEUE_BYTES_MAX = 32 * 1024 * 1024
/**
 * Updates under way at once. They arrive in order on one connection, and a clone does them in order; answered one by one they
 * went at 1,000 a second, for each waits for the clone's disk. After one that fails the others change nothing: the clone takes a copy.
 */
const WINDOW = 64

export class CloneLink {
  readonly server: Binding
  /** All its addresses: a request from any of them is this clone's. */
  readonly addresses: readonly string[]
  readonly #connect: () => Promise<ReplicaConnection>
  #state: State = 'current'
  #queue: Update[] = []
  #queuedBytes = 0
  #connection: ReplicaConnection | null = null
  #last: Promise<unknown> = Promise.resolve()
  #conversations = 0
  /** The revision as of which it has, or is sent, a copy. */
  #heldRevision = 0
  /** Counts the copies that were begun: what failed before one does not matter after it. */
  #copies = 0
  /** Failures in a row. */
  failures = 0

  constructor(server: Binding, addresses: readonly string[], connect: () => Promise<ReplicaConnection>) {
    this.server = server
    this.addresses = addresses
    this.#connect = connect
  }

  get pending(): number {
    return this.#queue.length
  }

  get isFailed(): boolean {
    return this.#state === 'failed'
  }

  /** True where there are updates that may be sent now. */
  get isReady(): boolean {
    return this.#state === 'current' && this.#conversations === 0 && this.#queue.length > 0
  }

  /** Keeps an update for it; false where it is too far behind and has failed by that. */
  add(update: Update): boolean {
    if (this.#state === 'failed' || update.revision <= this.#heldRevision) return true
    this.#queue.push(update)
    this.#queuedBytes += update.sizeBytes
    if (this.#queue.length <= QUEUE_MAX && this.#queuedBytes <= QUEUE_BYTES_MAX) return true
    this.#fail()
    return false
  }

  /** It is about to get a copy, or has the same one, as of a revision: what came before is no longer owed. */
  holdCopy(revision: number, isComing: boolean): void {
    this.#copies += 1
    this.#heldRevision = revision
    this.#keepAfter(revision)
    this.#state = isComing ? 'copying' : 'current'
    if (!isComing) this.failures = 0
  }

  endCopy(isWhole: boolean): void {
    if (this.#state !== 'copying') return
    if (isWhole) {
      this.#state = 'current'
      this.failures = 0
    } else this.#fail()
  }

  /**
   * Sends what is queued now.
   * @returns why it failed, or null
   */
  async send(): Promise<string | null> {
    return this.#inTurn(async (connection, isCurrent) => {
      for (let left = this.#queue.length; left > 0 && isCurrent(); left -= WINDOW) {
        const updates = this.#queue.slice(0, Math.min(left, WINDOW))
        await Promise.all(updates.map(async ({ operation }) => sendUpdate(connection, operation)))
        // A copy begun meanwhile has already dropped what it covers.
        if (isCurrent()) this.#drop(updates.length)
      }
    })
  }

  /**
   * Tells it that the master is back, or asks it to compare: either way it is taken to be current from now on, as it will
   * refuse the next update if it is not.
   * @returns why it failed, or null
   */
  async greet(say: (connection: ReplicaConnection) => Promise<void>): Promise<string | null> {
    // What is written from now on is owed, whether the clone compares before or after.
    if (this.#state === 'failed') this.#state = 'current'
    return this.#inTurn(async (connection) => {
      await say(connection)
      this.failures = 0
    })
  }

  close(): void {
    this.#connection?.close()
    this.#connection = null
  }

  /** One conversation after the other. */
  async #inTurn(
    talk: (connection: ReplicaConnection, isCurrent: () => boolean) => Promise<void>,
  ): Promise<string | null> {
    this.#conversations += 1
    const turn = this.#last.then(async () => this.#converse(talk))
    this.#last = turn
    try {
      return await turn
    } finally {
      this.#conversations -= 1
    }
  }

  async #converse(
    talk: (connection: ReplicaConnection, isCurrent: () => boolean) => Promise<void>,
  ): Promise<string | null> {
    const copies = this.#copies
    const isCurrent = (): boolean => this.#state === 'current' && this.#copies === copies
    try {
      this.#connection ??= await this.#connect()
      await talk(this.#connection, isCurrent)
      return null
    } catch (error) {
      this.close()
      // A clone that has compared meanwhile may refuse an update that its copy holds already.
      if (this.#copies !== copies) return null
      this.#fail()
      return messageOf(error)
    }
  }

  #fail(): void {
    this.#state = 'failed'
    this.#drop(this.#queue.length)
    this.failures += 1
    this.close()
  }

  /** Forgets the oldest. */
  #drop(count: number): void {
    for (const { sizeBytes } of this.#queue.splice(0, count)) this.#queuedBytes -= sizeBytes
  }

  #keepAfter(revision: number): void {
    const first = this.#queue.findIndex((update) => update.revision > revision)
    this.#drop(first === -1 ? this.#queue.length : first)
  }
}

/** A clone that gives a new directory another id than the master did has another copy from then on. */
async function sendUpdate(connection: ReplicaConnection, operation: WriteOperation): Promise<void> {
  const { child } = await connection.update(operation)
  if (operation.kind !== 'create' || operation.target === undefined || child === undefined) return
  const { object, instance } = operation.target
  if (child.object === object && child.instance === instance) return
  throw new Error(`it created ${child.object}.${child.instance} for what is ${object}.${instance} here`)
}
