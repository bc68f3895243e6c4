/** One domain while a tool works on it: the server that answers, the master for writes, and patience with a busy one. */
import { setTimeout as sleep } from 'node:timers/promises'
import { STATUS } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import type { Client } from './client.ts'
import { openTarget } from './target.ts'
import type { Target } from './target.ts'
import { ToolError, UsageError, isStatus } from './tool-exit.ts'

const BUSY_PAUSE_MS = 100
const BUSY_PAUSE_MAX_MS = 5000

export class Session {
  readonly target: Target
  readonly client: Client
  #handle: DomainHandle
  #master: DomainHandle | null = null

  private constructor(target: Target, client: Client, handle: DomainHandle) {
    this.target = target
    this.client = client
    this.#handle = handle
  }

  /** @throws ToolError when the domain cannot be opened */
  static async open(target: Target, client: Client): Promise<Session> {
    return new Session(target, client, await openTarget(target, client))
  }

  /** Whichever server of the domain answers: for reads. */
  get handle(): DomainHandle {
    return this.#handle
  }

  /** The master, where writes go, and the reads that they rest on: a clone may lag behind. */
  async master(): Promise<DomainHandle> {
    this.#master ??= await this.#handle.master()
    return this.#master
  }

  /**
   * Does a write at the master. When it is busy and `isPatient`, opens the domain again and repeats the write, for ever; so the
   * write must be one that may be begun anew.
   */
  async write<T>(isPatient: boolean, work: (master: DomainHandle) => Promise<T>): Promise<T> {
    for (let pauseMs = BUSY_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, BUSY_PAUSE_MAX_MS)) {
      try {
        return await work(await this.master())
      } catch (error) {
        if (!isPatient || !isStatus(error, STATUS.MASTERBUSY)) throw error
      }
      await sleep(pauseMs)
      this.close()
      this.#handle = await openTarget(this.target, this.client)
      this.#master = null
    }
  }

  close(): void {
    if (this.#master !== this.#handle) this.#master?.close()
    this.#handle.close()
  }
}

/** Opens a domain, works on it, and closes it whatever happens. */
export async function withSession<T>(
  target: Target,
  client: Client,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await Session.open(target, client)
  try {
    return await work(session)
  } finally {
    session.close()
  }
}

/** Opens a domain for a tool that takes one which cannot be opened for wrong use, as nidump and nigrep do. */
export async function openOrUsage(target: Target, client: Client): Promise<Session> {
  try {
    return await Session.open(target, client)
  } catch (error) {
    throw error instanceof ToolError ? new UsageError(error.lines.join('; ')) : error
  }
}
