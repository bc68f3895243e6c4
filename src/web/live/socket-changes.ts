/**
 * What the thread that reads sockets tells of a reading: of each socket, its place in the reading before, or itself where it
 * was not there or has changed. Of ten thousand sockets mostly a few do each second, so little has to be copied between the
 * threads, and what is as it was stays the same object.
 */
import type { Connection, Listener, ProcessInfo, Sockets } from '../../listeners/index.ts'

export interface ListChange<Socket> {
  /** For each socket its place in the list before; -1 for the next of `added`. */
  readonly places: Int32Array<ArrayBuffer>
  readonly added: readonly Socket[]
}

export interface SocketsChange {
  /** Null where nothing has changed. */
  readonly listeners: ListChange<Listener> | null
  readonly connections: ListChange<Connection> | null
  readonly notes: readonly string[]
}

/** What leads from one reading to the next. */
export function changeOf(before: Sockets, now: Sockets): SocketsChange {
  return {
    listeners: listChange(before.listeners, now.listeners, (each) => `${endOf(each)} ${each.reach}`),
    connections: listChange(
      before.connections,
      now.connections,
      (each) => `${endOf(each)} ${each.remoteAddress} ${each.remotePort} ${each.state}`,
    ),
    notes: now.notes,
  }
}

/** The reading that a change leads to. */
export function applyChange(before: Sockets, { listeners, connections, notes }: SocketsChange): Sockets {
  return {
    listeners: applyList(before.listeners, listeners),
    connections: applyList(before.connections, connections),
    notes,
  }
}

function listChange<Socket extends Listener | Connection>(
  before: readonly Socket[],
  now: readonly Socket[],
  textOf: (socket: Socket) => string,
): ListChange<Socket> | null {
  // Equal ones (SO_REUSEPORT) stand in for each other, in the order of their places.
  const known = new Map<string, number[]>()
  const processes = new Map<ProcessInfo, string>()
  const keyOf = (socket: Socket): string => `${textOf(socket)} ${processText(socket.process, processes)}`
  for (const [place, socket] of before.entries()) {
    const key = keyOf(socket)
    const places = known.get(key)
    if (places === undefined) known.set(key, [place])
    else places.push(place)
  }
  for (const places of known.values()) places.reverse()
  const added: Socket[] = []
  const places = Int32Array.from(now, (socket) => {
    const place = known.get(keyOf(socket))?.pop()
    if (place === undefined) added.push(socket)
    return place ?? -1
  })
  const isSame = before.length === now.length && places.every((place, index) => place === index)
  return isSame ? null : { places, added }
}

function applyList<Socket>(before: readonly Socket[], change: ListChange<Socket> | null): readonly Socket[] {
  if (change === null) return before
  const rest = change.added.values()
  return Array.from(change.places, (place) => (place === -1 ? rest.next().value : before[place])).filter(
    (socket) => socket !== undefined,
  )
}

function endOf({ transport, address, port, namespace, holders, socketUser, unseen }: Listener | Connection): string {
  return `${transport} ${address} ${port} ${namespace} ${holders.join()} ${socketUser} ${unseen?.reason}`
}

/** All that is told of a process, spelt once for all of its sockets. */
function processText(process: ProcessInfo | null, known: Map<ProcessInfo, string>): string {
  if (process === null) return ''
  let text = known.get(process)
  if (text === undefined) {
    text = JSON.stringify(process)
    known.set(process, text)
  }
  return text
}
