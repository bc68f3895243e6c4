/** The TCP side of an RPC server: it accepts, counts, closes who was silent longest, and sweeps. */
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import type { ConnectionTally } from './connection-tally.ts'
import { isOwnAddress, plainAddress } from './own-addresses.ts'
import { RpcConnection } from './rpc-connection.ts'
import type { RpcPeer } from './rpc-program.ts'
import type { RpcShared } from './rpc-shared.ts'

/** So many connections may wait to be accepted: a burst of clients after a restart. */
const BACKLOG = 1024
/** A client that is gone without a word is found out by TCP after this time. */
const KEEP_ALIVE_MS = 60_000
const SWEEP_MS = 1000

export class RpcTcp {
  readonly server: Server
  readonly #shared: RpcShared
  readonly #accepts: (peer: RpcPeer) => boolean
  readonly #connections = new Set<RpcConnection>()
  readonly #sweeper: NodeJS.Timeout
  readonly #tally: ConnectionTally
  #onEmpty: (() => void) | null = null

  constructor(shared: RpcShared, accepts: (peer: RpcPeer) => boolean, tally: ConnectionTally) {
    this.#shared = shared
    this.#tally = tally
    this.#accepts = accepts
    const options = { noDelay: true, allowHalfOpen: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }
    this.server = createServer(options, (socket) => this.#accept(socket))
    const { recordMs, stallMs } = shared.limits
    this.#sweeper = setInterval(() => this.#sweep(), Math.min(SWEEP_MS, recordMs / 4, stallMs / 4))
    this.#sweeper.unref()
  }

  listen(port: number, host: string, reusePort: boolean): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen({ port, host, reusePort, backlog: BACKLOG }, () => {
        this.server.off('error', reject)
        // An accept that fails (no file left, a client gone again) costs that one client.
        this.server.on('error', () => undefined)
        const bound = this.server.address()
        resolve(typeof bound === 'object' && bound !== null ? bound.port : port)
      })
    })
  }

  /** Accepts no more, lets each connection send what it owes for `graceMs`, then closes those that are left. */
  async close(graceMs: number): Promise<void> {
    if (this.server.listening) this.server.close()
    for (const connection of this.#connections) connection.end()
    if (this.#connections.size > 0) {
      const cut = setTimeout(() => this.#destroyAll(), graceMs)
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve
      })
      clearTimeout(cut)
    }
    clearInterval(this.#sweeper)
  }

  #accept(socket: Socket): void {
    const { remoteAddress, remotePort } = socket
    if (remoteAddress === undefined || remotePort === undefined) {
      socket.destroy()
      return
    }
    const address = plainAddress(remoteAddress)
    const peer: RpcPeer = { address, port: remotePort, transport: 'tcp', isOwnAddress: isOwnAddress(address) }
    if (!this.#isAccepted(peer)) {
      // A client that resets meanwhile is nobody's error.
      socket.on('error', () => undefined)
      socket.destroy()
      return
    }
    // The limit is that of all who share the tally; each closes of its own.
    if (this.#tally.current >= this.#shared.limits.connections) this.#closeOldest()
    this.#shared.activity += 1
    this.#connections.add(new RpcConnection(socket, peer, this.#shared, (connection) => this.#forget(connection)))
    this.#tally.opened()
  }

  #isAccepted(peer: RpcPeer): boolean {
    try {
      return this.#accepts(peer)
    } catch (error) {
      this.#shared.onError(error, null)
      return false
    }
  }

  /** Of those with nothing under way the one silent longest; where all have something, the one silent longest of all. */
  #closeOldest(): void {
    let oldest: RpcConnection | null = null
    let isOldestIdle = false
    for (const connection of this.#connections) {
      const { isIdle } = connection
      const isBetter = oldest === null || (isIdle === isOldestIdle ? connection.activity < oldest.activity : isIdle)
      if (!isBetter) continue
      oldest = connection
      isOldestIdle = isIdle
    }
    if (oldest === null) return
    this.#tally.madeRoom()
    oldest.destroy()
    // It leaves the table now: its socket closes only after this turn, and the next client may come before.
    this.#forget(oldest)
  }

  #forget(connection: RpcConnection): void {
    if (!this.#connections.delete(connection)) return
    this.#tally.closed()
    if (this.#connections.size === 0) this.#onEmpty?.()
  }

  #sweep(): void {
    this.#shared.nowMs = performance.now()
    for (const connection of this.#connections) connection.sweep()
  }

  #destroyAll(): void {
    for (const connection of this.#connections) connection.destroy()
  }
}
