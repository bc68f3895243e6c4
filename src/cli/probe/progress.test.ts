import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProgressLine, progressText } from './progress.ts'

const progress = { done: 29_510, total: 65_535, open: 3, sent: 30_000, elapsedMs: 6000, leftMs: 7300 }

test('progress tells how much is done, how fast, and how long it will still take', () => {
  assert.equal(progressText(progress), '45 % · 29,510 of 65,535 ports · 3 open · 5,000 probes/s · 7 s left')
  assert.equal(
    progressText({ ...progress, leftMs: null, elapsedMs: 0 }),
    '45 % · 29,510 of 65,535 ports · 3 open · 0 probes/s',
  )
})

test('a line of progress covers the one before, never wraps, and is gone in the end', () => {
  let screen = ''
  const line = new ProgressLine((text) => (screen += text), 21)
  line.show({ ...progress, elapsedMs: 500 })
  assert.equal(screen, '', 'short work shows nothing')
  line.say('a line that is far too long')
  line.say('short')
  line.clear()
  line.clear()
  assert.equal(screen, `\ra line that is far …\rshort${' '.repeat(15)}\r${' '.repeat(5)}\r`)
})
