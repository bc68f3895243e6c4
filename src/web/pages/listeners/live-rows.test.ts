import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ListenerRow } from './listener-form.ts'
import { LiveRows } from './live-rows.ts'

const rowOf = (id: string, connections = 0): ListenerRow => ({
  id,
  port: 22,
  transport: 'tcp',
  address: '127.0.0.1',
  service: 'ssh',
  process: null,
  pid: null,
  command: null,
  user: null,
  startedMs: null,
  reach: 'machine',
  isDeclared: false,
  connections,
})
const idsOf = (rows: LiveRows): readonly string[] => [...rows.all()].map(({ id }) => id)

test('what comes is new for six seconds, and what goes stands as long', () => {
  const rows = new LiveRows()
  rows.replace([rowOf('a')])
  assert.deepEqual([rows.isNew('a'), rows.takeStale(), rows.takeStale()], [false, true, false])
  rows.put([rowOf('b', 2)], 1000)
  rows.remove(['a', 'unknown'], 1000)
  assert.deepEqual([rows.isNew('b'), rows.isGone('a'), rows.count, rows.connections()], [true, true, 1, 2])
  assert.deepEqual([rows.sweep(7000), idsOf(rows)], [[], ['a', 'b']])
  assert.equal(rows.takeStale(), true)
  assert.deepEqual([rows.sweep(7001), idsOf(rows)], [['a'], ['b']])
  assert.deepEqual([rows.isNew('b'), rows.takeStale()], [false, true])
})

test('what has gone and comes again is there, and nothing of a whole reading is new or gone', () => {
  const rows = new LiveRows()
  rows.replace([rowOf('a')])
  rows.remove(['a'], 0)
  rows.put([rowOf('a')], 10)
  assert.deepEqual([rows.isGone('a'), rows.isNew('a'), rows.count], [false, false, 1])
  rows.put([rowOf('b')], 20)
  rows.remove(['a'], 20)
  rows.replace([rowOf('a'), rowOf('b')])
  assert.deepEqual([rows.isGone('a'), rows.isNew('b'), rows.count], [false, false, 2])
})
