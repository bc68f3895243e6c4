/** One server of a domain, over TCP: every procedure, and nothing that chooses another server. */
import type { DomainHandle } from '../handle.ts'
import type { UnixCredential } from '../rpc-message.ts'
import { proceduresOver } from './procedures.ts'
import type { Call, Procedures } from './procedures.ts'
import { readAllFrom } from './read-all.ts'
import { RpcClient } from './rpc-client.ts'

/** What a client waits for one answer, in milliseconds (protocol.md §7.4). */
export const DEFAULT_TIMEOUT_MS = { read: 5000, write: 60_000 } as const

export interface ServerOptions {
  readonly address: string
  readonly tcpPort: number
  /** From a port below 1024, where this process is root: what a clone, a master and root's tools need (protocol.md §1). */
  readonly isReservedPort?: boolean
  /** For connecting and for each call, in milliseconds; 5,000 for reads and 60,000 for writes when left out. */
  readonly timeoutMs?: number
  /** Writes are made with it; without one they are anonymous. */
  readonly credential?: UnixCredential
  readonly signal?: AbortSignal | undefined
}

/** A connection: the methods of `DomainHandle` that are procedures, at this very server. */
export interface ServerConnection extends Procedures, Pick<DomainHandle, 'readAll' | 'close'> {
  readonly address: string
  readonly tcpPort: number
  /** The procedures of a call that brings its own times and credential. */
  readonly callWith: (options: CallSettings) => Call
  /** As `close`, but calls under way may still get their answers. */
  readonly closeWhenIdle: () => void
}

/** How a call is made: milliseconds, and the credential of writes. */
export interface CallSettings {
  readonly readTimeoutMs: number
  readonly writeTimeoutMs: number
  readonly credential: UnixCredential | null
}

/**
 * Connects to a server whose port is known. When it closes the connection, the next call makes it anew.
 * @throws RpcError `unreachable`, `timeout` or `aborted`
 */
export async function connectServer(options: ServerOptions): Promise<ServerConnection> {
  const { address, tcpPort, timeoutMs } = options
  const closing = new AbortController()
  const signal = options.signal === undefined ? closing.signal : AbortSignal.any([options.signal, closing.signal])
  const isReservedPort = options.isReservedPort ?? false
  const readTimeoutMs = timeoutMs ?? DEFAULT_TIMEOUT_MS.read
  const writeTimeoutMs = timeoutMs ?? DEFAULT_TIMEOUT_MS.write
  const client = new RpcClient({
    address,
    port: tcpPort,
    isReservedPort,
    connectTimeoutMs: readTimeoutMs,
    signal: options.signal,
  })
  await client.connect()
  const callWith =
    (settings: CallSettings): Call =>
    (procedure, args, kind) =>
      client.call(procedure, args, {
        timeoutMs: kind === 'read' ? settings.readTimeoutMs : settings.writeTimeoutMs,
        credential: kind === 'read' ? null : settings.credential,
      })
  const call = callWith({ readTimeoutMs, writeTimeoutMs, credential: options.credential ?? null })
  return {
    ...proceduresOver(call),
    address,
    tcpPort,
    callWith,
    readAll: (checksum) =>
      readAllFrom({ address, port: tcpPort, isReservedPort, timeoutMs: writeTimeoutMs, signal }, checksum),
    close: () => {
      client.close()
      closing.abort()
    },
    closeWhenIdle: () => client.closeWhenIdle(),
  }
}
