import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Rates } from './rates.ts'

test('no more go than the rate allows, whenever they are asked for, and as many when they are asked for in time', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50_000 }),
      fc.array(fc.nat({ max: 40 }), { maxLength: 50 }),
      (rate, steps) => {
        const rates = new Rates(1, rate)
        rates.reset(0, 0)
        let now = 0
        let sent = 0
        for (const step of steps) {
          now += step
          while (rates.readyAt(0, now) <= now) {
            rates.spend(0)
            sent += 1
          }
        }
        assert.ok(sent <= 1 + (now * rate) / 1000)
        assert.ok(sent >= Math.floor((now * rate) / 1000 - 1))
      },
    ),
  )
})

test('what was not used long ago is lost', () => {
  const rates = new Rates(1, 1000)
  rates.reset(0, 0)
  let sent = 0
  while (rates.readyAt(0, 60_000) <= 60_000) {
    rates.spend(0)
    sent += 1
  }
  assert.equal(sent, 50)
})

test('without a rate all go at once', () => {
  const rates = new Rates(1, null)
  rates.reset(0, 0)
  for (let count = 0; count < 1000; count += 1) {
    assert.equal(rates.readyAt(0, 5), 5)
    rates.spend(0)
  }
})
