/** Where a domain's parent may be served, and in which order to ask (protocol.md §7.2, steps 4 and 5). */
import type { Binding } from '../handle.ts'

/** An IPv4 interface of this machine that is up. */
export interface NetworkInterface {
  readonly address: string
  readonly netmask: string
  readonly isLoopback: boolean
}

export interface Candidate {
  /** For a broadcast, the address of a whole network. */
  readonly server: Binding
  readonly isBroadcast: boolean
  readonly reach: Reach
}

/** On this machine; on a network that it is attached to; elsewhere. */
export type Reach = 'own' | 'attached' | 'far'

/** "Is the client at this address, with this tag, a child of the domain that you serve under that tag?" */
export interface BindRequest {
  readonly candidate: Candidate
  readonly clientAddress: string
  readonly clientTag: string
}

export interface CandidateOptions {
  /** What `/machines` or the configuration names. */
  readonly servers: readonly Binding[]
  readonly ownTag: string
  readonly isOwnAddress: (address: string) => boolean
  readonly interfaces: readonly NetworkInterface[]
  /** From 0 up to, and without, 1. */
  readonly random: () => number
}

const ANY_NETWORK = '255.255.255.255'
/** More servers of one parent than this add nothing but datagrams; the shuffle picks others each time. */
const CANDIDATES_MAX = 64
const REACHES = ['own', 'attached', 'far'] as const satisfies readonly Reach[]

/** The candidates without this server itself: shuffled, then own machine first, attached networks next. */
export function candidatesOf(options: CandidateOptions): Candidate[] {
  const outer = options.interfaces.filter(({ isLoopback }) => !isLoopback)
  // A link to a single machine has no broadcast.
  const broadcasts = new Set(
    outer.map(broadcastOf).filter((address) => !outer.some((each) => each.address === address)),
  )
  const expanded = options.servers.flatMap(({ tag, address }) =>
    address === ANY_NETWORK ? [...broadcasts].map((broadcast) => ({ tag, address: broadcast })) : [{ tag, address }],
  )
  const isSelf = ({ tag, address }: Binding): boolean => tag === options.ownTag && options.isOwnAddress(address)
  const unique = new Map(expanded.filter((server) => !isSelf(server)).map((server) => [keyOf(server), server]))
  const candidates = shuffle([...unique.values()], options.random).map((server) => ({
    server,
    isBroadcast: broadcasts.has(server.address),
    reach: reachOf(server.address, options),
  }))
  return REACHES.flatMap((reach) => candidates.filter((candidate) => candidate.reach === reach)).slice(
    0,
    CANDIDATES_MAX,
  )
}

/** Each candidate is asked about each address of this machine: its `/machines` may list only one of them. */
export function requestsOf(
  candidates: readonly Candidate[],
  interfaces: readonly NetworkInterface[],
  clientTag: string,
): BindRequest[] {
  const outer = interfaces.filter(({ isLoopback }) => !isLoopback)
  const addresses = new Set((outer.length > 0 ? outer : interfaces).map(({ address }) => address))
  return candidates.flatMap((candidate) =>
    [...addresses].map((clientAddress) => ({ candidate, clientAddress, clientTag })),
  )
}

/** The address that reaches every machine of an interface's network. */
export function broadcastOf({ address, netmask }: Pick<NetworkInterface, 'address' | 'netmask'>): string {
  const mask = bytesOfQuad(netmask)
  return bytesOfQuad(address)
    .map((byte, index) => byte | (~(mask[index] ?? 0) & 0xff))
    .join('.')
}

/** True where both addresses lie in the interface's network. */
export function isAttached(address: string, { address: own, netmask }: NetworkInterface): boolean {
  const mask = bytesOfQuad(netmask)
  const ownBytes = bytesOfQuad(own)
  return bytesOfQuad(address).every((byte, index) => ((byte ^ (ownBytes[index] ?? 0)) & (mask[index] ?? 0)) === 0)
}

function reachOf(address: string, { isOwnAddress, interfaces }: CandidateOptions): Reach {
  if (isOwnAddress(address)) return 'own'
  return interfaces.some((each) => isAttached(address, each)) ? 'attached' : 'far'
}

function keyOf({ tag, address }: Binding): string {
  return `${address}/${tag}`
}

function bytesOfQuad(quad: string): number[] {
  return quad.split('.').map(Number)
}

/** Fisher and Yates's shuffle. */
function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const shuffled = [...items]
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    const [a, b] = [shuffled[last], shuffled[other]]
    if (a === undefined || b === undefined) continue
    shuffled[last] = b
    shuffled[other] = a
  }
  return shuffled
}
