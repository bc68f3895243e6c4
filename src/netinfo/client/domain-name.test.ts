import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PortolanError } from '../../core/index.ts'
import { escapeDomain, parseDomainName } from './domain-name.ts'

test('each form of a name is taken apart into its steps', () => {
  assert.deepEqual(parseDomainName('.'), [{ kind: 'self' }])
  assert.deepEqual(parseDomainName('..'), [{ kind: 'parent' }])
  assert.deepEqual(parseDomainName('/'), [{ kind: 'root' }])
  assert.deepEqual(parseDomainName('/sales/leaf'), [
    { kind: 'root' },
    { kind: 'child', name: 'sales' },
    { kind: 'child', name: 'leaf' },
  ])
  assert.deepEqual(parseDomainName('../../x'), [{ kind: 'parent' }, { kind: 'parent' }, { kind: 'child', name: 'x' }])
  assert.deepEqual(parseDomainName('./x//y/'), [
    { kind: 'self' },
    { kind: 'child', name: 'x' },
    { kind: 'child', name: 'y' },
  ])
  assert.deepEqual(parseDomainName('network@ada.example'), [{ kind: 'server', tag: 'network', host: 'ada.example' }])
  assert.deepEqual(parseDomainName('/sales/local@192.168.1.9').at(-1), {
    kind: 'server',
    tag: 'local',
    host: '192.168.1.9',
  })
})

test('a name that says nothing, or half a server, is refused with what to write', () => {
  for (const text of ['', '@ada', 'network@', 'x/@'])
    assert.throws(
      () => parseDomainName(text),
      (error) => error instanceof PortolanError && error.code === 'ERR_PORTOLAN_DOMAIN_INVALID',
    )
})

test('an escaped name is read as one step', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !text.includes('@') && text !== '.' && text !== '..')
  fc.assert(
    fc.property(name, (text) => {
      assert.deepEqual(parseDomainName(`/${escapeDomain(text)}`), [{ kind: 'root' }, { kind: 'child', name: text }])
    }),
  )
})
