/** Listening as the original servers did (protocol.md §1): at a reserved port where that is allowed, else at any. */
import { RpcServer } from './rpc-server.ts'
import type { RpcProgram } from './rpc-program.ts'

/** Where `bindresvport` looks. */
const RESERVED_FIRST = 600
const RESERVED_COUNT = 1024 - RESERVED_FIRST

/**
 * Listens at one number for TCP and UDP, so that who knows the one port knows the other.
 * @throws ERR_PORTOLAN_LISTEN_FAILED
 */
export async function listenReserved(
  program: RpcProgram,
  host: string,
  onError: (error: unknown) => void,
): Promise<RpcServer> {
  const open = (port: number): Promise<RpcServer | null> =>
    RpcServer.listen([program], { host, tcpPort: port, udpPort: port, onError }).catch(() => null)
  if (process.getuid?.() === 0) {
    const start = Math.floor(Math.random() * RESERVED_COUNT)
    for (let tries = 0; tries < RESERVED_COUNT; tries += 1) {
      const server = await open(RESERVED_FIRST + ((start + tries) % RESERVED_COUNT))
      if (server !== null) return server
    }
  }
  return listenAnywhere(program, host, onError)
}

/**
 * Listens at any port that is free, one number for TCP and UDP where that can be had.
 * @throws ERR_PORTOLAN_LISTEN_FAILED
 */
export async function listenAnywhere(
  program: RpcProgram,
  host: string,
  onError: (error: unknown) => void,
): Promise<RpcServer> {
  const probe = await RpcServer.listen([program], { host, tcpPort: null, udpPort: 0, onError })
  const free = probe.udpPort ?? 0
  await probe.close()
  return RpcServer.listen([program], { host, tcpPort: free, udpPort: free, onError }).catch(() =>
    RpcServer.listen([program], { host, onError }),
  )
}
