/** "Whose child am I?": BIND to binders, by way of the portmappers of their machines (protocol.md §7.2.7). */
import { DecodeError, XdrReader, bytesOf } from '../../core/index.ts'
import { BINDER } from '../codec.ts'
import type { Binding } from '../handle.ts'
import { PORTMAP } from '../portmap-codec.ts'
import { PORTMAP_PORT } from '../programs.ts'
import type { UnixCredential } from '../rpc-message.ts'
import { callitArguments } from './portmap.ts'
import { decodeResult, encodeDatagram } from './rpc-call.ts'
import { RpcError } from './rpc-error.ts'
import { raceUdp } from './udp-client.ts'

/** Four sends, with 0.5, 1, 2 and 2 seconds after them. */
const BIND_TIMEOUT_MS = 5500
/** RFC 5531's limit of a machine name in AUTH_UNIX. */
const MACHINE_NAME_BYTES_MAX = 255

/** Asks whether the server of a tag at an address, which may be a network's broadcast address, has the client as its child. */
export interface BindCandidate {
  readonly address: string
  readonly serverTag: string
  readonly clientAddress: string
  readonly clientTag: string
  /** The portmapper's; 111 when left out. */
  readonly port?: number
}

export interface BindOptions {
  /** The name of this machine, which the credential carries; it proves nothing. */
  readonly hostName?: string
  /** 5,500 when left out: four sends. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks all candidates at once, and again until one agrees or the time is over.
 * @returns the first that agreed, by the address that its answer came from; null when none did
 * @throws RpcError `aborted`, or `unreachable` where this machine cannot send at all
 */
export async function bindThroughPortmapper(
  candidates: readonly BindCandidate[],
  options: BindOptions = {},
): Promise<Binding | null> {
  const { hostName = '', timeoutMs = BIND_TIMEOUT_MS, signal } = options
  const stamp = Math.floor(Date.now() / 1000)
  const machineName = bytesOf(hostName).subarray(0, MACHINE_NAME_BYTES_MAX)
  const credential: UnixCredential = { stamp, machineName, uid: 0, gid: 0, gids: [] }
  const racers = candidates.map(({ address, serverTag, clientAddress, clientTag, port = PORTMAP_PORT }) => {
    const args = callitArguments(BINDER.bind, { clientAddress, clientTag, serverTag })
    return { address, port, message: (xid: number) => encodeDatagram(PORTMAP.callit, args, xid, credential) }
  })
  const winner = await raceUdp(racers, acceptBind, { timeoutMs, signal })
  const candidate = winner === null ? undefined : candidates[winner.racer]
  return winner === null || candidate === undefined ? null : { tag: candidate.serverTag, address: winner.address }
}

/** The results of BIND are empty; anything but a success says nothing, since others may yet agree. */
function acceptBind(reply: Buffer): true | null {
  try {
    const { result } = decodeResult(PORTMAP.callit, reply, 'portmapper')
    BINDER.bind.result.decode(new XdrReader(result))
    return true
  } catch (error) {
    if (error instanceof RpcError || error instanceof DecodeError) return null
    throw error
  }
}
