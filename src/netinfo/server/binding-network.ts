/** What the search for a parent does on the network (protocol.md §7.2, steps 2, 6 and 7). */
import { hostname, networkInterfaces } from 'node:os'
import { DecodeError, XdrReader, bytesOf } from '../../core/index.ts'
import { DirectoryError } from '../../directory/index.ts'
import { getRegister } from '../client/connect.ts'
import { callitArguments } from '../client/portmap.ts'
import { encodeDatagram } from '../client/rpc-call.ts'
import { RpcError } from '../client/rpc-error.ts'
import { callUdp, raceUdp } from '../client/udp-client.ts'
import type { Racer } from '../client/udp-client.ts'
import { BINDER, NETINFO } from '../codec.ts'
import { PORTMAP } from '../portmap-codec.ts'
import { PORTMAP_PORT } from '../programs.ts'
import { decodeReply } from '../rpc-message.ts'
import type { UnixCredential } from '../rpc-message.ts'
import type { BindRequest, NetworkInterface } from './binding-candidates.ts'
import type { BindingNetwork } from './binding.ts'

export interface BindingNetworkOptions {
  readonly portmapPort?: number
  /** The port of a host's binder, where it is known without its portmapper: that of this machine. */
  readonly binderPortOf?: (address: string) => number | undefined
}

/** In all, for the binder and the server (line A). */
const ALIVE_MS = 2000
/** Four sends: the waits after them are 0.5 s, 1 s, 2 s and 2 s. */
const STAGE_MS = 5500
/** RFC 5531's limit of a machine name in AUTH_UNIX. */
const MACHINE_NAME_MAX = 255
const ROOT_UID = 0

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
      const racers = requests.map((request) => racerOf(request, portmapPort))
      try {
        const winner = await raceUdp(racers, isAgreed, { timeoutMs: STAGE_MS, signal })
        const tag = winner === null ? undefined : requests[winner.racer]?.candidate.server.tag
        return winner === null || tag === undefined ? null : { tag, address: winner.address }
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

/** BIND to the binder, by way of the portmapper; the credential is of no account. */
function racerOf({ candidate, clientAddress, clientTag }: BindRequest, port: number): Racer {
  const { address, tag: serverTag } = candidate.server
  const args = callitArguments(BINDER.bind, { clientAddress, clientTag, serverTag })
  return { address, port, message: (xid) => encodeDatagram(PORTMAP.callit, args, xid, hostCredential()) }
}

function hostCredential(): UnixCredential {
  const machineName = bytesOf(hostname()).subarray(0, MACHINE_NAME_MAX)
  return { stamp: Math.floor(Date.now() / 1000), machineName, uid: ROOT_UID, gid: 0, gids: [] }
}

/** A portmapper answers only when the binder agreed; whatever else comes is nobody's yes. */
function isAgreed(reply: Buffer): true | null {
  try {
    const reader = new XdrReader(reply)
    if (decodeReply(reader).outcome.kind !== 'success') return null
    PORTMAP.callit.result.decode(reader)
    return true
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}
