import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveTag } from './tag-aliases.ts'

const ALIASES = [
  { name: 'network', tag: 'lab', addresses: ['10.1.0.0/255.255.0.0'] },
  { name: 'network', tag: 'library', addresses: ['nonsense', '192.168.4.0&255.255.255.0', '128.0.0.0/128.0.0.0'] },
]

test('an alias counts for the clients in its networks, the first that fits', () => {
  assert.equal(resolveTag('network', '10.1.200.3', ALIASES), 'lab')
  assert.equal(resolveTag('network', '192.168.4.9', ALIASES), 'library')
  assert.equal(resolveTag('network', '200.1.1.1', ALIASES), 'library')
  assert.equal(resolveTag('network', '10.2.0.1', ALIASES), 'network')
})

test('another tag, and a client that is no IPv4 address, means what it says', () => {
  assert.equal(resolveTag('local', '10.1.200.3', ALIASES), 'local')
  assert.equal(resolveTag('network', '::1', ALIASES), 'network')
})
