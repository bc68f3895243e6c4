/** This machine's sockets on Linux, from /proc. */
import { readFileSync } from 'node:fs'
import { PortolanError, messageOf, systemCode } from '../core/index.ts'
import { reachOf } from './address.ts'
import { ProcessTable, findHolders, listPids, readLink } from './linux-processes.ts'
import type { Holders } from './linux-processes.ts'
import { parseSocketTable } from './linux-sockets.ts'
import type { SocketRow } from './linux-sockets.ts'
import type { Connection, Listener, SocketQuery, Sockets, Unseen } from './model.ts'
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

interface NamespacedRow extends SocketRow {
  readonly namespace: string | null
}

const SYSTEM_PATHS: LinuxPaths = { proc: '/proc', passwd: '/etc/passwd' }

/** The text of each table that the kernel has; null for one that it has not. */
type TableTexts = readonly (string | null)[]

/**
 * Begins to read the tables, and answers a query when they are there.
 *
 * The kernel takes 5 ms to write out each table of TCP, even an empty one, for it walks all of its hash table. So both are
 * asked for at once, beside whatever the caller does before it has its query.
 *
 * With the right to (root), the sockets are those of every network namespace in which a process runs.
 * @throws ERR_PORTOLAN_LISTENERS_UNREADABLE when /proc/net is not there or may not be read
 */
export function beginLinuxSockets(paths: LinuxPaths = SYSTEM_PATHS): (query: SocketQuery) => Promise<Sockets> {
  const texts = readTables(`${paths.proc}/net`)
  texts.catch(() => undefined) // whoever asks is told
  return async (query) => answer(query, await texts, paths)
}

async function answer(query: SocketQuery, texts: TableTexts, paths: LinuxPaths): Promise<Sockets> {
  const pids = listPidsOrExplain(paths.proc)
  const rows = await readAllRows(paths.proc, pids, texts, query)
  const wanted = new Set(rows.flatMap((row) => (row.inode === 0 ? [] : [row.inode])))
  const holders = findHolders(paths.proc, pids, wanted)
  const userName = userNames(paths.passwd)
  const processes = new ProcessTable(paths.proc, userName, query.details ?? true)
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

/** One process stands for each network namespace; where a link may not be read, the namespace is left out. */
async function readAllRows(proc: string, pids: readonly number[], texts: TableTexts, query: SocketQuery): Promise<NamespacedRow[]> {
  const rows = parseTables(texts, null, query)
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

function parseTables(texts: TableTexts, namespace: string | null, query: SocketQuery): NamespacedRow[] {
  const rows: NamespacedRow[] = []
  const tableQuery = { ports: query.ports, connections: query.connections ?? false }
  for (const [index, { transport }] of TABLES.entries()) {
    const text = texts[index] ?? ''
    for (const row of parseSocketTable(text, transport, tableQuery)) rows.push({ ...row, namespace })
  }
  return rows
}

function socketBase(
  row: NamespacedRow,
  holders: Holders,
  processes: ProcessTable,
  userName: (uid: number) => string,
): Omit<Listener, 'reach'> {
  const pids = holders.byInode.get(row.inode) ?? []
  const process = pids.map((pid) => processes.get(pid)).find((each) => each !== null) ?? null
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

function unseenOf(row: SocketRow, holders: Holders): Unseen {
  if (row.inode === 0) return { reason: 'gone', hint: 'The process has closed it; the kernel keeps it for a while.' }
  if (holders.deniedCount > 0) {
    return { reason: 'permission', hint: 'Its process belongs to another user: run the same command with sudo to see it.' }
  }
  return { reason: 'kernel', hint: 'No process holds it: the kernel itself does (NFS, WireGuard, …), or a process that cannot be seen from here.' }
}

function notesOf(listeners: readonly Listener[], holders: Holders): string[] {
  const hidden = listeners.filter((each) => each.unseen?.reason === 'permission').length
  if (hidden === 0) return []
  const of = hidden === 1 ? '1 listener' : `${hidden} listeners`
  return [`The process of ${of} cannot be seen (${holders.deniedCount} processes belong to others): run it with sudo to see all.`]
}

/** The names of /etc/passwd; a user without one is shown by number. */
function userNames(passwd: string): (uid: number) => string {
  let names: Map<number, string> | null = null
  return (uid) => {
    names ??= parsePasswd(passwd)
    return names.get(uid) ?? String(uid)
  }
}

function parsePasswd(path: string): Map<number, string> {
  let text = ''
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    // Without the file, users are numbers.
  }
  const names = new Map<number, string>()
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':')
    if (name !== undefined && uid !== undefined && /^\d+$/.test(uid) && !names.has(Number(uid))) names.set(Number(uid), name)
  }
  return names
}
