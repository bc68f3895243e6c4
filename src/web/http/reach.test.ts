import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Reach, clientKeyOf } from './reach.ts'

test('on the loopback only its own names are ours', () => {
  const reach = new Reach({ host: '127.0.0.1' })
  for (const host of ['localhost', 'localhost:80', '127.0.0.1', '127.3.4.5:9730', '[::1]:9730', 'localhost.'])
    assert.ok(reach.allowsHost(host), host)
  for (const host of [
    'evil.example',
    '192.0.2.1',
    '[2001:db8::1]',
    '',
    'localhost:x',
    '127.0.0.1.evil.example',
    '[::1',
    '2130706433',
  ])
    assert.ok(!reach.allowsHost(host), host)
  assert.equal(reach.isOpen, false)
})

test('no name of any other form is ours', () => {
  const reach = new Reach({ host: '127.0.0.1', publicOrigin: 'https://ports.example.org' })
  const ours = /^(?:localhost|ports\.example\.org|127(?:\.\d{1,3}){3}|\[::1\])\.?(?::\d{1,5})?$/i
  fc.assert(fc.property(fc.string(), (host) => !reach.allowsHost(host) || ours.test(host)))
  assert.ok(reach.allowsHost('PORTS.example.org:443'))
})

test('open to a network, addresses are ours, since nobody can rebind them', () => {
  const reach = new Reach({ host: '0.0.0.0' })
  assert.ok(reach.isOpen)
  assert.ok(reach.allowsHost('192.0.2.1:9730'))
  assert.ok(!reach.allowsHost('evil.example'))
})

test('an origin is ours when it is that of the address, or the one that was told', () => {
  const reach = new Reach({ host: '127.0.0.1', publicOrigin: 'https://ports.example.org' })
  assert.ok(reach.isOwnOrigin('http://localhost:9730', 'localhost:9730', false))
  assert.ok(reach.isOwnOrigin('https://ports.example.org', 'ports.example.org', false))
  for (const origin of ['null', '', 'http://localhost:9731', 'https://localhost:9730', 'http://ports.example.org.evil'])
    assert.ok(!reach.isOwnOrigin(origin, 'localhost:9730', false), origin)
})

test('limits know an IPv6 client by its network of 64 bits', () => {
  assert.equal(clientKeyOf('192.0.2.1'), '192.0.2.1')
  assert.equal(clientKeyOf('2001:db8::1'), '2001:db8:0:0::/64')
  assert.equal(clientKeyOf('2001:0db8:0000::ffff:1'), '2001:db8:0:0::/64')
  assert.equal(clientKeyOf('2001:db8:0:1::1'), '2001:db8:0:1::/64')
  assert.equal(clientKeyOf('fe80::1%eth0'), 'fe80:0:0:0::/64')
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const groups = clientKeyOf(address).replace('::/64', '').split(':')
      return groups.length === 4 && groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))
    }),
  )
})
