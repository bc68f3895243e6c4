import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TlsFacts } from '../model.ts'
import { makeBanner } from './banner-of.ts'
import { compareService, spokenFor } from './kin.ts'
import { planAttempts, usualNames } from './plan.ts'

const TLS: TlsFacts = {
  protocol: 'TLSv1.3',
  alpn: null,
  subject: '',
  issuer: '',
  names: [],
  validFrom: '',
  validTo: '',
}

test('what is found is what the port is for under any of its names, inside TLS and outside', () => {
  const compare = (service: string | null, isTls: boolean, ...expected: readonly string[]): string =>
    compareService(makeBanner(service, { tls: isTls ? TLS : null }), expected)
  const same: readonly (readonly [string, boolean, string])[] = [
    ['http', false, 'http-alt'],
    ['http', true, 'https'],
    ['http', true, 'pcsync-https'],
    ['smtp', false, 'submission'],
    ['smtp', true, 'submissions'],
    ['imap', true, 'imaps'],
    ['ldap', true, 'ldaps'],
    ['microsoft-ds', false, 'SMB'],
    ['ms-wbt-server', false, 'rdp'],
    ['postgresql', true, 'postgres'],
    ['memcache', false, 'memcached'],
    ['rfb', false, 'VNC'],
    ['sunrpc', false, 'rpcbind'],
    ['netinfo', false, 'NetInfo'],
    ['netinfo', false, 'netinfo-local'],
    ['irc', false, 'Internet Relay Chat'],
    ['cassandra', false, 'Apache Cassandra'],
    ['bgp', false, 'bgp'],
  ]
  for (const [service, isTls, name] of same)
    assert.equal(compare(service, isTls, 'x', name), 'same', `${service} ${name}`)
  const other: readonly (readonly [string, boolean, string])[] = [
    ['ssh', false, 'https'],
    ['ssh', false, 'irdmi'],
    ['http', false, 'https'],
    ['http', false, 'ssh'],
    ['smtp', true, 'smtp'],
  ]
  for (const [service, isTls, name] of other) assert.equal(compare(service, isTls, name), 'other', `${service} ${name}`)
  // HTTP carries what has other names.
  assert.equal(compare('http', false, 'Elasticsearch'), 'unknown')
  assert.equal(compare(null, true, 'https'), 'unknown')
  assert.equal(compare('ssh', false), 'unknown')
})

test('a name stands for one protocol', () => {
  assert.deepEqual(spokenFor('LDAPS'), { service: 'ldap', isTls: true })
  assert.deepEqual(spokenFor('http'), { service: 'http', isTls: false })
  assert.equal(spokenFor('constructor'), null)
})

test('the hint comes first, then what the port is usually for, then what fits any', () => {
  const shape = (port: number, hint: string | null): string[] =>
    planAttempts(port, hint).map(
      ({ isTls, ask }) => `${isTls ? 'tls ' : ''}${typeof ask === 'string' ? ask : ask.name}`,
    )
  assert.deepEqual(shape(22, null), ['listen', 'tls any', 'askHttp'])
  assert.deepEqual(shape(80, 'http'), ['askHttp', 'any'])
  assert.deepEqual(shape(443, 'ssh'), ['listen', 'tls askHttp', 'tls any', 'askHttp'])
  assert.deepEqual(shape(6379, null), ['askRedis', 'any', 'askHttp'])
  assert.deepEqual(shape(40_000, 'netinfo'), ['askNetInfo', 'any', 'askHttp'])
  assert.deepEqual(shape(993, null), ['tls listen', 'any', 'askHttp'])
  assert.deepEqual(shape(40_000, 'no-such-thing'), ['any', 'askHttp'])
  assert.deepEqual(usualNames(161, 'snmp'), [{ service: 'snmp', isTls: false }])
})

test('nothing is ever sent to a printer', () => {
  for (let port = 9100; port <= 9107; port += 1)
    assert.deepEqual(planAttempts(port, 'http'), [{ isTls: false, ask: 'listen' }])
})

test('each port has a protocol that is known', () => {
  for (let port = 0; port <= 65_535; port += 1) assert.ok(planAttempts(port, null).length <= 3)
})
