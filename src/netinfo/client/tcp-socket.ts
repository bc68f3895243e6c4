/** TCP connections, from a reserved port where that can be had: to a server it proves root (protocol.md §1). */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { systemCode } from '../../core/index.ts'
import { RESERVED_PORT_END } from '../programs.ts'
import { RpcError } from './rpc-error.ts'

/** The window of `bindresvport` (protocol.md §1). */
const RESERVED_PORT_FIRST = 600

export interface TcpTarget {
  readonly address: string
  readonly port: number
  /** From a port below 1024, where this process is root; from any port where it is not. */
  readonly isReservedPort?: boolean
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** True where this process may bind reserved ports, as far as its user tells. */
export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/**
 * Opens a connection.
 * @throws RpcError `unreachable`, `timeout` or `aborted`
 */
export async function openTcp(target: TcpTarget): Promise<Socket> {
  if (target.isReservedPort !== true || !isRoot()) return await openFrom(target, undefined)
  const deadline = Date.now() + target.timeoutMs
  for (let localPort = RESERVED_PORT_END - 1; localPort >= RESERVED_PORT_FIRST; localPort -= 1)
    try {
      return await openFrom({ ...target, timeoutMs: Math.max(1, deadline - Date.now()) }, localPort)
    } catch (error) {
      const code = error instanceof RpcError ? systemCode(error.cause) : undefined
      // In use; or between these two ends not yet free again; or root without the right to it, in a container.
      if (code === 'EACCES') break
      if (code !== 'EADDRINUSE' && code !== 'EADDRNOTAVAIL') throw error
    }
  return await openFrom({ ...target, timeoutMs: Math.max(1, deadline - Date.now()) }, undefined)
}

function openFrom(target: TcpTarget, localPort: number | undefined): Promise<Socket> {
  const { address, port, timeoutMs, signal } = target
  const place = `${address} port ${port}`
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, noDelay: true, ...(localPort === undefined ? {} : { localPort }) })
    const timer = setTimeout(() => {
      fail(new RpcError('timeout', `${place}: no connection within ${timeoutMs} ms`))
    }, timeoutMs)
    const abort = (): void => {
      fail(new RpcError('aborted', place))
    }
    const onError = (error: Error): void => {
      fail(new RpcError('unreachable', place, error))
    }
    const release = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      socket.off('error', onError)
    }
    function fail(error: RpcError): void {
      release()
      // A late error of a socket given up has nobody to tell.
      socket.on('error', () => undefined)
      socket.destroy()
      reject(error)
    }
    socket.on('error', onError)
    socket.once('connect', () => {
      release()
      resolve(socket)
    })
    signal?.addEventListener('abort', abort)
    if (signal?.aborted === true) abort()
  })
}
