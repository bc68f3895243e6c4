/** `portolan serve` as it is run: where it refuses to listen, the link that it prints, sessions after a restart, and HTTPS. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { test } from 'node:test'
import { requireThat } from './support/peers.ts'
import { runCli } from './support/run-cli.ts'
import { startServed } from './support/served.ts'
import { tempFolder } from './support/temp-folder.ts'

const LINK = /sign in +(http\S+\/sign-in\?key=\S+) /
const HTTP = ['--http', '127.0.0.1:0'] as const

test('it does not listen beyond the loopback without anything that encrypts, and makes nothing', async (context) => {
  const data = tempFolder(context)
  for (const [words, pattern] of [
    [['--http', '0.0.0.0:0'], /open to a network.*--tls-cert FILE.*--insecure-http/s],
    [['--http', '[::]:0', '--public-origin', 'https://ports.example.org'], /open to a network/],
    [['--tls-cert', 'cert.pem'], /go together/],
    [['--public-origin', 'https://ports.example.org/path'], /takes a scheme and a host/],
    [['--public-origin', 'javascript:alert(1)'], /takes a scheme and a host/],
    [['--trust-proxy', 'proxy.example'], /takes an address/],
    [['--http', 'none', '--tls-cert', 'cert.pem'], /--tls-cert speaks of the pages/],
    [['--http', 'none', '--insecure-http'], /Leave out --insecure-http/],
  ] as const) {
    const { status, stderr } = await runCli(['serve', '--data', data, ...words])
    assert.equal(status, 2, words.join(' '))
    assert.match(stderr, pattern)
    assert.doesNotMatch(stderr, /^\s+at /m)
  }
  assert.deepEqual(readdirSync(data), [])
})

test('its link signs in once, the session stays after a restart, and the store holds no secret', async (context) => {
  const data = tempFolder(context)
  const first = await startServed(context, data, ...HTTP)
  const link = LINK.exec(first.output())?.[1] ?? ''
  const answer = await fetch(link, { redirect: 'manual' })
  assert.equal(answer.status, 303)
  const cookie = (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
  assert.equal((await fetch(link)).status, 410)
  const { status, stderr } = await first.end()
  assert.equal(status, 0)
  const secret = cookie.split('=')[1] ?? ''
  assert.equal(secret.length, 43)
  for (const file of readdirSync(join(data, 'web')))
    assert.ok(!readFileSync(join(data, 'web', file)).includes(secret), file)
  assert.ok(!stderr.includes('key='))
  const second = await startServed(context, data, ...HTTP)
  const origin = /pages +(http\S+)/.exec(second.output())?.[1] ?? ''
  const account = await fetch(`${origin}/account`, { headers: { cookie }, redirect: 'manual' })
  assert.equal(account.status, 200)
  assert.deepEqual(await second.end().then(({ status: last }) => last), 0)
})

test('it serves HTTPS with a certificate, reads it anew at SIGHUP, and says what is wrong with a file', async (context) => {
  const hasTool = spawnSync('openssl', ['version']).status === 0
  if (!requireThat(context, hasTool, 'openssl')) return
  const folder = tempFolder(context)
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const make = (name: string): void => {
    const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    execFileSync('openssl', [...words, '-subj', `/CN=${name}`, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  }
  make('first.example')
  const data = tempFolder(context)
  const tls = ['--tls-cert', cert, '--tls-key', key]
  const served = await startServed(context, data, ...HTTP, ...tls)
  const port = Number(/pages +https:\/\/127\.0\.0\.1:(\d+)/.exec(served.output())?.[1])
  assert.equal(await commonNameAt(port), 'first.example')
  make('second.example')
  served.child.kill('SIGHUP')
  let name = ''
  while (name !== 'second.example') name = await commonNameAt(port)
  assert.equal((await served.end()).status, 0)
  const wrong = await runCli([
    'serve',
    '--data',
    data,
    '--netinfo',
    '127.0.0.1:0',
    '--portmap',
    'none',
    ...HTTP,
    '--tls-cert',
    key,
    '--tls-key',
    cert,
  ])
  assert.equal(wrong.status, 3)
  assert.match(wrong.stderr, /do not make a certificate and its key/)
})

/** Whose certificate a server shows; it must answer, too. */
function commonNameAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path: '/ports/973', rejectUnauthorized: false, agent: false },
      (answer) => {
        assert.equal(answer.statusCode, 200)
        const { socket } = answer
        const certificate =
          'getPeerCertificate' in socket && typeof socket.getPeerCertificate === 'function'
            ? String(socket.getPeerCertificate().subject.CN)
            : ''
        answer.resume()
        answer.on('end', () => resolve(certificate))
      },
    )
    asked.on('error', reject)
    asked.end()
  })
}
