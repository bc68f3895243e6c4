import assert from 'node:assert/strict'
import { test } from 'node:test'
import { disclosureOf, maskProperties, unmaskProperties, unmaskValues, visibleValues } from './secrets.ts'

const CRYPT = 'abJnggxhB/yWI'
const MODERN = '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA'
const secret = (...values: string[]) => ({ name: 'passwd', values })
const name = { name: 'name', values: ['pia'] }

test('a secret with values is shown as one mask, and nothing else is changed', () => {
  assert.deepEqual(maskProperties([name, secret('a', 'b'), secret(), secret(CRYPT)]), [
    name,
    secret('*'),
    secret(),
    secret('*'),
  ])
  const open = [name]
  assert.equal(maskProperties(open), open)
  assert.deepEqual(maskProperties([{ name: 'Passwd', values: ['a'] }]), [{ name: 'Passwd', values: ['a'] }])
})

test('a domain that serves crypt values shows those alone, and none beside a newer one', () => {
  assert.deepEqual(visibleValues(secret(CRYPT), 'crypt'), [CRYPT])
  assert.deepEqual(visibleValues(secret(''), 'crypt'), [''])
  assert.deepEqual(visibleValues(secret('*'), 'crypt'), ['*'])
  assert.deepEqual(visibleValues(secret(MODERN), 'crypt'), ['*'])
  assert.deepEqual(visibleValues(secret(CRYPT, MODERN), 'crypt'), ['*'])
  assert.deepEqual(visibleValues(secret(MODERN), 'all'), [MODERN])
})

test('crypt values are served only where the root says so, in one of the words of the protocol', () => {
  for (const yes of ['YES', 'yes', 'Yes', 'Y', 'y', '1'])
    assert.equal(disclosureOf([{ name: 'serve_crypt', values: [yes] }]), 'crypt')
  for (const no of ['NO', 'no', '', 'yEs', '11', 'YES ', 'true'])
    assert.equal(disclosureOf([{ name: 'serve_crypt', values: [no] }]), 'masked')
  assert.equal(disclosureOf([]), 'masked')
  assert.equal(disclosureOf([{ name: 'serve_crypt', values: [] }]), 'masked')
  assert.equal(disclosureOf([{ name: 'serve_crypt', values: ['NO', 'YES'] }]), 'masked')
})

test('a mask that is written back stands for what was there, and every other value for itself', () => {
  assert.deepEqual(unmaskValues('passwd', ['a', 'b'], ['*']), ['a', 'b'])
  assert.deepEqual(unmaskValues('passwd', [], ['*']), ['*'])
  assert.deepEqual(unmaskValues('passwd', ['a'], ['new']), ['new'])
  assert.deepEqual(unmaskValues('passwd', ['a'], []), [])
  assert.deepEqual(unmaskValues('passwd', ['a'], ['*', '*']), ['*', '*'])
  assert.deepEqual(unmaskValues('name', ['a'], ['*']), ['*'])
})

test('of several secret properties each mask stands for the one at its place', () => {
  const before = [secret('a'), name, secret('b')]
  assert.deepEqual(unmaskProperties(before, [secret('*'), secret('*'), name]), [secret('a'), secret('b'), name])
  assert.deepEqual(unmaskProperties(before, [secret('new'), secret('*')]), [secret('new'), secret('b')])
  assert.deepEqual(unmaskProperties([secret('a')], [secret('*'), secret('*')]), [secret('a'), secret('*')])
  assert.deepEqual(unmaskProperties([name], [secret('*')]), [secret('*')])
})
