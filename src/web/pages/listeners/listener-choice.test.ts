import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { chooseRows, readSpans } from './listener-choice.ts'
import type { ListenerWish } from './listener-choice.ts'
import type { ListenerRow } from './listener-form.ts'

const ALL: ListenerWish = { port: '', text: '', user: '', transport: '', reach: '', sort: 'port', order: 'up' }

function rowOf(port: number, named: Partial<ListenerRow> = {}): ListenerRow {
  return {
    id: String(port),
    port,
    transport: 'tcp',
    address: '127.0.0.1',
    service: '',
    process: 'sshd',
    pid: 42,
    command: '/usr/sbin/sshd -D',
    user: 'root',
    startedMs: null,
    reach: 'machine',
    isDeclared: false,
    connections: 0,
    ...named,
  }
}

const ROWS = [
  rowOf(8080, { user: 'ada', reach: 'everywhere' }),
  rowOf(22, { service: 'ssh' }),
  rowOf(53, { process: null }),
]
const portsOf = (wish: Partial<ListenerWish>): readonly number[] =>
  chooseRows(ROWS, { ...ALL, ...wish }).map(({ port }) => port)

describe('the listeners that are asked for', () => {
  test('are all where nothing is said, by their ports', () => {
    assert.deepEqual(portsOf({}), [22, 53, 8080])
    assert.deepEqual(portsOf({ order: 'down' }), [8080, 53, 22])
  })

  test('are chosen by ports, text, user and reach', () => {
    assert.deepEqual(portsOf({ port: '50-60, ৮০৮০' }), [53, 8080])
    assert.deepEqual(portsOf({ text: ' SSH ' }), [22, 53, 8080])
    assert.deepEqual(portsOf({ text: '42', user: 'ada ' }), [8080])
    assert.deepEqual(portsOf({ reach: 'machine' }), [22, 53])
  })

  test('are put with what is unknown last, and the most reachable first', () => {
    assert.deepEqual(portsOf({ sort: 'process' }), [22, 8080, 53])
    assert.deepEqual(portsOf({ sort: 'reach' }), [8080, 22, 53])
  })

  test('are none where what stands for ports names none', () => {
    for (const port of ['x', '6000-', '70000', '9-8', '22,x']) {
      assert.equal(readSpans(port), null)
      assert.deepEqual(portsOf({ port }), [])
    }
  })

  test('are of those there are, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (port, text) => {
        assert.ok(portsOf({ port, text }).every((each) => ROWS.some((row) => row.port === each)))
      }),
    )
  })
})
