/** This machine's sockets on Linux, from /proc. */
import { readFileSync } from 'node:fs'
import { PortolanError, messageOf, systemCode } from '../core/index.ts'
import { reachOf } from './address.ts'
import { joinFound, newWalk, startHelper, walkProcesses } from './holders.ts'
import type { Found, Holders, Walk } from './holders.ts'
import { ProcessTable, listPids, readLink } from './linux-processes.ts'
import { parseSocketTable } from './linux-sockets.ts'
import type { SocketRow } from './linux-sockets.ts'
import type { Connection, Listener, ProcessInfo, SocketQuery, Sockets, Unseen } from './model.ts'
import { readNetlinkListeners } from './netlink.ts'
import { userNames } from './linux-users.ts'
import { readTable } from './read-table.ts'

const TABLES = [
  { file: 'tcp', transport: 'tcp' },
  { file: 'tcp6', transport: 'tcp' },
  { file: 'udp', transport: 'udp' },
  { file: 'udp6', transport: 'udp' },
] as const

/** Where to read; tests name trees of their own. */
export interface LinuxPaths {
  readonly proc: string
  readonly passwd: string
}

/** From so many open sockets on a second thread pays: 4 µs of walking each is by then what it takes to start one. */
const MANY_SOCKETS = 3000

const SYSTEM_PATHS: LinuxPaths = { proc: '/proc', passwd: '/etc/passwd' }

/** The text of each table that the kernel has; null for one that it has not. */
type TableTexts = readonly (string | null)[]

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
  if (expectAll && countSockets(paths.proc) > MANY_SOCKETS) {
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

/** The kernel's own count, of all kinds of sockets; 0 where it does not tell. */
function countSockets(proc: string): number {
  try {
    return Number(/^sockets: used (\d+)/.exec(readFileSync(`${proc}/net/sockstat`, 'latin1'))?.[1] ?? 0)
  } catch {
    return 0
  }
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
  for (const row of rows) {
    const base = socketBase(row, holders, processes, userName)
    if (row.state === 'listen') listeners.push({ ...base, reach: reachOf(row.address, row.namespace !== null) })
    else {
      const { remoteAddress, remotePort, state } = row
      connections.push({ ...base, remoteAddress, remotePort, state })
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

function unreadable(path: string, cause: unknown): PortolanError {
  return new PortolanError('ERR_PORTOLAN_LISTENERS_UNREADABLE', `${path} cannot be read: ${messageOf(cause)}`, {
    hint: 'Portolan reads sockets from /proc: mount it, or run outside the sandbox that hides it.',
    cause,
  })
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

function readTables(folder: string): Promise<TableTexts> {
  // A kernel without IPv6 has no tcp6 and udp6.
  return Promise.all(TABLES.map(({ file }) => readTableIfThere(`${folder}/${file}`, file.endsWith('6'))))
}

async function readTableIfThere(path: string, mayLack: boolean): Promise<string | null> {
  try {
    return await readTable(path)
  } catch (error) {
    if (mayLack && systemCode(error) === 'ENOENT') return null
    throw unreadable(path, error)
  }
}

function parseTables(texts: TableTexts, namespace: string | null, query: SocketQuery): SocketRow[] {
  const rows: SocketRow[] = []
  const { ports, connections = false } = query
  for (const [index, { transport }] of TABLES.entries()) {
    parseSocketTable(texts[index] ?? '', { transport, namespace, ports, connections }, rows)
  }
  return rows
}

function socketBase(
  row: SocketRow,
  holders: Holders,
  processes: ProcessTable,
  userName: (uid: number) => string,
): Omit<Listener, 'reach'> {
  const pids = holders.byInode.get(row.inode) ?? NO_PIDS
  const process = firstProcess(pids, processes)
  return {
    transport: row.transport,
    address: row.address,
    port: row.port,
    process,
    holders: process === null ? [] : pids,
    unseen: process === null ? unseenOf(row, holders) : null,
    socketUser: row.inode === 0 ? null : userName(row.uid),
    namespace: row.namespace,
  }
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
