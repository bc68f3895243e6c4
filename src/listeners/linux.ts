/** This machine's sockets on Linux, from /proc. */
import { PortolanError } from '../core/index.ts'
import { reachOf } from './address.ts'
import { joinFound, newWalk, startHelper, walkProcesses } from './holders.ts'
import type { Found, Holders, Walk } from './holders.ts'
import { ProcessTable, listPids, readLink } from './linux-processes.ts'
import { parseSocketTable } from './linux-sockets.ts'
import type { SocketRow } from './linux-sockets.ts'
import type { Connection, Listener, ProcessInfo, SocketQuery, Sockets, Unseen } from './model.ts'
import { readNetlinkListeners } from './netlink.ts'
import { userNames } from './linux-users.ts'
import { TABLES, countSockets, readTables, unreadable } from './linux-tables.ts'
import type { TableTexts } from './linux-tables.ts'

/** Where to read; tests name trees of their own. */
export interface LinuxPaths {
  readonly proc: string
  readonly passwd: string
}

/** From so many open sockets on a second thread pays: 4 µs of walking each is by then what it takes to start one. */
const MANY_SOCKETS = 3000

const SYSTEM_PATHS: LinuxPaths = { proc: '/proc', passwd: '/etc/passwd' }

/**
 * Begins to read, and answers a query when what it needs is there.
 *
 * The kernel takes 2 ms to write out each table of TCP, even an empty one, for it walks all of its hash table. So both are
 * asked for at once, beside whatever the caller does before it has its query. On a machine with many sockets other ways
 * are quicker: netlink for the listeners, and a second thread that looks who holds them.
 *
 * With the right to (root), the sockets are those of every network namespace in which a process runs.
 * @param expectAll true when the query will be for all ports
 * @throws ERR_PORTOLAN_LISTENERS_UNREADABLE when /proc/net is not there or may not be read
 */
export function beginLinuxSockets(
  expectAll: boolean,
  paths: LinuxPaths = SYSTEM_PATHS,
): (query: SocketQuery) => Promise<Sockets> {
  if (expectAll && countSockets(`${paths.proc}/net`) > MANY_SOCKETS) {
    const helped = beginHelped(paths.proc)
    return async (query) => answer(query, helped, await ownRows(query, paths), paths)
  }
  const texts = readTables(`${paths.proc}/net`)
  texts.catch(() => undefined) // whoever asks is told
  return async (query) => answer(query, null, parseTables(await texts, null, query), paths)
}

/** The sockets of Portolan's own network namespace, on a machine with many. */
async function ownRows(query: SocketQuery, { proc }: LinuxPaths): Promise<SocketRow[]> {
  const isForNetlink = query.connections !== true && query.ports === undefined && proc === SYSTEM_PATHS.proc
  return (isForNetlink ? readNetlinkListeners() : null) ?? parseTables(await readTables(`${proc}/net`), null, query)
}

interface HelpedWalk {
  readonly walk: Walk
  readonly others: Promise<Found | null>
}

function beginHelped(proc: string): HelpedWalk {
  const walk = newWalk(proc, listPidsOrExplain(proc))
  return { walk, others: startHelper(walk) }
}

async function answer(
  query: SocketQuery,
  helped: HelpedWalk | null,
  own: readonly SocketRow[],
  paths: LinuxPaths,
): Promise<Sockets> {
  const walk = helped?.walk ?? newWalk(paths.proc, listPidsOrExplain(paths.proc))
  const rows = [...own, ...(await foreignRows(paths.proc, walk.pids, query))]
  const holders = await findHolders(rows, walk, helped?.others ?? null)
  const userName = userNames(paths.passwd)
  const processes = new ProcessTable(paths.proc, userName, query.details ?? 'all')
  const listeners: Listener[] = []
  const connections: Connection[] = []
  // Written out, not spread: on a busy machine this makes tens of thousands of objects.
  for (const row of rows) {
    const { transport, address, port, namespace } = row
    const pids = holders.byInode.get(row.inode) ?? NO_PIDS
    const process = firstProcess(pids, processes)
    const held = process === null ? NO_PIDS : pids
    const unseen = process === null ? unseenOf(row, holders) : null
    const socketUser = row.inode === 0 ? null : userName(row.uid)
    if (row.state === 'listen') {
      const reach = reachOf(address, namespace !== null)
      listeners.push({ transport, address, port, process, holders: held, unseen, socketUser, namespace, reach })
    } else {
      const { remoteAddress, remotePort, state } = row
      connections.push({
        transport,
        address,
        port,
        process,
        holders: held,
        unseen,
        socketUser,
        namespace,
        remoteAddress,
        remotePort,
        state,
      })
    }
  }
  return { listeners, connections, notes: notesOf(listeners, holders) }
}

async function findHolders(
  rows: readonly SocketRow[],
  walk: Walk,
  helper: Promise<Found | null> | null,
): Promise<Holders> {
  const wanted = new Set<number>()
  for (const { inode } of rows) if (inode !== 0) wanted.add(inode)
  if (wanted.size === 0) return joinFound([], wanted)
  const own = walkProcesses(walk)
  const others = helper === null ? { pairs: [], deniedCount: 0 } : await helper
  // The helper may have taken processes and failed: then all are walked once more.
  return joinFound(others === null ? [walkProcesses(newWalk(walk.proc, walk.pids))] : [own, others], wanted)
}

function listPidsOrExplain(proc: string): number[] {
  try {
    return listPids(proc)
  } catch (error) {
    throw unreadable(proc, error)
  }
}

/**
 * The sockets of other network namespaces: one process stands for each. Where a link may not be read, the namespace is left
 * out.
 */
async function foreignRows(proc: string, pids: readonly number[], query: SocketQuery): Promise<SocketRow[]> {
  const rows: SocketRow[] = []
  const seen = new Set([readLink(`${proc}/self/ns/net`)])
  for (const pid of pids) {
    const namespace = readLink(`${proc}/${pid}/ns/net`)
    if (namespace === null || seen.has(namespace)) continue
    seen.add(namespace)
    try {
      for (const row of parseTables(await readTables(`${proc}/${pid}/net`), namespace, query)) rows.push(row)
    } catch (error) {
      // The process ended, and its namespace maybe with it: another of the namespace may come later.
      if (!(error instanceof PortolanError)) throw error
      seen.delete(namespace)
    }
  }
  return rows
}

function parseTables(texts: TableTexts, namespace: string | null, query: SocketQuery): SocketRow[] {
  const rows: SocketRow[] = []
  const { ports, connections = false } = query
  for (const [index, { transport }] of TABLES.entries()) {
    parseSocketTable(texts[index] ?? '', { transport, namespace, ports, connections }, rows)
  }
  return rows
}

const NO_PIDS: readonly number[] = []

/** The holder with the lowest pid that is still there. */
function firstProcess(pids: readonly number[], processes: ProcessTable): ProcessInfo | null {
  for (const pid of pids) {
    const process = processes.get(pid)
    if (process !== null) return process
  }
  return null
}

function unseenOf(row: SocketRow, holders: Holders): Unseen {
  if (row.inode === 0) return { reason: 'gone', hint: 'The process has closed it; the kernel keeps it for a while.' }
  if (holders.deniedCount > 0) {
    return {
      reason: 'permission',
      hint: 'Its process belongs to another user: run the same command with sudo to see it.',
    }
  }
  return {
    reason: 'kernel',
    hint: 'No process holds it: the kernel itself does (NFS, WireGuard, …), or a process that cannot be seen from here.',
  }
}

function notesOf(listeners: readonly Listener[], holders: Holders): string[] {
  const hidden = listeners.filter((each) => each.unseen?.reason === 'permission').length
  if (hidden === 0) return []
  const of = hidden === 1 ? '1 listener' : `${hidden} listeners`
  return [
    `The process of ${of} cannot be seen (${holders.deniedCount} processes belong to others): run it with sudo to see all.`,
  ]
}
