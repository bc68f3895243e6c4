import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '../core/index.ts'
import { listenersCorpus } from '../../test/support/corpus.ts'
import { socketsOf } from './darwin.ts'
import { parseLsof } from './lsof.ts'
import type { LsofSocket } from './lsof.ts'
import type { Connection, Listener, SocketQuery } from './model.ts'
import { parsePs } from './ps.ts'

const lsof = parseLsof(listenersCorpus('lsof-macos.txt'))
const ps = parsePs(listenersCorpus('ps-macos.txt'))
const read = (query: SocketQuery): ReturnType<typeof socketsOf> => socketsOf(lsof, ps, query)
const brief = (each: Listener): string =>
  `${each.transport} ${each.address} ${each.port} ${each.reach} ${each.process?.name} ${each.holders.join('+')}`
const briefConnection = (each: Connection): string =>
  `${each.transport} ${each.address} ${each.port} ${each.remoteAddress} ${each.remotePort} ${each.state} ${each.process?.pid}`

test('joins the sockets that several processes, or descriptors, share', () => {
  const { listeners, connections } = read({})
  assert.deepEqual(listeners.map(brief), [
    'tcp :: 22 everywhere launchd 1',
    'tcp 0.0.0.0 22 everywhere launchd 1',
    'tcp ::1 631 machine launchd 1+812',
    'udp 0.0.0.0 5353 everywhere mDNSResponder 412',
    'udp :: 5353 everywhere mDNSResponder 412',
    'tcp 127.0.0.1 631 machine cupsd 812',
    'tcp 0.0.0.0 49152 everywhere rapportd 1020',
    'tcp 0.0.0.0 8080 everywhere nginx 4501+4502',
    'tcp :: 3000 everywhere Café Server 5120',
  ])
  assert.deepEqual(connections, [])
})

test('tells connections only when asked, and none of a socket that is closed', () => {
  const { listeners, connections } = read({ connections: true })
  assert.equal(listeners.length, 9)
  assert.deepEqual(connections.map(briefConnection), [
    'tcp fe80:4::1c2d:3eff:fe4f:5a6b 49200 fe80:4::8c1:4ff:fe2a:10 1025 established 1020',
    'tcp 192.0.2.10 51532 198.51.100.7 443 established 1533',
    'udp 192.0.2.10 52001 203.0.113.9 443 established 1533',
    'tcp 192.0.2.10 51540 203.0.113.9 443 close-wait 1533',
    'tcp ::1 3000 ::1 51600 fin-wait-2 5120',
  ])
})

test('keeps to the ports asked for, at either end of a connection', () => {
  const cups = read({ ports: new Set([631]) })
  assert.deepEqual(
    cups.listeners.map((each) => each.port),
    [631, 631],
  )
  const web = read({ ports: new Set([443]), connections: true })
  assert.deepEqual(web.listeners, [])
  assert.deepEqual(
    web.connections.map((each) => each.port),
    [51_532, 52_001, 51_540],
  )
  const node = read({ ports: new Set([51_600, 49_200]), connections: true })
  assert.deepEqual(
    node.connections.map((each) => each.port),
    [49_200, 3000],
  )
  assert.deepEqual(read({ ports: new Set(), connections: true }), { listeners: [], connections: [] })
})

test('tells of the process all that lsof and ps know', () => {
  const [listener] = read({ ports: new Set([3000]) }).listeners
  assert.deepEqual(listener, {
    transport: 'tcp',
    address: '::',
    port: 3000,
    reach: 'everywhere',
    process: {
      pid: 5120,
      name: 'Café Server',
      user: 'ada',
      command: 'node "Café Server" --port 3000',
      startedAt: new Date(2026, 11, 2, 11, 0, 8).toISOString(),
      workingDirectory: null,
      origin: { kind: 'shell', name: 'zsh (pid 5100)' },
      parents: [
        { pid: 5101, name: 'npm' },
        { pid: 5100, name: '-zsh' },
        { pid: 5001, name: 'Visual Studio Code' },
        { pid: 1, name: 'launchd' },
      ],
    },
    holders: [5120],
    unseen: null,
    socketUser: 'ada',
    namespace: null,
  })
  const [worker] = read({ ports: new Set([8080]) }).listeners
  assert.deepEqual(worker?.process?.origin, { kind: 'init', name: 'launchd' })
})

const SOCKET: LsofSocket = {
  pid: 7,
  parent: 6,
  name: 'x',
  user: null,
  transport: 'tcp',
  address: '127.0.0.1',
  port: 80,
  remote: null,
  state: 'listen',
}

test('knows a process that ended before ps ran by what lsof said', () => {
  const [listener] = socketsOf([SOCKET], new Map(), {}).listeners
  assert.equal(listener?.process?.name, 'x')
  assert.equal(listener.process.command, null)
  assert.deepEqual(listener.process.origin, { kind: 'unknown', name: null })
})

test('ends where parents go in a circle, and cuts a command at the limit', () => {
  const row = { startedAt: null, user: 'ada', command: 'x'.repeat(LIMITS.commandChars + 5) }
  const circle = new Map([6, 7].map((pid) => [pid, { ...row, pid, parent: 13 - pid }]))
  const process = socketsOf([SOCKET], circle, {}).listeners[0]?.process
  assert.equal(process?.parents.length, LIMITS.parentDepth)
  assert.equal(process.command?.length, LIMITS.commandChars)
})
