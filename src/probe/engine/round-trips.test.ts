import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RoundTrips } from './round-trips.ts'

test('without a sample a second is waited, or what the bounds allow', () => {
  assert.equal(new RoundTrips(1, { timeoutMinMs: 100, timeoutMaxMs: 5000 }).timeoutMs(0, 0), 1000)
  assert.equal(new RoundTrips(1, { timeoutMinMs: 100, timeoutMaxMs: 300 }).timeoutMs(0, 3), 300)
  const bounds = { timeoutMinMs: 100, timeoutMaxMs: 2000, timeoutFirstMs: 500 }
  assert.deepEqual(
    [0, 1, 2, 3].map((repeats) => new RoundTrips(1, bounds).timeoutMs(0, repeats)),
    [500, 1000, 2000, 2000],
  )
})

test('the first sample gives the mean and half of it as the deviation', () => {
  const trips = new RoundTrips(2, { timeoutMinMs: 1, timeoutMaxMs: 5000 })
  trips.add(1, 40)
  assert.equal(trips.timeoutMs(1, 0), 40 + 4 * 20)
  assert.equal(trips.timeoutMs(1, 2), 4 * 120)
  assert.ok(trips.isKnown(1) && !trips.isKnown(0))
  trips.reset(1)
  assert.ok(!trips.isKnown(1))
})

test('the time to wait is within the bounds, and comes near to steady round trips', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 4000, noNaN: true }), fc.nat({ max: 8 }), (roundTripMs, repeats) => {
      const trips = new RoundTrips(1, { timeoutMinMs: 50, timeoutMaxMs: 5000 })
      for (let sample = 0; sample < 60; sample += 1) {
        trips.add(0, roundTripMs)
        const waited = trips.timeoutMs(0, repeats)
        assert.ok(waited >= 50 && waited <= 5000)
      }
      const waited = trips.timeoutMs(0, 0)
      assert.ok(waited >= roundTripMs && waited <= Math.max(50, roundTripMs * 1.1), `${waited} for ${roundTripMs}`)
    }),
  )
})
