/**
 * A domain as `DomainHandle`: over one of its servers at a time, over another when that is lost, with writes at the master
 * (protocol.md §7.4).
 */
import { DirectoryError, STATUS, valuesOf } from '../../directory/index.ts'
import type { Procedure } from '../codec.ts'
import type { Binding, DomainHandle, OpenOptions } from '../handle.ts'
import type { UnixCredential } from '../rpc-message.ts'
import { connectFirst } from './connect.ts'
import type { Connected } from './connect.ts'
import { findCredential } from './credential.ts'
import { resolvePath } from './paths.ts'
import { pause } from './pause.ts'
import { proceduresOver } from './procedures.ts'
import type { CallKind, Procedures } from './procedures.ts'
import { RpcError, isServerLost } from './rpc-error.ts'
import { DEFAULT_TIMEOUT_MS } from './server-connection.ts'
import { findMaster, isSameServer } from './servers.ts'

/** The waits of a handle that tries for ever (protocol.md §7.4): they double from the first to the last. */
const FIRST_BACKOFF_MS = 4000
const LONGEST_BACKOFF_MS = 64_000

export interface DomainOptions {
  /** Where the domain is served; the nearest that answers is taken. */
  readonly servers: readonly Binding[]
  /** Whether writes go to the master, wherever reads go; or to the server itself, which was asked for by its name. */
  readonly isWritingToMaster: boolean
}

/**
 * Opens a domain at the first of its servers that answers.
 * @throws DirectoryError
 */
export async function openHandle(domain: DomainOptions, options: OpenOptions): Promise<DomainHandle> {
  return (await openServed(domain, options)).handle
}

async function openServed(domain: DomainOptions, options: OpenOptions): Promise<ServedDomain> {
  const served = new ServedDomain(domain, options)
  try {
    await served.connect()
  } catch (error) {
    served.close()
    throw error
  }
  return served
}

class ServedDomain {
  readonly handle: DomainHandle
  readonly #options: OpenOptions
  readonly #servers: readonly Binding[]
  readonly #isWritingToMaster: boolean
  readonly #procedures: Procedures
  readonly #closing = new AbortController()
  readonly #signal: AbortSignal
  /** Those that were lost since the last time when all had been. */
  readonly #lost = new Set<Binding>()
  #server: Binding
  #current: Connected | null = null
  #connecting: Promise<Connected> | null = null
  #credential: Promise<UnixCredential | null> | null = null
  /** Where writes go; null until one is made. */
  #master: Promise<ServedDomain> | null = null

  constructor({ servers, isWritingToMaster }: DomainOptions, options: OpenOptions) {
    const [first] = servers
    if (first === undefined) throw new DirectoryError(STATUS.CANTFINDADDRESS)
    this.#server = first
    this.#servers = servers
    this.#isWritingToMaster = isWritingToMaster
    this.#options = options
    const closing = this.#closing.signal
    this.#signal = options.signal === undefined ? closing : AbortSignal.any([options.signal, closing])
    this.#procedures = proceduresOver((procedure, args, kind) => this.#call(procedure, args, kind))
    this.handle = this.#makeHandle()
  }

  async connect(): Promise<void> {
    await this.#retry('read', () => Promise.resolve())
  }

  close(): void {
    this.#current?.connection.close()
    this.#current = null
    this.#closing.abort()
  }

  #makeHandle(): DomainHandle {
    const { perform: _, ...procedures } = this.#procedures
    const server = (): Binding => this.#server
    return {
      ...procedures,
      get server(): Binding {
        return server()
      },
      readAll: (checksum) => this.#retry('read', ({ connection }) => connection.readAll(checksum)),
      resolve: (path) => resolvePath(this.#procedures, path),
      master: async () => (await this.#openMaster()).handle,
      close: () => this.close(),
    }
  }

  async #call<A, R>(procedure: Procedure<A, R>, args: A, kind: CallKind): Promise<R> {
    if (kind === 'read') return await this.#callHere(procedure, args, kind, null)
    const target = this.#isWritingToMaster ? await this.#findMaster() : this
    try {
      return await target.#callHere(procedure, args, kind, await target.#findCredential())
    } catch (error) {
      // Another may be the master by now: the next write finds it anew.
      if (isServerLost(error) || (error instanceof DirectoryError && error.status === STATUS.RDONLY)) {
        this.#master = null
        if (target !== this) target.close()
      }
      throw error
    }
  }

  async #callHere<A, R>(
    procedure: Procedure<A, R>,
    args: A,
    kind: CallKind,
    credential: UnixCredential | null,
  ): Promise<R> {
    const { readTimeoutMs = DEFAULT_TIMEOUT_MS.read, writeTimeoutMs = DEFAULT_TIMEOUT_MS.write } = this.#options
    const settings = { readTimeoutMs, writeTimeoutMs, credential }
    return await this.#retry(kind, ({ connection }) => connection.callWith(settings)(procedure, args, kind))
  }

  /**
   * Tries at one server after the other until one is not lost. After the last it gives up, or begins anew after a wait, as
   * `isAborting` says. A write is tried once: it may have been done by a server that could not answer any more.
   */
  async #retry<T>(kind: CallKind, attempt: (connected: Connected) => Promise<T>): Promise<T> {
    let waitMs = FIRST_BACKOFF_MS
    let serversLeft = this.#servers.length
    for (;;) {
      let problem: unknown
      let connected: Connected | null = null
      try {
        connected = await this.#connected()
        return await attempt(connected)
      } catch (error) {
        if (!this.#isLost(error)) throw error
        if (connected !== null) this.#lose(connected)
        if (connected !== null && kind === 'write') throw error
        problem = error
        // Where no connection came about, all that were left have been tried.
        serversLeft = connected === null ? 0 : serversLeft - 1
      }
      if (serversLeft > 0) continue
      if (this.#options.isAborting !== false) throw problem
      await pause(waitMs, this.#signal)
      waitMs = Math.min(waitMs * 2, LONGEST_BACKOFF_MS)
      serversLeft = this.#servers.length
    }
  }

  #isLost(error: unknown): boolean {
    if (isServerLost(error)) return true
    // The connection was given up for another call's sake; or a binder says that its server is dead.
    if (error instanceof RpcError) return error.failure === 'closed' && !this.#signal.aborted
    return error instanceof DirectoryError && error.status === STATUS.NORESPONSE && this.#current === null
  }

  #lose(connected: Connected): void {
    if (this.#current === connected) this.#current = null
    this.#lost.add(connected.binding)
    // Other calls may still get their answers.
    connected.connection.closeWhenIdle()
  }

  async #connected(): Promise<Connected> {
    if (this.#signal.aborted) throw new RpcError(this.#closing.signal.aborted ? 'closed' : 'aborted', 'the domain')
    if (this.#current !== null) return this.#current
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = null
    })
    return await this.#connecting
  }

  async #connect(): Promise<Connected> {
    const left = this.#servers.filter((server) => !this.#lost.has(server))
    if (left.length === 0) this.#lost.clear()
    const servers = left.length === 0 ? this.#servers : left
    const connected = await connectFirst(servers, { ...this.#options, signal: this.#signal })
    if (this.#signal.aborted) {
      connected.connection.close()
      throw new RpcError('closed', 'the domain')
    }
    this.#current = connected
    this.#server = connected.binding
    return connected
  }

  async #findCredential(): Promise<UnixCredential | null> {
    this.#credential ??= findCredential(this.#procedures, this.#options)
    try {
      return await this.#credential
    } catch (error) {
      this.#credential = null
      throw error
    }
  }

  /** The domain at its master, kept for the next write. */
  async #findMaster(): Promise<ServedDomain> {
    this.#master ??= this.#openMaster()
    try {
      return await this.#master
    } catch (error) {
      this.#master = null
      throw error
    }
  }

  async #openMaster(): Promise<ServedDomain> {
    const [, role] = valuesOf(await this.#procedures.statistics(), 'tag')
    if (role === 'master') return this
    const servers = await findMaster(this.#procedures, this.#server)
    if (servers.some((server) => isSameServer(server, this.#server))) return this
    return await openServed({ servers, isWritingToMaster: false }, { ...this.#options, signal: this.#signal })
  }
}
