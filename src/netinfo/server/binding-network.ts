/** What the search for a parent does on the network (protocol.md §7.2, steps 2, 6 and 7). */
import { hostname, networkInterfaces } from 'node:os'
import { DirectoryError } from '../../directory/index.ts'
import { bindThroughPortmapper } from '../client/bind.ts'
import type { BindCandidate } from '../client/bind.ts'
import { getRegister } from '../client/connect.ts'
import { RpcError } from '../client/rpc-error.ts'
import { callUdp } from '../client/udp-client.ts'
import { NETINFO } from '../codec.ts'
import { PORTMAP_PORT } from '../programs.ts'
import type { BindRequest, NetworkInterface } from './binding-candidates.ts'
import type { BindingNetwork } from './binding.ts'

export interface BindingNetworkOptions {
  readonly portmapPort?: number
  /** The port of a host's binder, where it is known without its portmapper: that of this machine. */
  readonly binderPortOf?: (address: string) => number | undefined
}

/** In all, for the binder and the server (line A). */
const ALIVE_MS = 2000

/** The network of this machine. */
export function bindingNetwork(options: BindingNetworkOptions = {}): BindingNetwork {
  const { portmapPort = PORTMAP_PORT, binderPortOf } = options
  return {
    interfaces,
    isAlive: async ({ address, tag }, outerSignal) => {
      const signal = AbortSignal.any([outerSignal, AbortSignal.timeout(ALIVE_MS)])
      try {
        const binderPort = binderPortOf?.(address)
        const ask = { readTimeoutMs: ALIVE_MS, signal, ...(binderPort === undefined ? {} : { binderPort }) }
        const { udpPort } = await getRegister(address, tag, ask)
        await callUdp(NETINFO.ping, undefined, { address, port: udpPort, timeoutMs: ALIVE_MS, signal })
        return true
      } catch (error) {
        if (error instanceof DirectoryError) return false
        throw error
      }
    },
    bind: async (requests, signal) => {
      const candidates = requests.map((request) => candidateOf(request, portmapPort))
      try {
        return await bindThroughPortmapper(candidates, { hostName: hostname(), signal })
      } catch (error) {
        if (error instanceof RpcError) return null
        throw error
      }
    },
  }
}

function interfaces(): readonly NetworkInterface[] {
  return Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ family }) => family === 'IPv4')
    .map(({ address, netmask, internal }) => ({ address, netmask, isLoopback: internal }))
}

function candidateOf({ candidate, clientAddress, clientTag }: BindRequest, port: number): BindCandidate {
  const { address, tag: serverTag } = candidate.server
  return { address, port, serverTag, clientAddress, clientTag }
}
