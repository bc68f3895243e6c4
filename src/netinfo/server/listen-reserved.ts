/** Listening as the original servers did (protocol.md §1): at a reserved port where that is allowed, else at any. */
import type { RpcProgram } from './rpc-program.ts'
import { RpcServer } from './rpc-server.ts'
import type { RpcServerOptions } from './rpc-server.ts'

/** How to listen, but for the ports. */
export type ListenOptions = Omit<RpcServerOptions, 'tcpPort' | 'udpPort'>

/** Where `bindresvport` looks. */
const RESERVED_FIRST = 600
/** Where thousands of connections have a number each, one try in five may fail. */
const SAME_NUMBER_TRIES = 20
const RESERVED_COUNT = 1024 - RESERVED_FIRST

/**
 * Listens at one number for TCP and UDP, so that who knows the one port knows the other.
 * @throws ERR_PORTOLAN_LISTEN_FAILED
 */
export async function listenReserved(program: RpcProgram, options: ListenOptions): Promise<RpcServer> {
  const open = (port: number): Promise<RpcServer | null> =>
    RpcServer.listen([program], { ...options, tcpPort: port, udpPort: port }).catch(() => null)
  if (process.getuid?.() === 0) {
    const start = Math.floor(Math.random() * RESERVED_COUNT)
    for (let tries = 0; tries < RESERVED_COUNT; tries += 1) {
      const server = await open(RESERVED_FIRST + ((start + tries) % RESERVED_COUNT))
      if (server !== null) return server
    }
  }
  return listenAnywhere(program, options)
}

/**
 * Listens at any port that is free, one number for TCP and UDP where that can be had.
 * @throws ERR_PORTOLAN_LISTEN_FAILED
 */
export async function listenAnywhere(program: RpcProgram, options: ListenOptions): Promise<RpcServer> {
  for (let tries = 0; tries < SAME_NUMBER_TRIES; tries += 1) {
    const probe = await RpcServer.listen([program], { ...options, tcpPort: null, udpPort: 0 })
    const free = probe.udpPort ?? 0
    await probe.close()
    // The number may be a TCP connection's, or go to another program meanwhile.
    const server = await RpcServer.listen([program], { ...options, tcpPort: free, udpPort: free }).catch(() => null)
    if (server !== null) return server
  }
  return RpcServer.listen([program], options)
}
