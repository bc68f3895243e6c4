/** What listens here, as rows of a table: each listener with what its port is for, and whether somebody declared it. */
import { serviceLabel } from '../../../answer/index.ts'
import type { Listener, Reach, SocketTransport } from '../../../listeners/index.ts'
import { keyOf } from '../../live/socket-watch.ts'
import type { SocketSnapshot } from '../../live/socket-watch.ts'
import type { WebServices } from '../../services.ts'

/** As it also travels to the browser. */
export interface ListenerRow {
  /** Tells it from all others, and from who listens there later. */
  readonly id: string
  readonly port: number
  readonly transport: SocketTransport
  readonly address: string
  /** What the port is for; empty where nothing is known. */
  readonly service: string
  /** Null where the user who runs this server may not see it. */
  readonly process: string | null
  readonly pid: number | null
  readonly command: string | null
  readonly user: string | null
  /** Milliseconds since 1970. */
  readonly startedMs: number | null
  readonly reach: Reach
  readonly isDeclared: boolean
  /** TCP connections that somebody has to it. */
  readonly connections: number
}

export function rowsOf(
  { registry, lore }: Pick<WebServices, 'registry' | 'lore'>,
  snapshot: SocketSnapshot,
  isDeclared: (port: number) => boolean,
): readonly ListenerRow[] {
  return snapshot.sockets.listeners.map((listener): ListenerRow => {
    const { port, transport, address, reach } = listener
    const { name = null, pid = null, command = null, user = null, startedAt = null } = listener.process ?? {}
    return {
      id: keyOf(listener),
      port,
      transport,
      address,
      service: serviceLabel(registry, lore, port, transport),
      process: name,
      pid,
      command,
      user: user ?? listener.socketUser,
      startedMs: timeOf(startedAt),
      reach,
      isDeclared: isDeclared(port),
      connections: connectionsTo(snapshot, listener),
    }
  })
}

/** Peers at this end of the listener; a connection of this machine to itself stands in the table twice, and counts once. */
export function connectionsTo(snapshot: SocketSnapshot, { port, transport, address }: Listener): number {
  if (transport !== 'tcp') return 0
  return snapshot.connectionsOn(port).filter((each) => isTo(each, port, address)).length
}

export function isTo(
  connection: { readonly port: number; readonly transport: string; readonly address: string; readonly state: string },
  port: number,
  address: string,
): boolean {
  const isEverywhere = address === '0.0.0.0' || address === '::' || address === '*'
  return (
    connection.port === port &&
    connection.transport === 'tcp' &&
    connection.state === 'established' &&
    (isEverywhere || connection.address === address)
  )
}

function timeOf(iso: string | null): number | null {
  const time = iso === null ? Number.NaN : Date.parse(iso)
  return Number.isNaN(time) ? null : time
}
