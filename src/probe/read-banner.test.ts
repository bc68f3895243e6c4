import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import type { Socket } from 'node:net'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import type { TLSSocket, TlsOptions } from 'node:tls'
import { listen, startPeer, startUdpPeer } from '../../test/support/banner-peers.ts'
import { BINARY, GREETINGS } from '../../test/support/banner-samples.ts'
import { freePort, makeCertificate, serviceFolder } from '../../test/support/service-peers.ts'
import { requirePeers } from '../../test/support/peers.ts'
import type { Banner } from './model.ts'
import { encodeRecord } from './banners/onc-rpc.ts'
import { readBanner } from './read-banner.ts'

/** Where an answer is waited for; where none comes, the test says itself how long. */
const TIMEOUT_MS = 20_000

interface Asking {
  readonly hint?: string
  readonly transport?: 'tcp' | 'udp'
  readonly timeoutMs?: number
  readonly address?: string
  readonly name?: string
  readonly signal?: AbortSignal
}

function read(port: number, asking: Asking = {}): Promise<Banner | null> {
  const { hint, transport = 'tcp', timeoutMs = TIMEOUT_MS, address = '127.0.0.1', name } = asking
  const signal = asking.signal ?? new AbortController().signal
  return readBanner({ address, port, transport, name: name ?? null }, { timeoutMs, signal, hint: hint ?? null })
}

function sample(name: string): Buffer {
  const bytes = BINARY[name]
  assert.ok(bytes, name)
  return bytes
}

/** A peer that says each text when it has heard something, one after another. */
const answering =
  (...answers: readonly Buffer[]) =>
  (socket: Socket): void => {
    const left = [...answers]
    socket.on('data', () => {
      const answer = left.shift()
      if (answer !== undefined) socket.write(answer)
    })
  }

describe('services that greet', () => {
  test('nothing is sent to a server of SSH', async (context) => {
    const peer = await startPeer(context, (socket) => socket.write(GREETINGS['openssh']?.text ?? ''))
    assert.equal((await read(peer.port, { hint: 'ssh' }))?.version, '9.2p1')
    assert.equal((await read(peer.port))?.version, '9.2p1')
    await peer.allGone()
    assert.deepEqual(peer.heard, [Buffer.alloc(0), Buffer.alloc(0)])
  })

  test('SMTP is asked for its extensions, and left in peace', async (context) => {
    const peer = await startPeer(context, (socket) => {
      socket.write(GREETINGS['postfix']?.text ?? '')
      answering(Buffer.from('250-mail.example.org\r\n250-SIZE 10240000\r\n250 STARTTLS\r\n'))(socket)
    })
    const banner = await read(peer.port, { hint: 'smtp' })
    assert.deepEqual(banner?.details, { host: 'mail.example.org', extensions: 'SIZE 10240000, STARTTLS' })
    await peer.allGone()
    assert.equal(peer.heard[0]?.toString(), 'EHLO [127.0.0.1]\r\nQUIT\r\n')
  })

  test('a greeting that comes in pieces is read whole', async (context) => {
    const peer = await startPeer(context, (socket) => {
      for (const [index, part] of ['220-Wel', 'come\r\n220 vsF', 'TPd 3.0.3\r\n'].entries())
        setTimeout(() => socket.write(part), 20 * index)
    })
    assert.equal((await read(peer.port, { hint: 'ftp' }))?.version, '3.0.3')
  })
})

describe('services that wait to be asked', () => {
  const services: readonly (readonly [string, string, readonly Buffer[]])[] = [
    ['redis', '7.0.15', [Buffer.from('+PONG\r\n'), sample('redisInfo')]],
    ['memcache', '1.6.18', [sample('memcached')]],
    ['zookeeper', '3.8.0', [sample('zookeeper')]],
    ['mongodb', '7.0.5', [sample('mongodb'), sample('mongodbBuild')]],
    ['amqp', '3.10.8', [sample('amqp')]],
    ['mqtt', '', [sample('mqtt')]],
    ['cassandra', '', [sample('cassandra')]],
    ['x11', '', [sample('x11')]],
    ['ms-wbt-server', '', [sample('rdp')]],
    ['microsoft-ds', '', [sample('smb')]],
    ['ldap', '', [sample('ldap')]],
    ['sunrpc', '', [encodeRecord(sample('portmap'))]],
    ['postgresql', '', [Buffer.from('N'), sample('postgres')]],
  ]
  for (const [service, version, answers] of services)
    test(`${service} is asked by its hint, over one connection`, async (context) => {
      const peer = await startPeer(context, answering(...answers))
      const banner = await read(peer.port, { hint: service })
      assert.deepEqual([banner?.service, banner?.version ?? ''], [service, version])
      await peer.allGone()
      assert.equal(peer.heard.length, 1)
    })

  test('an answer to a question of another protocol is known all the same', async (context) => {
    const peer = await startPeer(context, answering(Buffer.from(GREETINGS['redisError']?.text ?? '')))
    assert.equal((await read(peer.port, { hint: 'http' }))?.service, 'redis')
    const amqp = await startPeer(context, answering(sample('amqpHeader')))
    assert.equal((await read(amqp.port, { hint: 'http' }))?.service, 'amqp')
  })

  test('HTTP is told the name that the user gave, and an address of IPv6 in brackets', async (context) => {
    const hosts: (string | undefined)[] = []
    const server = createHttpServer((request, response) => {
      hosts.push(request.headers.host)
      response.end('<title>here</title>')
    })
    const port = await listen(context, server, '::1')
    for (const name of ['chart.example', undefined, 'a\r\nEvil: b']) {
      const banner = await read(port, { hint: 'http', address: '::1', ...(name === undefined ? {} : { name }) })
      assert.equal(banner?.details['title'], 'here')
    }
    assert.deepEqual(hosts, [`chart.example:${port}`, `[::1]:${port}`, `aEvil:b:${port}`])
  })

  test('HTTP is found where nothing tells of it', async (context) => {
    const port = await listen(
      context,
      createHttpServer((_, response) => response.end('<title>here</title>')),
    )
    assert.equal((await read(port))?.details['title'], 'here')
  })
})

describe('inside TLS', () => {
  async function startTls(
    context: TestContext,
    options: TlsOptions,
    talk: (socket: TLSSocket) => void,
  ): Promise<number | null> {
    if (!requirePeers(context, 'openssl')) return null
    const { cert, key } = makeCertificate(serviceFolder(context))
    const given = { cert: readFileSync(cert), key: readFileSync(key), ...options }
    const server = createTlsServer(given, (socket) => {
      socket.on('error', () => undefined)
      talk(socket)
    })
    server.on('tlsClientError', () => undefined)
    return listen(context, server)
  }

  test('a greeting is read, with the certificate', async (context) => {
    const port = await startTls(context, {}, (socket) => socket.write(GREETINGS['dovecotImap']?.text ?? ''))
    if (port === null) return
    for (const hint of ['imaps', 'ssh', 'nothing']) {
      const banner = await read(port, { hint, name: 'chart.example', timeoutMs: 8000 })
      assert.deepEqual([banner?.service, banner?.product], ['imap', 'Dovecot'])
      assert.deepEqual([banner?.tls?.names[0], banner?.tls?.alpn], ['chart.example', null])
    }
  })

  test('a server that knows no HTTP/1.1 is asked once more without a name for it', async (context) => {
    const port = await startTls(context, { ALPNProtocols: ['h2'] }, (socket) => socket.write('SSH-2.0-inside_1\r\n'))
    if (port === null) return
    const banner = await read(port, { hint: 'https' })
    assert.deepEqual([banner?.service, banner?.tls?.protocol], ['ssh', 'TLSv1.3'])
  })

  test('a server that says nothing shows its certificate', async (context) => {
    const port = await startTls(context, {}, (socket) => socket.resume())
    if (port === null) return
    const banner = await read(port, { timeoutMs: 3000 })
    assert.deepEqual([banner?.service, banner?.text, banner?.tls?.names[0]], [null, null, 'chart.example'])
  })

  test("a client that must show a certificate reads the server's", async (context) => {
    const port = await startTls(context, { requestCert: true, rejectUnauthorized: true }, () => undefined)
    if (port === null) return
    assert.equal((await read(port, { hint: 'https', timeoutMs: 3000 }))?.tls?.names[0], 'chart.example')
  })
})

describe('peers of ill will', () => {
  /** Long enough for all attempts, short enough for a test. */
  const timeoutMs = 600

  test('who says nothing costs the time given, and no more', async (context) => {
    const peer = await startPeer(context, () => undefined)
    const startedMs = performance.now()
    for (const hint of ['ssh', 'http', 'https', 'nothing', 'postgresql'])
      assert.equal(await read(peer.port, { hint, timeoutMs }), null)
    assert.ok(performance.now() - startedMs < 5 * (timeoutMs + 2000))
    await peer.allGone()
    assert.ok(peer.heard.length <= 5 * 4)
  })

  test('who drips is left at the end of the time, with what was said', async (context) => {
    const peer = await startPeer(context, (socket) => {
      const timer = setInterval(() => socket.write('x'), 5)
      socket.on('close', () => clearInterval(timer))
    })
    assert.match((await read(peer.port, { timeoutMs }))?.text ?? '', /^x+$/)
    await peer.allGone()
  })

  test('who floods is read up to the limit', async (context) => {
    const flood = Buffer.alloc(1024 * 1024, 'HTTP/1.1 200 OK\r\n<title')
    let sent = 0
    const peer = await startPeer(context, (socket) => {
      const more = (): void => {
        sent += flood.length
        if (!socket.destroyed) socket.write(flood, more)
      }
      more()
    })
    for (const hint of ['http', 'ldap', 'ssh', 'mongodb']) {
      const banner = await read(peer.port, { hint, timeoutMs })
      for (const text of [banner?.text, ...Object.values(banner?.details ?? {})]) assert.ok((text ?? '').length <= 1024)
    }
    await peer.allGone()
    assert.ok(sent < 2000 * flood.length)
  })

  test('who closes, half closes or resets at once says nothing', async (context) => {
    const ends: readonly ((socket: Socket) => unknown)[] = [
      (socket) => socket.destroy(),
      (socket) => socket.end(),
      (socket) => socket.resetAndDestroy(),
      (socket) => socket.once('data', () => socket.resetAndDestroy()),
    ]
    for (const end of ends) {
      const peer = await startPeer(context, end)
      for (const hint of ['ssh', 'http', 'https', 'postgresql', 'nothing'])
        assert.equal(await read(peer.port, { hint, timeoutMs }), null)
      await peer.allGone()
    }
  })

  test('what is said before a reset is kept', async (context) => {
    const peer = await startPeer(context, (socket) =>
      socket.write('hello there\r\n', () => setTimeout(() => socket.resetAndDestroy(), 20)),
    )
    assert.equal((await read(peer.port))?.text, 'hello there')
  })

  test('who says yes to TLS and then talks nonsense is not PostgreSQL', async (context) => {
    const peer = await startPeer(context, answering(Buffer.from('S'), Buffer.from('nonsense, and more of it\r\n')))
    const banner = await read(peer.port, { hint: 'postgresql', timeoutMs })
    assert.notEqual(banner?.service, 'postgresql')
  })

  test('a port that is closed has no banner, by TCP and UDP', async () => {
    const port = await freePort()
    assert.equal(await read(port), null)
    assert.equal(await read(port, { transport: 'udp', hint: 'ntp' }), null)
  })

  test('a signal ends it at once, before and in the middle', async (context) => {
    const peer = await startPeer(context, () => undefined)
    assert.equal(await read(peer.port, { signal: AbortSignal.abort() }), null)
    const udpPort = await startUdpPeer(context, () => [])
    const asked = [
      { port: peer.port, hint: 'domain', transport: 'tcp' },
      { port: peer.port, hint: 'https', transport: 'tcp' },
      { port: peer.port, hint: 'ssh', transport: 'tcp' },
      { port: udpPort, hint: 'domain', transport: 'udp' },
    ] as const
    for (const { port, ...asking } of asked) {
      const controller = new AbortController()
      const banner = read(port, { ...asking, timeoutMs: 600_000, signal: controller.signal })
      setTimeout(() => controller.abort(), 50)
      assert.equal(await banner, null)
    }
    await peer.allGone()
  })
})

describe('services by UDP', () => {
  test('DNS, NTP and SNMP answer one datagram', async (context) => {
    const dns = await startUdpPeer(context, (question) => [
      Buffer.concat([question.subarray(0, 2), sample('dns').subarray(2)]),
    ])
    assert.equal((await read(dns, { transport: 'udp', hint: 'domain' }))?.version, '9.18.28')
    const ntp = await startUdpPeer(context, () => [sample('ntp')])
    assert.equal((await read(ntp, { transport: 'udp', hint: 'ntp' }))?.details['stratum'], '2')
    const snmp = await startUdpPeer(context, () => [sample('snmp')])
    assert.equal((await read(snmp, { transport: 'udp', hint: 'snmp' }))?.details['enterprise'], '8072')
  })

  test('what answers another question is passed over', async (context) => {
    const port = await startUdpPeer(context, (question) => [
      Buffer.from('noise'),
      sample('dnsRefusal').subarray(0, 11),
      Buffer.concat([question.subarray(0, 2), sample('dns').subarray(2)]),
    ])
    assert.equal((await read(port, { transport: 'udp', hint: 'domain' }))?.product, 'BIND')
  })

  test('a question that is lost is asked again; a service that is not known is not asked', async (context) => {
    let asked = 0
    const port = await startUdpPeer(context, () => (++asked === 1 ? [] : [sample('ntp')]))
    assert.equal((await read(port, { transport: 'udp', hint: 'ntp', timeoutMs: 1000 }))?.service, 'ntp')
    assert.equal(await read(port, { transport: 'udp' }), null)
    assert.equal(asked, 2)
  })
})
