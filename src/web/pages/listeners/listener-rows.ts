/** What listens here, as rows of a table: each listener with what its port is for, and whether somebody declared it. */
import { serviceLabel } from '../../../answer/index.ts'
import type { Listener, SocketTransport } from '../../../listeners/index.ts'
import type { DeclaredPorts } from '../../live/declared-ports.ts'
import { keyOf } from '../../live/socket-watch.ts'
import type { SocketSnapshot } from '../../live/socket-watch.ts'
import type { WebServices } from '../../services.ts'
import type { ListenerRow } from './listener-form.ts'

/**
 * The rows of each snapshot, made once for all who ask. What stays as it was is the same row: of ten thousand listeners a
 * second changes few, and only those have to be told.
 */
export class ListenerRows {
  readonly #services: Pick<WebServices, 'registry' | 'lore'>
  readonly #declared: DeclaredPorts
  /** Of at most 131,072 ports, those that something has listened on. */
  readonly #labels: Map<string, string> = new Map()
  #last: { readonly of: SocketSnapshot; readonly declared: string; readonly rows: readonly ListenerRow[] } | null = null
  #known: ReadonlyMap<string, { readonly listener: Listener; readonly row: ListenerRow }> = new Map()

  constructor(services: Pick<WebServices, 'registry' | 'lore' | 'declared'>) {
    this.#services = services
    this.#declared = services.declared
  }

  /** Ordered as the snapshot is. */
  of(snapshot: SocketSnapshot): readonly ListenerRow[] {
    const declared = this.#declared.state
    if (this.#last?.of === snapshot && this.#last.declared === declared) return this.#last.rows
    const ports = this.#declared.any()
    const known = new Map<string, { readonly listener: Listener; readonly row: ListenerRow }>()
    const rows = snapshot.sockets.listeners.map((listener) => {
      const id = idOf(listener, known)
      const before = this.#known.get(id)
      const isDeclared = ports.has(listener.port)
      const connections = connectionsTo(snapshot, listener)
      const isSame =
        before?.listener === listener && before.row.isDeclared === isDeclared && before.row.connections === connections
      const row = isSame ? before.row : this.#rowOf(id, listener, isDeclared, connections)
      known.set(id, { listener, row })
      return row
    })
    this.#known = known
    this.#last = { of: snapshot, declared, rows }
    return rows
  }

  #rowOf(id: string, listener: Listener, isDeclared: boolean, connections: number): ListenerRow {
    const { port, transport, address, reach } = listener
    const { name = null, pid = null, command = null, user = null, startedAt = null } = listener.process ?? {}
    return {
      id,
      port,
      transport,
      address,
      service: this.#serviceOf(port, transport),
      process: name,
      pid,
      command,
      user: user ?? listener.socketUser,
      startedMs: timeOf(startedAt),
      reach,
      isDeclared,
      connections,
    }
  }

  #serviceOf(port: number, transport: SocketTransport): string {
    const { registry, lore } = this.#services
    const key = `${transport} ${port}`
    let label = this.#labels.get(key)
    if (label === undefined) {
      label = serviceLabel(registry, lore, port, transport)
      this.#labels.set(key, label)
    }
    return label
  }
}

/** A process may open the same socket more than once (SO_REUSEPORT): the second is told from the first by its number. */
function idOf(listener: Listener, taken: ReadonlyMap<string, unknown>): string {
  const key = keyOf(listener)
  let id = key
  for (let number = 2; taken.has(id); number += 1) id = `${key} ${number}`
  return id
}

/** Peers at this end of the listener; a connection of this machine to itself stands in the table twice, and counts once. */
function connectionsTo(snapshot: SocketSnapshot, { port, transport, address }: Listener): number {
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
