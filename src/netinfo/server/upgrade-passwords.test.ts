import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { cryptWithSalt, firstValue, isModernHash, valuesOf, verifyPassword } from '../../directory/index.ts'
import type { Domain } from '../../directory/index.ts'
import { domainOf, objectAt, setProperty } from '../../../test/support/domain-of.ts'
import { ManualTimers } from '../../../test/support/manual-timers.ts'
import { PasswordUpgrades } from './upgrade-passwords.ts'

const STORED = cryptWithSalt('abc', 'xy')

async function given(
  context: TestContext,
  isWanted = true,
): Promise<{ domain: Domain; pia: number; timers: ManualTimers; upgrades: PasswordUpgrades }> {
  const domain = await domainOf(context, 'network', {
    at: [{ name: 'users', at: [{ name: 'pia', uid: '530', passwd: [STORED, 'second'] }] }],
  })
  const timers = new ManualTimers()
  const upgrades = new PasswordUpgrades({ domain, timers, isWanted: () => isWanted })
  return { domain, pia: objectAt(domain, 'users', 'pia'), timers, upgrades }
}

const passwordOf = (domain: Domain, user: number): string =>
  firstValue(domain.read(user)?.properties ?? [], 'passwd') ?? ''

test('after a few seconds the crypt value is stored anew, and what stood beside it stays', async (context) => {
  const { domain, pia, timers, upgrades } = await given(context)
  upgrades.note(pia, STORED, 'abc')
  await timers.pass(4999)
  assert.equal(passwordOf(domain, pia), STORED)
  await timers.pass(1)
  assert.ok(isModernHash(passwordOf(domain, pia)))
  assert.ok(await verifyPassword('abc', passwordOf(domain, pia)))
  assert.equal(valuesOf(domain.read(pia)?.properties ?? [], 'passwd')[1], 'second')
  assert.equal(upgrades.waiting, 0)
})

test('a password that was changed meanwhile stays as it is', async (context) => {
  const { domain, pia, timers, upgrades } = await given(context)
  upgrades.note(pia, STORED, 'abc')
  const changed = cryptWithSalt('def', 'zz')
  await setProperty(domain, pia, 'passwd', changed)
  await timers.pass(5000)
  assert.equal(passwordOf(domain, pia), changed)
})

test('where it is not wanted, or is ended, nothing is written', async (context) => {
  const unwanted = await given(context, false)
  unwanted.upgrades.note(unwanted.pia, STORED, 'abc')
  assert.equal(unwanted.upgrades.waiting, 0)
  const { domain, pia, timers, upgrades } = await given(context)
  upgrades.note(pia, STORED, 'abc')
  upgrades.close()
  await timers.pass(5000)
  assert.equal(passwordOf(domain, pia), STORED)
})
