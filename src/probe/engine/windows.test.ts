import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Windows } from './windows.ts'

function windowOf(size: number, most = 4096): Windows {
  const windows = new Windows(1, most)
  windows.reset(0, size)
  return windows
}

test('a window doubles with each window of answers until it loses', () => {
  const windows = windowOf(64)
  for (let answer = 0; answer < 64; answer += 1) windows.answer(0)
  assert.equal(windows.sizeOf(0), 128)
})

test('a window never passes the most that it may be', () => {
  const windows = windowOf(64, 100)
  for (let answer = 0; answer < 1000; answer += 1) windows.answer(0)
  assert.equal(windows.sizeOf(0), 100)
})

test('one loss in a hundred does not halve a window', () => {
  const windows = windowOf(64)
  let cuts = 0
  for (let round = 0; round < 1000; round += 1)
    if (round % 100 === 99) cuts += windows.lose(0, round, round + 1) ? 1 : 0
    else windows.answer(0)
  assert.equal(cuts, 0)
})

test('a window is halved once for what was lost together, and then grows by one a window', () => {
  const windows = windowOf(64)
  windows.inFlight[0] = 64
  assert.equal(windows.lose(0, 1, 10), false)
  assert.equal(windows.lose(0, 1, 10), true)
  for (let loss = 0; loss < 10; loss += 1) assert.equal(windows.lose(0, 2, 11), false)
  assert.equal(windows.sizeOf(0), 32)
  for (let answer = 0; answer < 33; answer += 1) windows.answer(0)
  assert.equal(windows.sizeOf(0), 33)
  assert.equal(windows.cutAt(0), 10)
})

test('a window is one at least, however much is lost', () => {
  const windows = windowOf(64)
  for (let loss = 0; loss < 100; loss += 1) windows.lose(0, loss * 10, loss * 10 + 5)
  assert.equal(windows.sizeOf(0), 1)
  windows.inFlight[0] = 1
  assert.ok(windows.isFull(0))
})
