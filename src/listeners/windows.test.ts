import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listenersCorpus } from '../../test/support/corpus.ts'
import type { SocketQuery, Sockets } from './model.ts'
import { parseNetstat } from './netstat.ts'
import type { NetstatRow } from './netstat.ts'
import { parseTasklist } from './tasklist.ts'
import { windowsSockets } from './windows.ts'

const rows = parseNetstat(listenersCorpus('netstat-en.txt'))
const tasks = parseTasklist(listenersCorpus('tasklist-en.csv'))
const read = (query: SocketQuery): Sockets => windowsSockets(rows, tasks, query)

test('joins what netstat and tasklist say', () => {
  const { listeners, connections } = read({})
  const brief = listeners.map((each) =>
    [each.transport, each.address, each.port, each.reach, each.process?.name, each.process?.user].join(' '),
  )
  assert.deepEqual(brief, [
    'tcp 0.0.0.0 135 everywhere svchost.exe NT AUTHORITY\\NETWORK SERVICE',
    'tcp 0.0.0.0 445 everywhere System ',
    'tcp 192.0.2.10 139 everywhere System ',
    'tcp :: 135 everywhere svchost.exe NT AUTHORITY\\NETWORK SERVICE',
    'tcp ::1 49669 machine lsass.exe NT AUTHORITY\\SYSTEM',
    'udp 0.0.0.0 5353 everywhere mDNSResponder.exe ',
    'udp 127.0.0.1 1900 machine unknown ',
    'udp :: 5353 everywhere mDNSResponder.exe ',
    'udp fe80::1%12 546 network svchost.exe NT AUTHORITY\\LOCAL SERVICE',
  ])
  assert.deepEqual(connections, [])
})

test('tells connections only when asked, with every state', () => {
  const { connections } = read({ connections: true })
  assert.equal(connections.length, 10)
  const states = ['close-wait', 'established', 'fin-wait-1', 'fin-wait-2', 'last-ack', 'syn-sent', 'time-wait']
  assert.deepEqual([...new Set(connections.map((each) => each.state))].toSorted(), states)
})

test('shows pid 0 as no process: the socket has left it', () => {
  const gone = read({ connections: true }).connections.find((each) => each.state === 'time-wait')
  assert.equal(gone?.process, null)
  assert.equal(gone.unseen?.reason, 'gone')
  assert.deepEqual(gone.holders, [])
  const text = '  TCP    0.0.0.0:80             0.0.0.0:0              LISTENING       0'
  const [listener] = windowsSockets(parseNetstat(text), tasks, {}).listeners
  assert.equal(listener?.process, null)
  assert.equal(listener.unseen?.reason, 'gone')
})

test('knows only the pid of a process that tasklist does not have', () => {
  const [listener] = read({ ports: new Set([1900]) }).listeners
  assert.deepEqual(listener, {
    transport: 'udp',
    address: '127.0.0.1',
    port: 1900,
    process: {
      pid: 6044,
      name: 'unknown',
      user: null,
      command: null,
      startedAt: null,
      workingDirectory: null,
      origin: { kind: 'unknown', name: null },
      parents: [],
    },
    holders: [6044],
    unseen: null,
    socketUser: null,
    namespace: null,
    reach: 'machine',
  })
})

test('keeps to the ports asked for, at either end of a connection', () => {
  const { listeners, connections } = read({ ports: new Set([443, 135]), connections: true })
  assert.deepEqual(
    listeners.map((each) => each.port),
    [135, 135],
  )
  assert.deepEqual(
    connections.map((each) => each.port),
    [49_712, 49_713, 49_720],
  )
  assert.deepEqual(
    read({ ports: new Set([49_714]), connections: true }).connections.map((each) => each.remotePort),
    [80],
  )
  const none = read({ ports: new Set(), connections: true })
  assert.deepEqual([none.listeners, none.connections], [[], []])
})

test('says that an administrator would see more, only where that is so', () => {
  assert.equal(read({}).notes.length, 1) // mDNSResponder.exe
  assert.deepEqual(read({ ports: new Set([135, 49_669]) }).notes, [])
  assert.deepEqual(read({ ports: new Set([445]) }).notes, []) // nobody sees the user of System
  assert.deepEqual(read({ ports: new Set([1900]) }).notes, []) // the process has ended
  const rest: NetstatRow[] = rows.filter((each) => each.pid === null)
  assert.deepEqual(windowsSockets(rest, tasks, { connections: true }).notes, [])
})
