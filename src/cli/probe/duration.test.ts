import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { aboutDuration, exactDuration, readDuration } from './duration.ts'

const read = (text: string): number => readDuration(text, '--timeout', 10, 3_600_000)

test('a duration has a unit, or is seconds', () => {
  assert.deepEqual(
    ['800ms', '2s', '2', '1.5', '1.5s', '10m', '1h'].map(read),
    [800, 2000, 2000, 1500, 1500, 600_000, 3_600_000],
  )
})

test('what is no duration, or beyond the bounds, is refused with the bounds and examples', () => {
  for (const text of ['', 's', '1d', '-1', '1e3', '2h', '9ms', '0', ' 1', '1 s', 'NaN'])
    assert.throws(() => read(text), {
      code: 'ERR_PORTOLAN_USAGE',
      message: `--timeout takes a time from 10ms to 1h, not '${text}'`,
    })
})

test('a duration that is told as it would be typed is read as the same', () => {
  fc.assert(fc.property(fc.integer({ min: 10, max: 3_600_000 }), (ms) => assert.equal(read(exactDuration(ms)), ms)))
})

test('a duration is told to people in the unit that they would use', () => {
  assert.deepEqual([20, 40_000, 720_000, 12_000_000, 7_200_000, 90_000_000, 432_000_000].map(aboutDuration), [
    'under a second',
    '40 s',
    '12 min',
    '3 h 20 min',
    '2 h',
    '1 day',
    '5 days',
  ])
})
