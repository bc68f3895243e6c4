import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientCounts } from './client-counts.ts'

test('a client gets so many, and another once it gave one back; each has its own', () => {
  const counts = new ClientCounts(2)
  assert.deepEqual([counts.take('a'), counts.take('a'), counts.take('a')], [true, true, false])
  assert.equal(counts.take('b'), true)
  counts.giveBack('a')
  assert.deepEqual([counts.take('a'), counts.take('a')], [true, false])
})
