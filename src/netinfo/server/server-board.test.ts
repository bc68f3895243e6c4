import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { NETINFO_PROCEDURES } from '../programs.ts'
import { ServerBoard } from './server-board.ts'

const WORKERS = 3
const LAST = NETINFO_PROCEDURES.length - 1

function boards(): readonly [ServerBoard, ...ServerBoard[]] {
  const main = ServerBoard.create(WORKERS)
  return [main, ...Array.from({ length: WORKERS }, (_, index) => new ServerBoard(main.memory, index + 1))]
}

test('connections of all threads are one count, with the most there ever were', () => {
  const change = fc.record({ row: fc.nat({ max: WORKERS }), isOpening: fc.boolean() })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const all = boards()
      const open = all.map(() => 0)
      let peak = 0
      for (const { row, isOpening } of changes) {
        const before = open[row] ?? 0
        if (!isOpening && before === 0) continue
        open[row] = before + (isOpening ? 1 : -1)
        if (isOpening) all[row]?.opened()
        else all[row]?.closed()
        const current = open.reduce((sum, each) => sum + each, 0)
        peak = Math.max(peak, current)
        for (const board of all) assert.deepEqual([board.current, board.peak], [current, peak])
      }
    }),
  )
})

test('the connections of one that ended are forgotten, and nobody else’s', () => {
  const [main, first, second] = boards()
  for (const board of [main, first, first, second]) board?.opened()
  first?.forgetConnections()
  assert.deepEqual([main.current, main.peak], [2, 4])
})

test('calls of all threads are summed by procedure, the first and the last among them', () => {
  const all = boards()
  for (const [row, board] of all.entries()) {
    board.countCall(0, 1)
    for (let call = 0; call <= row; call += 1) board.countCall(LAST, 2.5)
    board.madeRoom()
  }
  const [main] = all
  assert.deepEqual([main.counts.calls[0], main.counts.calls[LAST], main.counts.calls[1]], [4, 10, 0])
  assert.deepEqual([main.counts.microseconds[0], main.counts.microseconds[LAST]], [4, 25])
  assert.equal(main.closedOldest, 4)
})

test('a commit is seen by every thread', () => {
  const [main, first] = boards()
  const before = first?.commits
  main.noteCommit()
  assert.notEqual(first?.commits, before)
  assert.equal(first?.commits, main.commits)
})
