/** Listeners and connections made by hand, for what is made of them. */
import type { Connection, Listener, ProcessInfo, Sockets } from '../../src/listeners/index.ts'

export const NO_SOCKETS: Sockets = { listeners: [], connections: [], notes: [] }

export function madeProcess(change: Partial<ProcessInfo> = {}): ProcessInfo {
  return {
    pid: 812,
    name: 'node',
    user: 'ada',
    command: 'node server.js',
    startedAt: '2026-11-23T15:09:03.120Z',
    workingDirectory: '/srv/site',
    origin: { kind: 'shell', name: 'bash (pid 700)' },
    parents: [
      { pid: 700, name: 'bash' },
      { pid: 1, name: 'systemd' },
    ],
    ...change,
  }
}

export function madeListener(change: Partial<Listener> = {}): Listener {
  const process = change.process === undefined ? madeProcess() : change.process
  return {
    transport: 'tcp',
    address: '127.0.0.1',
    port: 973,
    process,
    holders: process === null ? [] : [process.pid],
    unseen: null,
    socketUser: 'ada',
    namespace: null,
    reach: 'machine',
    ...change,
  }
}

export function madeConnection(change: Partial<Connection> = {}): Connection {
  const { reach: _, ...socket } = madeListener({ address: '192.0.2.1', port: 50_000 })
  return { ...socket, remoteAddress: '198.51.100.7', remotePort: 973, state: 'established', ...change }
}

export function madeSockets(change: Partial<Sockets>): Sockets {
  return { ...NO_SOCKETS, ...change }
}
