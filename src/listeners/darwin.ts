/** This machine's sockets on macOS, from lsof and ps. Written against their recorded output; untested live. */
import { basename } from 'node:path'
import { LIMITS } from '../core/index.ts'
import { reachOf } from './address.ts'
import { LSOF_FIELDS, parseLsof } from './lsof.ts'
import type { LsofSocket } from './lsof.ts'
import type { Connection, Listener, ParentProcess, ProcessInfo, SocketQuery, Sockets } from './model.ts'
import { originOf } from './origin.ts'
import { PS_ARGUMENTS, parsePs } from './ps.ts'
import type { PsRow } from './ps.ts'
import { runTool } from './run-tool.ts'

/**
 * Reads the sockets that a query asks for; without root, those of this user.
 * @throws ERR_PORTOLAN_TOOL_FAILED
 */
export async function readDarwinSockets(query: SocketQuery): Promise<Sockets> {
  // lsof ends with 1 when it found nothing, or may not look at some processes.
  const [lsof, ps] = await Promise.all([
    runTool('lsof', ['-nP', '-w', '+c', '0', '-i', '-F', LSOF_FIELDS], true),
    runTool('ps', PS_ARGUMENTS),
  ])
  const notes =
    process.getuid?.() === 0 ? [] : ['Only sockets of your own processes can be seen: run it with sudo to see all.']
  return { ...socketsOf(parseLsof(lsof), parsePs(ps), query), notes }
}

/** Joins what lsof and ps said: sockets that several processes share become one. */
export function socketsOf(
  found: readonly LsofSocket[],
  ps: ReadonlyMap<number, PsRow>,
  query: SocketQuery,
): Omit<Sockets, 'notes'> {
  const groups = new Map<string, LsofSocket[]>()
  for (const socket of found) {
    if (!isWanted(socket, query)) continue
    const remote = socket.remote === null ? '' : `${socket.remote.address} ${socket.remote.port}`
    const key = [socket.transport, socket.address, socket.port, remote, socket.state].join(' ')
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [socket])
    else known.push(socket)
  }
  const listeners: Listener[] = []
  const connections: Connection[] = []
  for (const group of groups.values()) {
    const [first] = group.toSorted((a, b) => a.pid - b.pid)
    if (first === undefined) continue
    const base = {
      transport: first.transport,
      address: first.address,
      port: first.port,
      process: processOf(first, ps),
      holders: [...new Set(group.map((each) => each.pid))].toSorted((a, b) => a - b),
      unseen: null,
      socketUser: first.user,
      namespace: null,
    }
    if (first.state === 'listen') listeners.push({ ...base, reach: reachOf(first.address, false) })
    else if (first.remote !== null) {
      connections.push({
        ...base,
        remoteAddress: first.remote.address,
        remotePort: first.remote.port,
        state: first.state,
      })
    }
  }
  return { listeners, connections }
}

function isWanted(socket: LsofSocket, query: SocketQuery): boolean {
  if (socket.state !== 'listen' && query.connections !== true) return false
  if (query.ports === undefined || query.ports.has(socket.port)) return true
  return socket.remote !== null && query.ports.has(socket.remote.port)
}

/** ps does not tell where the program's path ends; in an application's bundle, it may hold spaces. */
function programName(command: string): string {
  const bundled = /^\/[^\0]*?\.app\/Contents\/MacOS\/([^/]+?)(?= [-/]|$)/.exec(command)?.[1]
  return bundled ?? basename(command.split(' ', 1)[0] ?? '')
}

function processOf(socket: LsofSocket, ps: ReadonlyMap<number, PsRow>): ProcessInfo {
  const row = ps.get(socket.pid)
  const parents: ParentProcess[] = []
  let pid = row?.parent ?? socket.parent ?? 0
  while (pid > 0 && parents.length < LIMITS.parentDepth) {
    const parent = ps.get(pid)
    if (parent === undefined) break
    parents.push({ pid, name: programName(parent.command) })
    pid = parent.parent
  }
  return {
    pid: socket.pid,
    name: socket.name,
    user: socket.user ?? row?.user ?? null,
    command: row?.command.slice(0, LIMITS.commandChars) ?? null,
    startedAt: row?.startedAt ?? null,
    workingDirectory: null,
    origin: originOf({ unit: null, container: null }, parents),
    parents,
  }
}
