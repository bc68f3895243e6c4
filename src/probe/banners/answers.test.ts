import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BINARY, DNS_ID, RESPONSES, RPC_ID } from '../../../test/support/banner-samples.ts'
import type { Banner } from '../model.ts'
import { parseAmqp } from './amqp.ts'
import { decodeBson, encodeBson } from './bson.ts'
import { parseCassandra } from './cassandra.ts'
import { encodeVersionQuery, parseDns } from './dns.ts'
import { isHttpWhole, joinChunks, parseHttp } from './http.ts'
import { encodeRootSearch, parseLdap } from './ldap.ts'
import { parseExtensions } from './mail-and-files.ts'
import { describeMongodb, parseMessage } from './mongodb.ts'
import { parseMqtt } from './mqtt.ts'
import { parseBinder, parseDomain } from './netinfo.ts'
import { parseNtp } from './ntp.ts'
import { parseMemcached, parseZookeeper } from './one-line.ts'
import { encodeRecord, joinRecord, parseRpcReply } from './onc-rpc.ts'
import { parsePortmap } from './portmap.ts'
import { parsePostgresError } from './postgres.ts'
import { parseRdp } from './rdp.ts'
import { parseRedis, parseRedisInfo } from './redis.ts'
import { parseSmb } from './smb.ts'
import { encodeDiscovery, parseSnmp } from './snmp.ts'
import { stripNegotiation } from './telnet.ts'
import { parseNames } from './tls.ts'
import { parseX11 } from './x11.ts'

function sample(name: string): Buffer {
  const bytes = BINARY[name]
  assert.ok(bytes, name)
  return bytes
}

function response(name: string): Buffer {
  return Buffer.from(RESPONSES[name] ?? '', 'utf8')
}

const reply = (name: string): ReturnType<typeof parseRpcReply> => parseRpcReply(sample(name), RPC_ID)
const dns = (bytes: Buffer): Banner | null => parseDns(bytes, DNS_ID)
const mongodb = (bytes: Buffer): Banner | null => {
  const hello = parseMessage(bytes)
  return hello === null ? null : describeMongodb(hello, parseMessage(sample('mongodbBuild')))
}

/** What each answer tells: service, product, version, text, and details. */
const ANSWERS: readonly (readonly [
  string,
  (bytes: Buffer) => Banner | null,
  readonly unknown[],
  Readonly<Record<string, string>>,
])[] = [
  [
    'redisInfo',
    parseRedisInfo,
    ['redis', 'Redis', '7.0.15', 'Redis 7.0.15'],
    { mode: 'standalone', os: 'Linux 6.1.0 x86_64' },
  ],
  ['valkeyInfo', parseRedisInfo, ['redis', 'Valkey', '8.0.1', 'Valkey 8.0.1'], {}],
  ['memcached', parseMemcached, ['memcache', 'memcached', '1.6.18', 'VERSION 1.6.18'], {}],
  [
    'postgres',
    parsePostgresError,
    ['postgresql', 'PostgreSQL', null, 'FATAL: unsupported frontend protocol 255.255: server supports 3.0 to 3.0'],
    { code: '0A000', severity: 'FATAL', routine: 'ProcessStartupPacket', file: 'postmaster.c', line: '2191' },
  ],
  ['mongodb', mongodb, ['mongodb', 'MongoDB', '7.0.5', 'MongoDB 7.0.5'], { wire: '21', set: 'rs0', role: 'primary' }],
  [
    'amqp',
    parseAmqp,
    ['amqp', 'RabbitMQ', '3.10.8', 'RabbitMQ 3.10.8'],
    { protocol: '0.9', platform: 'Erlang/OTP 25', mechanisms: 'PLAIN AMQPLAIN' },
  ],
  ['amqpHeader', parseAmqp, ['amqp', null, null, 'AMQP 0.9.1'], { protocol: '0.9.1' }],
  ['mqtt', parseMqtt, ['mqtt', null, null, 'connection not authorised'], { connack: '5' }],
  [
    'cassandra',
    parseCassandra,
    ['cassandra', 'Cassandra', null, 'CQL 3.4.6'],
    { protocol: '4', cql: '3.4.6', protocols: '3/v3, 4/v4, 5/v5' },
  ],
  [
    'x11',
    parseX11,
    ['x11', null, null, 'Authorization required, but no authorization protocol specified'],
    { protocol: '11.0', access: 'refused' },
  ],
  [
    'x11Open',
    parseX11,
    ['x11', 'The X.Org Foundation', null, 'The X.Org Foundation'],
    { protocol: '11.0', release: '12101007', access: 'open to anybody' },
  ],
  ['rdp', parseRdp, ['ms-wbt-server', null, null, 'security CredSSP'], { security: 'CredSSP' }],
  ['rdpOld', parseRdp, ['ms-wbt-server', null, null, 'security RDP'], { security: 'RDP' }],
  [
    'smb',
    parseSmb,
    ['microsoft-ds', null, null, 'SMB 3.0.2'],
    { dialect: '3.0.2', signing: 'required', started: '2024-11-21T00:00:00.000Z' },
  ],
  [
    'ldap',
    parseLdap,
    ['ldap', 'OpenLDAP', null, 'dc=chart,dc=example, cn=log'],
    { namingContexts: 'dc=chart,dc=example, cn=log', supportedLDAPVersion: '3' },
  ],
  [
    'snmp',
    parseSnmp,
    ['snmp', null, null, 'SNMP 3'],
    { engine: '80001f8880a1b2c3d4e5f60718', enterprise: '8072', starts: '7', uptimeSeconds: '86400' },
  ],
  [
    'dns',
    dns,
    ['domain', 'BIND', '9.18.28', '9.18.28-1~deb12u2-Debian'],
    { 'version.bind': '9.18.28-1~deb12u2-Debian', response: 'no error' },
  ],
  [
    'dnsUnbound',
    dns,
    ['domain', 'unbound', '1.17.1', 'unbound 1.17.1'],
    { 'version.bind': 'unbound 1.17.1', response: 'no error' },
  ],
  ['dnsRefusal', dns, ['domain', null, null, 'refused'], { response: 'refused' }],
  [
    'ntp',
    parseNtp,
    ['ntp', null, null, 'NTP 4, stratum 2'],
    { protocol: '4', stratum: '2', reference: '192.0.2.7', time: '2024-09-27T10:00:00.000Z' },
  ],
  [
    'zookeeper',
    parseZookeeper,
    ['zookeeper', 'ZooKeeper', '3.8.0', 'Zookeeper version: 3.8.0-9937f2afd22c, built on 2023-04-28'],
    { mode: 'standalone' },
  ],
  [
    'zookeeperRefusal',
    parseZookeeper,
    ['zookeeper', 'ZooKeeper', null, 'srvr is not executed because it is not in the whitelist.'],
    {},
  ],
  [
    'portmap',
    (bytes) => parsePortmap(parseRpcReply(bytes, RPC_ID)),
    ['sunrpc', null, null, '3 programs'],
    { programs: 'portmapper (100000) v4 tcp/111 udp/111; nfs (100003) v3 tcp/2049; 391002 v1 tcp/700' },
  ],
  [
    'binder',
    (bytes) => parseBinder(parseRpcReply(bytes, RPC_ID)),
    ['nibindd', 'NetInfo', null, 'binder of 2 domains'],
    { tags: 'local tcp/701 udp/700; network tcp/703 udp/702' },
  ],
  [
    'root',
    (bytes) => parseDomain(parseRpcReply(bytes, RPC_ID), reply('statistics')),
    ['netinfo', 'NetInfo', 'Portolan 1', 'domain network, master'],
    { tag: 'network', role: 'master', version: 'Portolan 1', root: '0/7', checksum: '4711', parent: 'root' },
  ],
]

for (const [name, parse, [service, product, version, text], details] of ANSWERS) {
  test(`the answer ${name} is read whole, and no part of it is taken for the whole`, () => {
    const bytes = sample(name)
    assert.deepEqual(parse(bytes), { service, product, version, text, tls: null, details })
    for (let length = 0; length < bytes.length; length += 1) parse(bytes.subarray(0, length))
    assert.equal(parse(Buffer.alloc(0)), null)
    for (const other of ['GET / HTTP/1.1\r\n', 'SSH-2.0-x\r\n', '220 hello\r\n'])
      assert.equal(parse(Buffer.from(other)), null)
  })
}

test('a reply to PING tells Redis, and whether it wants a password', () => {
  assert.equal(parseRedis(Buffer.from('+PONG\r\n'))?.service, 'redis')
  assert.deepEqual(parseRedis(Buffer.from('-NOAUTH Authentication required.\r\n'))?.details, {
    authentication: 'required',
  })
  assert.equal(parseRedis(Buffer.from('+OK\r\n')), null)
})

test('a page is told by its status, its server, its title, where it leads and the realm that it asks for', () => {
  const nginx = parseHttp(response('nginx'))
  assert.deepEqual(
    [nginx?.product, nginx?.version, nginx?.details['title']],
    ['nginx', '1.22.1', 'The chart & "its" ports'],
  )
  assert.equal(parseHttp(response('chunked'))?.details['title'], 'The chart & "its" ports')
  const apache = parseHttp(response('apache'))
  assert.deepEqual([apache?.product, apache?.version, apache?.text], ['Apache', '2.4.62', 'HTTP/1.1 302 Found'])
  assert.equal(apache?.details['location'], 'https://chart.example/')
  assert.equal(parseHttp(response('router'))?.details['realm'], 'Router, upstairs')
  assert.equal(parseHttp(Buffer.from('HTTP/2 200\r\n')), null)
})

test('a page is read until its title is there, or until it can have none', () => {
  for (const name of ['nginx', 'chunked']) {
    const bytes = response(name)
    const end = bytes.indexOf('</title') + '</title'.length
    assert.equal(isHttpWhole(bytes.subarray(0, end)), true)
    assert.equal(isHttpWhole(bytes.subarray(0, end - 1)), false)
  }
  assert.equal(isHttpWhole(Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n')), true)
  assert.equal(isHttpWhole(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')), true)
  assert.equal(isHttpWhole(Buffer.from('HTTP/1.1 200 OK\r\n')), false)
})

test('chunks join to what was cut into them', () => {
  const cut = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 })
  fc.assert(
    fc.property(cut, (parts) => {
      const chunks = parts.flatMap((part) => [
        Buffer.from(`${part.length.toString(16)}\r\n`),
        part,
        Buffer.from('\r\n'),
      ])
      assert.deepEqual(joinChunks(Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')])), Buffer.concat(parts))
    }),
  )
})

test('a document of BSON comes back as it was, and no part of it does', () => {
  const text = fc.string({ maxLength: 20 }).map((each) => each.replaceAll('\0', ''))
  const value = fc.oneof(text, fc.integer(), fc.boolean())
  const name = fc.stringMatching(/^[a-zA-Z$][a-zA-Z0-9_]{0,10}$/)
  fc.assert(
    fc.property(fc.dictionary(name, value, { maxKeys: 10, noNullPrototype: true }), fc.nat(400), (fields, cut) => {
      const bytes = encodeBson(fields)
      const expected = Object.entries(fields).map(([key, each]) => [
        key,
        typeof each === 'string' ? each.toWellFormed() : each,
      ])
      assert.deepEqual([...decodeBson(bytes)], expected)
      if (cut < bytes.length) assert.throws(() => decodeBson(bytes.subarray(0, cut)), RangeError)
    }),
  )
})

test('a record is joined from its fragments, and only when all are there', () => {
  const message = sample('binder')
  assert.deepEqual(joinRecord(encodeRecord(message)), message)
  const cut = 10
  const [one, two] = [encodeRecord(message.subarray(0, cut)), encodeRecord(message.subarray(cut))]
  one[0] = 0
  assert.deepEqual(joinRecord(Buffer.concat([one, two])), message)
  assert.equal(joinRecord(one), null)
})

test('a reply of RPC that refuses says why, and one to another call is none', () => {
  const denied = Buffer.from(sample('refusal'))
  denied.writeUInt32BE(1, 8)
  assert.deepEqual(parseRpcReply(denied, RPC_ID), { refusal: null })
  const absent = Buffer.from(sample('refusal'))
  absent.writeUInt32BE(1, 20)
  assert.deepEqual(parseRpcReply(absent, RPC_ID), { refusal: 1 })
  assert.equal(parsePortmap({ refusal: 1 }), null)
  assert.equal(parsePortmap({ refusal: null })?.service, 'sunrpc')
  assert.equal(parseRpcReply(absent, 1), null)
})

test('questions are laid out as their specifications say', () => {
  // RFC 4511 §4.5.1; the attributes follow.
  const filter = `870b${Buffer.from('objectClass').toString('hex')}`
  const search = `0400${'0a0100'.repeat(2)}020101020105010100${filter}`
  assert.match(encodeRootSearch().toString('hex'), new RegExp(`^3081..0201016381..${search}30`))
  assert.equal(
    encodeDiscovery().toString('hex'),
    '3037020103300d020101020205c00401040201030410300e0400020100020100040004000400301104000400a00b020101020100020100' +
      '3000',
  )
  const { id, bytes } = encodeVersionQuery()
  assert.equal(bytes.readUInt16BE(0), id)
  assert.equal(bytes.toString('hex', 2), '000000010000000000000776657273696f6e0462696e640000100003')
})

test('negotiation is taken out of what telnet says, and a doubled 255 is one', () => {
  const strip = (text: string): string => stripNegotiation(Buffer.from(text, 'latin1')).toString('latin1')
  assert.equal(strip('a\xff\xfb\x01b\xff\xffc\xff\xfa\x18\x00\xff\xff\xff\xf0d\xff\xf1e\xff'), 'ab\xffcde')
  assert.equal(strip('a\xff\xfa\x18'), 'a')
})

test('extensions of SMTP are the lines after the first', () => {
  const text = '250-mail.example.org\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250 SMTPUTF8\r\n'
  assert.deepEqual(parseExtensions(Buffer.from(text)), ['PIPELINING', 'SIZE 10240000', 'SMTPUTF8'])
})

test('the names of a certificate are bounded, and those with commas are one', () => {
  assert.deepEqual(parseNames('DNS:a.example, IP Address:192.0.2.1, DNS:"b, c", othername:<unsupported>'), [
    'a.example',
    '192.0.2.1',
    '"b, c"',
  ])
  assert.equal(parseNames(Array.from({ length: 100 }, (_, index) => `DNS:n${index}.example`).join(', ')).length, 32)
})
