/** This machine's sockets on Windows, from netstat and tasklist. Written against their recorded output; untested live. */
import { reachOf } from './address.ts'
import { UNKNOWN_DETAILS } from './model.ts'
import type { Connection, Listener, ProcessInfo, SocketQuery, Sockets, Unseen } from './model.ts'
import { parseNetstat } from './netstat.ts'
import type { NetstatRow } from './netstat.ts'
import { runTool } from './run-tool.ts'
import { parseTasklist } from './tasklist.ts'
import type { Task } from './tasklist.ts'

/**
 * Reads the sockets that a query asks for.
 * @throws ERR_PORTOLAN_TOOL_FAILED
 */
export async function readWindowsSockets(query: SocketQuery): Promise<Sockets> {
  // Code page 65001 is UTF-8: otherwise names would come in one of dozens of old encodings.
  const asUtf8 = (command: string): Promise<string> => runTool('cmd', ['/d', '/s', '/c', `chcp 65001>nul & ${command}`])
  const [netstat, tasklist] = await Promise.all([asUtf8('netstat -ano'), asUtf8('tasklist /v /fo csv /nh')])
  return windowsSockets(parseNetstat(netstat), parseTasklist(tasklist), query)
}

/** Joins what netstat and tasklist said. */
export function windowsSockets(
  rows: readonly NetstatRow[],
  tasks: ReadonlyMap<number, Task>,
  query: SocketQuery,
): Sockets {
  const listeners: Listener[] = []
  const connections: Connection[] = []
  for (const row of rows) {
    if (row.state !== 'listen' && query.connections !== true) continue
    const isAsked =
      query.ports === undefined ||
      query.ports.has(row.port) ||
      (row.remote !== null && query.ports.has(row.remote.port))
    if (!isAsked) continue
    const process = row.pid === null ? null : processOf(row.pid, tasks.get(row.pid))
    const base = {
      transport: row.transport,
      address: row.address,
      port: row.port,
      process,
      holders: row.pid === null ? [] : [row.pid],
      unseen: process === null ? GONE : null,
      socketUser: process?.user ?? null,
      namespace: null,
    }
    if (row.remote === null) listeners.push({ ...base, reach: reachOf(row.address, false) })
    else connections.push({ ...base, remoteAddress: row.remote.address, remotePort: row.remote.port, state: row.state })
  }
  const hasHidden = listeners.some(
    ({ process }) => process !== null && process.pid !== SYSTEM_PID && tasks.get(process.pid)?.user === null,
  )
  return {
    listeners,
    connections,
    notes: hasHidden ? ['Some users cannot be seen: run it as administrator to see all.'] : [],
  }
}

/** The kernel's own process, of whose user Windows says `N/A` even to administrators. */
const SYSTEM_PID = 4

const GONE: Unseen = { reason: 'gone', hint: 'The process has closed it; Windows keeps it for a while.' }

/** A process that started or ended between the two programs has a pid, but no name. */
function processOf(pid: number, task: Task | undefined): ProcessInfo {
  return {
    pid,
    name: task?.name ?? 'unknown',
    user: task?.user ?? null,
    command: null,
    ...UNKNOWN_DETAILS,
  }
}
