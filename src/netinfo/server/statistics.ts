/** STATISTICS (protocol.md §5.2): what a server says of itself, a property each, in the protocol's order. */
import type { Properties, Property } from '../../directory/index.ts'
import { NETINFO_PROCEDURES } from '../programs.ts'
import type { CallHeader } from '../rpc-message.ts'
import type { AuthenticationCounts } from './authenticate.ts'
import type { BindingState } from './binding.ts'
import type { Machines } from './machines.ts'
import type { CallCounts } from './netinfo-program.ts'
import type { RpcStats } from './rpc-server.ts'
import type { Tunables } from './tunables.ts'

/** Why writes are refused; `no` where they are not. */
export type WriteLock = 'no' | 'locked' | 'clone' | 'transferring clone'

export interface StatisticsInput {
  readonly checksum: number
  readonly version: string
  readonly tag: string
  readonly isMaster: boolean
  readonly cloneCount: number
  /** This machine's addresses but those of the loopback. */
  readonly addresses: readonly string[]
  readonly hostName: string
  /** `a.b.c.d/tag` each. */
  readonly domainServers: readonly string[]
  readonly writeLock: WriteLock
  readonly tunables: Tunables
  readonly senders: number
  readonly pending: number
  readonly authentications: AuthenticationCounts
  /** -1 where there is no next RESYNC to the clones. */
  readonly cleanupMinutesLeft: number
  readonly binding: BindingState
  readonly connections: RpcStats
  readonly calls: CallCounts
}

/** What a client puts inverted into the machine name of AUTH_UNIX to be told the checksum alone. */
const SHORT_FORM = Buffer.from(Buffer.from('checksum').map((byte) => byte ^ 0xff))
const ADDRESSES_MAX = 16
const NO_ADDRESS = '0.0.0.0'
const SECONDS_PER_MINUTE = 60

const WRITE_LOCK_TEXTS: Readonly<Record<WriteLock, string>> = {
  no: 'No',
  locked: 'Yes (locked)',
  clone: 'clone',
  'transferring clone': 'clone (transfer in progress)',
}

/** True where the caller wants the first property alone, as it does many times a day. */
export function isShortForm(header: CallHeader): boolean {
  return header.unix !== null && SHORT_FORM.equals(header.unix.machineName)
}

export function shortStatistics(checksum: number): Properties {
  return [property('checksum', checksum)]
}

export function fullStatistics(input: StatisticsInput): Properties {
  const { tunables, authentications, connections, calls } = input
  const proxies = Number.isFinite(tunables.readallProxies) ? tunables.readallProxies : 'unlimited'
  return [
    property('checksum', input.checksum),
    property('server_version', input.version),
    property('tag', input.tag, ...(input.isMaster ? ['master', input.cloneCount] : ['clone'])),
    property('ip_address', ...(input.addresses.length > 0 ? input.addresses.slice(0, ADDRESSES_MAX) : [NO_ADDRESS])),
    property('hostname', input.hostName),
    property('domain_servers', ...input.domainServers),
    property('write_locked', WRITE_LOCK_TEXTS[input.writeLock]),
    property('notify_threads', input.senders, tunables.subthreads, tunables.updateLatencySeconds),
    property('notifications_pending', input.pending),
    property(
      'authentications',
      authentications.userGood,
      authentications.userBad,
      authentications.writeGood,
      authentications.writeBad,
    ),
    property('readall_proxies', proxies, tunables.isReadallStrict ? 'strict' : 'loose'),
    property('cleanup_wait', Math.round(tunables.cleanupWaitSeconds / SECONDS_PER_MINUTE), input.cleanupMinutesLeft),
    property('total_calls', sumOf(calls.calls)),
    property('binding', bindingText(input.binding)),
    property('connections', connections.current, connections.peak, connections.max, connections.closedOldest),
    ...NETINFO_PROCEDURES.map((name, procedure) =>
      property(name, procedure, calls.calls[procedure] ?? 0, Math.round(calls.microseconds[procedure] ?? 0)),
    ),
  ]
}

/** Every server of this domain, one for each address and `./tag` in `/machines`. */
export function domainServersOf(machines: Machines): readonly string[] {
  return machines.servers().flatMap(({ addresses, serves }) => {
    const tags = serves.flatMap((value) => (value.domain === '.' ? [value.tag] : []))
    return addresses.flatMap((address) => tags.map((tag) => `${address}/${tag}`))
  })
}

function bindingText(state: BindingState): string {
  return typeof state === 'string' ? state : `${state.address}/${state.tag}`
}

function property(name: string, ...values: readonly (string | number)[]): Property {
  return { name, values: values.map(String) }
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
