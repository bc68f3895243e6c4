import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualTimers } from '../../../test/support/manual-timers.ts'
import { WrongPasswords } from './wrong-passwords.ts'

/** A clock whose sleeps pass at once, and which says how long they were. */
class SleeplessClock {
  nowMs = 0
  readonly sleeps: number[] = []
  readonly now = (): number => this.nowMs
  readonly sleep = async (milliseconds: number): Promise<void> => {
    this.sleeps.push(milliseconds)
    this.nowMs += milliseconds
  }
}

const wrong = async (): Promise<boolean> => false
const right = async (): Promise<boolean> => true

test('the delay doubles from 0.1 s to 5 s, and shrinks with time', async () => {
  const clock = new SleeplessClock()
  const guard = new WrongPasswords(clock)
  for (let guess = 0; guess < 9; guess += 1) await guard.check('10.0.0.1', 1, wrong)
  assert.deepEqual(clock.sleeps.slice(0, 6), [100, 200, 400, 800, 1600, 3200])
  assert.equal(clock.sleeps.at(-1), 5000)
  clock.nowMs += 600_000
  await guard.check('10.0.0.1', 1, wrong)
  assert.equal(clock.sleeps.at(-1), 100)
})

test('a right password is not delayed, whatever came before', async () => {
  const clock = new SleeplessClock()
  const guard = new WrongPasswords(clock)
  for (let guess = 0; guess < 9; guess += 1) await guard.check('10.0.0.1', 1, wrong)
  const { length } = clock.sleeps
  assert.equal(await guard.check('10.0.0.1', 1, right), true)
  assert.equal(clock.sleeps.length, length)
})

test('guesses at many users from one address raise one delay', async () => {
  const clock = new SleeplessClock()
  const guard = new WrongPasswords(clock)
  for (let uid = 0; uid < 4; uid += 1) await guard.check('10.0.0.1', uid, wrong)
  assert.deepEqual(clock.sleeps, [100, 200, 400, 800])
})

test('checks of one user from one address run one after the other', async () => {
  const timers = new ManualTimers()
  const guard = new WrongPasswords(timers)
  let running = 0
  let most = 0
  const check = async (): Promise<boolean> => {
    running += 1
    most = Math.max(most, running)
    await new Promise(setImmediate)
    running -= 1
    return true
  }
  await Promise.all(Array.from({ length: 10 }, () => guard.check('10.0.0.1', 1, check)))
  assert.equal(most, 1)
})

test('a check that fails is told to who asked, and the next one runs', async () => {
  const guard = new WrongPasswords(new SleeplessClock())
  const failing = guard.check('10.0.0.1', 1, async () => {
    throw new Error('no memory')
  })
  const next = guard.check('10.0.0.1', 1, right)
  await assert.rejects(failing, /no memory/)
  assert.equal(await next, true)
})

test('of very many addresses those heard of longest ago are forgotten', async () => {
  const clock = new SleeplessClock()
  const guard = new WrongPasswords(clock)
  await guard.check('first', 1, wrong)
  // No time passes, so that only the number of addresses makes it forget.
  const still = new WrongPasswords({ now: () => 0, sleep: clock.sleep })
  for (let guess = 0; guess < 3; guess += 1) await still.check('first', 1, wrong)
  for (let address = 0; address < 10_000; address += 1) await still.check(String(address), 1, wrong)
  await still.check('first', 1, wrong)
  assert.equal(clock.sleeps.at(-1), 100)
})
