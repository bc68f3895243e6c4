import assert from 'node:assert/strict'
import { test } from 'node:test'
import { madeListener, madeProcess } from '../../test/support/sockets-made.ts'
import type { Listener } from '../listeners/index.ts'
import { readArguments } from './arguments.ts'
import { FILTER_OPTIONS, SORT_OPTION, readFilter, sortListeners } from './listener-filter.ts'

const web = madeListener({ port: 8080, address: '0.0.0.0', reach: 'everywhere' })
const database = madeListener({
  port: 5432,
  address: '10.0.0.5',
  reach: 'network',
  process: madeProcess({ pid: 90, name: 'postgres', user: 'postgres', command: 'postgres -D /data' }),
  socketUser: 'postgres',
})
const names = madeListener({ port: 53, transport: 'udp', address: '127.0.0.53', process: null, socketUser: 'resolve' })
const shared = madeListener({ port: 80, process: madeProcess({ pid: 100, name: 'nginx' }), holders: [100, 101] })
const ALL = [names, shared, database, web]

function kept(...words: readonly string[]): number[] {
  return ALL.filter(readFilter(readArguments(words, [...FILTER_OPTIONS, SORT_OPTION], 'ls'))).map((each) => each.port)
}

function sorted(key: string, list: readonly Listener[] = ALL): number[] {
  return sortListeners(list, key).map((each) => each.port)
}

test('without a filter everything stays', () => {
  assert.deepEqual(kept(), [53, 80, 5432, 8080])
})

test('ports are given as words or with --port, one, several with commas, or as a range', () => {
  assert.deepEqual(kept('80'), [80])
  assert.deepEqual(kept('80', '53'), [53, 80])
  assert.deepEqual(kept('80,53'), [53, 80])
  assert.deepEqual(kept('-p', '5000-9000'), [5432, 8080])
  assert.deepEqual(kept('--port', '80', '-p', '8080'), [80, 8080])
  assert.deepEqual(kept('53', '--port', '80, 8080'), [53, 80, 8080])
})

test('a process is found by its name, its command line, or the pid of any holder', () => {
  assert.deepEqual(kept('--process', 'postg'), [5432])
  assert.deepEqual(kept('--process', 'server.js'), [80, 8080])
  assert.deepEqual(kept('--process', '90'), [5432])
  assert.deepEqual(kept('--process', '101'), [80])
  assert.deepEqual(kept('--process', 'nothing-like-it'), [])
})

test('the user is that of the process, else that of the socket', () => {
  assert.deepEqual(kept('-u', 'postgres'), [5432])
  assert.deepEqual(kept('-u', 'resolve'), [53])
})

test('transport, address and reach each narrow the list', () => {
  assert.deepEqual(kept('-t', 'udp'), [53])
  assert.deepEqual(kept('--address', '127.'), [53, 80])
  assert.deepEqual(kept('--address', '10.0.0.5'), [5432])
  assert.deepEqual(kept('--reach', 'everywhere'), [8080])
})

test('several values of one option widen the list, several options narrow it', () => {
  assert.deepEqual(kept('--reach', 'everywhere', '--reach', 'network'), [5432, 8080])
  assert.deepEqual(kept('--reach', 'everywhere', '--reach', 'network', '-u', 'ada'), [8080])
})

test('what is no port is refused', () => {
  for (const text of ['http', '65536', '9-1', '', '1-2-3', '80,', '-', '80/tcp'])
    assert.throws(() => kept(`--port=${text}`), { code: 'ERR_PORTOLAN_PORT_INVALID' }, text)
})

test('orders by each key, and keeps the order of equal ones', () => {
  assert.deepEqual(sorted('port', [web, names, database]), [53, 5432, 8080])
  assert.deepEqual(sorted('process'), [80, 8080, 5432, 53])
  assert.deepEqual(sorted('user'), [80, 8080, 5432, 53])
  assert.deepEqual(sorted('address'), [8080, 5432, 80, 53])
  assert.deepEqual(sorted('pid'), [5432, 80, 8080, 53])
  assert.deepEqual(sorted('reach'), [8080, 5432, 53, 80])
})

test('a process that is not seen comes last, whatever the others are called', () => {
  const odd = madeListener({ port: 1, process: madeProcess({ name: '端' }) })
  assert.deepEqual(sorted('process', [names, odd]), [1, 53])
})
