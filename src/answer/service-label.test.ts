import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packagedLore, packagedRegistry } from '../../test/support/packaged-data.ts'
import { serviceLabel } from './service-label.ts'

const registry = packagedRegistry()
const lore = packagedLore()
const label = (port: number, transport: 'tcp' | 'udp' = 'tcp'): string => serviceLabel(registry, lore, port, transport)

test('a registered port has the name that IANA lists first', () => {
  assert.equal(label(22), 'ssh')
  assert.equal(label(80).split(' ')[0], 'http')
  assert.equal(label(53, 'udp').split(' ')[0], 'domain')
})

test('an unofficial use follows the registered name after a tilde', () => {
  assert.match(label(5000), /^commplex-main ~\S/)
})

test('a use of a port of no one stands alone after a tilde', () => {
  assert.equal(registry.status(5173, 'tcp'), 'unassigned')
  assert.match(label(5173), /^~Vite/)
})

test('a port that neither knows has no label', () => {
  assert.equal(label(49_999), '')
})

test('a use of hundreds of ports names none of them', () => {
  assert.doesNotMatch(label(700), /NetInfo/)
})

test('malware does not name a port that has a registered name', () => {
  for (let port = 0; port < 65_536; port += 1) {
    const text = label(port)
    const at = text.indexOf('~')
    if (at <= 0) continue
    const named = lore.forPort(port).find((each) => each.lore.name === text.slice(at + 1))
    assert.notEqual(named?.lore.category, 'malware', `${port} ${text}`)
  }
})
