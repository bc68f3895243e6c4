/**
 * From (address, tag) to a connection (protocol.md §7.4): the portmapper knows the binder's port, the binder the server's.
 *
 * The binder is asked over UDP, and over TCP where that fails. Of several servers the nearest get a start, and the first
 * that a connection to comes about is taken; each is asked directly, since rpcbind no longer passes calls on (CALLIT).
 */
import { DirectoryError, STATUS } from '../../directory/index.ts'
import { BINDER } from '../codec.ts'
import type { Answer, Ports, Procedure } from '../codec.ts'
import type { Binding, OpenOptions } from '../handle.ts'
import { BINDER_PROGRAM, BINDER_VERSION } from '../programs.ts'
import { nearnessOf } from './own-network.ts'
import { pause } from './pause.ts'
import { getPort } from './portmap.ts'
import type { Transport } from './portmap.ts'
import { RpcClient } from './rpc-client.ts'
import { RpcError } from './rpc-error.ts'
import { DEFAULT_TIMEOUT_MS, connectServer } from './server-connection.ts'
import type { ServerConnection } from './server-connection.ts'
import { isRoot } from './tcp-socket.ts'
import { callUdp } from './udp-client.ts'

/** Where the server of tag `local` listens on its own machine (protocol.md §1). */
const LOCAL_TAG = 'local'
const LOCAL_PORT = 1033
/** A server on this machine answers in less; another program at its port must not hold the opening up. */
const LOCAL_TIMEOUT_MS = 1000
const LOOPBACK = '127.0.0.1'
/** UDP answers or is lost; more than a part of the time is not given to it. */
const UDP_SHARE = 0.5
/** How much earlier servers on this machine, and on its networks, are asked than those farther away. */
const HEAD_START_MS = 100

export type LocateOptions = Pick<OpenOptions, 'readTimeoutMs' | 'binderPort' | 'signal'>

/**
 * The ports of the server of a tag, from the binder of its host.
 * @throws DirectoryError NOTAG, NORESPONSE; RpcError where no binder answers
 */
export async function getRegister(address: string, tag: string, options: LocateOptions = {}): Promise<Ports> {
  const answer = await askBinder(BINDER.getregister, tag, address, options)
  if (answer.value === null) throw new DirectoryError(answer.status, `${tag} at ${address}`)
  return answer.value
}

/**
 * The port of a host's binder.
 * @throws RpcError
 */
export async function findBinder(address: string, transport: Transport, options: LocateOptions): Promise<number> {
  if (options.binderPort !== undefined) return options.binderPort
  const { readTimeoutMs: timeoutMs = DEFAULT_TIMEOUT_MS.read, signal } = options
  const program = { program: BINDER_PROGRAM, version: BINDER_VERSION }
  const port = await overEither(timeoutMs, signal, (over, shareMs) =>
    getPort(address, program, transport, { timeoutMs: shareMs, over, signal }),
  )
  if (port === null) throw new RpcError('unreachable', `no NetInfo is registered at ${address}`)
  return port
}

async function askBinder(
  procedure: Procedure<string, Answer<Ports>>,
  tag: string,
  address: string,
  options: LocateOptions,
): Promise<Answer<Ports>> {
  const { readTimeoutMs = DEFAULT_TIMEOUT_MS.read, signal } = options
  return await overEither(readTimeoutMs, signal, async (over, timeoutMs) => {
    const port = await findBinder(address, over, { ...options, readTimeoutMs: timeoutMs })
    if (over === 'udp') return await callUdp(procedure, tag, { address, port, timeoutMs, signal })
    const client = new RpcClient({ address, port, connectTimeoutMs: timeoutMs, signal })
    try {
      return await client.call(procedure, tag, { timeoutMs })
    } finally {
      client.close()
    }
  })
}

/** Over UDP, and over TCP where that gave no answer. */
async function overEither<T>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  ask: (over: Transport, timeoutMs: number) => Promise<T>,
): Promise<T> {
  try {
    return await ask('udp', timeoutMs * UDP_SHARE)
  } catch (error) {
    if (!(error instanceof RpcError) || signal?.aborted === true) throw error
    return await ask('tcp', timeoutMs * (1 - UDP_SHARE))
  }
}

/**
 * Connects to the server of a tag.
 * @throws DirectoryError NOTAG, NORESPONSE; RpcError
 */
export async function connectBinding(binding: Binding, options: OpenOptions = {}): Promise<ServerConnection> {
  const { address, tag } = binding
  const timeoutMs = options.readTimeoutMs ?? DEFAULT_TIMEOUT_MS.read
  const server = { timeoutMs, isReservedPort: isRoot(), signal: options.signal }
  if (tag === LOCAL_TAG && options.binderPort === undefined && nearnessOf(address) === 'own') {
    const local = await connectLocal({ ...server, timeoutMs: Math.min(timeoutMs, LOCAL_TIMEOUT_MS) })
    if (local !== null) return local
  }
  const { tcpPort } = await getRegister(address, tag, options)
  return await connectServer({ ...server, address, tcpPort })
}

/** The server of this machine at its own fixed port; null where something else is there, or nothing. */
async function connectLocal(options: {
  readonly timeoutMs: number
  readonly isReservedPort: boolean
  readonly signal: AbortSignal | undefined
}): Promise<ServerConnection | null> {
  let connection: ServerConnection | null = null
  try {
    connection = await connectServer({ ...options, address: LOOPBACK, tcpPort: LOCAL_PORT })
    await connection.ping()
    return connection
  } catch (error) {
    connection?.close()
    if (error instanceof RpcError && error.failure !== 'aborted') return null
    throw error
  }
}

/** A connection, and which server it is to. */
export interface Connected {
  readonly binding: Binding
  readonly connection: ServerConnection
}

/**
 * Connects to whichever of several servers answers first; the others are closed.
 * @throws DirectoryError what the last of them failed with
 */
export async function connectFirst(bindings: readonly Binding[], options: OpenOptions = {}): Promise<Connected> {
  const [only, ...others] = bindings
  if (only === undefined) throw new DirectoryError(STATUS.CANTFINDADDRESS)
  if (others.length === 0) return { binding: only, connection: await connectBinding(only, options) }
  const attempts = bindings.map((binding) => ({ binding, giveUp: new AbortController() }))
  let winner: Connected | null = null
  const ranks = [...new Set(bindings.map(({ address }) => NEARNESS_ORDER[nearnessOf(address)]))].toSorted(
    (one, other) => one - other,
  )
  const connected = attempts.map(async ({ binding, giveUp }): Promise<Connected> => {
    const signal = options.signal === undefined ? giveUp.signal : AbortSignal.any([options.signal, giveUp.signal])
    const rank = ranks.indexOf(NEARNESS_ORDER[nearnessOf(binding.address)])
    if (rank > 0) await pause(rank * HEAD_START_MS, signal)
    const connection = await connectBinding(binding, { ...options, signal })
    if (winner === null) winner = { binding, connection }
    else connection.close()
    return winner
  })
  try {
    const first = await Promise.any(connected)
    for (const { binding, giveUp } of attempts) if (binding !== first.binding) giveUp.abort()
    return first
  } catch (error) {
    throw plainestOf(error)
  }
}

const NEARNESS_ORDER = { own: 0, attached: 1, far: 2 } as const

/** Of what all of them failed with, a server's own answer before a lost connection. */
function plainestOf(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error
  const errors: readonly unknown[] = error.errors
  return errors.find((each) => !(each instanceof RpcError)) ?? errors[0]
}
