/** The banners of real services from Debian, and of our own NetInfo: started by the test, each found without knowing its port. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { compareService, readBanner } from '../src/probe/index.ts'
import type { Banner } from '../src/probe/index.ts'
import { asObject } from './support/json.ts'
import { requireLinux, requirePeers, requireRoot, requireThat } from './support/peers.ts'
import { startServed } from './support/served.ts'
import { MASTER_MACHINE, servedDomain } from './support/served-domain.ts'
import { freePort, makeCertificate, runAsService, serviceFolder, startService } from './support/service-peers.ts'
import { tempFolder } from './support/temp-folder.ts'

const FIXTURE = join(import.meta.dirname, 'fixtures', 'read-banner.ts')
/** Debian keeps each version in a folder of its own, and none in PATH. */
const POSTGRES_VERSIONS = '/usr/lib/postgresql'
const SLAPD_MODULES = '/usr/lib/ldap'
/** Long enough for a machine with much else to do; no answer takes it. */
const TIMEOUT_MS = 20_000

function postgresPrograms(): string | null {
  const versions = existsSync(POSTGRES_VERSIONS) ? readdirSync(POSTGRES_VERSIONS) : []
  const folders = versions.map((version) => join(POSTGRES_VERSIONS, version, 'bin'))
  return folders.findLast((folder) => existsSync(join(folder, 'initdb'))) ?? null
}

interface Asking {
  readonly hint?: string
  readonly name?: string
  readonly transport?: 'tcp' | 'udp'
}

function read(port: number, { hint, name, transport = 'tcp' }: Asking = {}): Promise<Banner | null> {
  const { signal } = new AbortController()
  const where = { address: '127.0.0.1', port, transport, name: name ?? null }
  return readBanner(where, { timeoutMs: TIMEOUT_MS, signal, hint: hint ?? null })
}

function assertVersion(banner: Banner | null, service: string, product: string, form: RegExp): void {
  assert.equal(banner?.service, service)
  assert.equal(banner.product, product)
  assert.match(banner.version ?? '', form)
}

describe('the banners of real services', { concurrency: 2 }, () => {
  test('OpenSSH says its version, on a port that is for something else, too', async (context) => {
    if (!requirePeers(context, 'sshd', 'ssh-keygen')) return
    const folder = serviceFolder(context)
    const port = await freePort()
    const key = join(folder, 'key')
    runAsService(folder, 'ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key)
    const options = [`ListenAddress=127.0.0.1:${port}`, 'PidFile=none', 'UsePAM=no'].flatMap((each) => ['-o', each])
    await startService(context, folder, port, '/usr/sbin/sshd', '-D', '-e', '-f', '/dev/null', '-h', key, ...options)
    for (const hint of ['ssh', 'https', undefined]) {
      const banner = await read(port, hint === undefined ? {} : { hint })
      assertVersion(banner, 'ssh', 'OpenSSH', /^\d+\.\d+p\d+$/)
      assert.match(banner?.text ?? '', /^SSH-2\.0-OpenSSH_/)
      assert.equal(banner?.details['protocol'], '2.0')
      assert.equal(banner && compareService(banner, ['https']), 'other')
      assert.equal(banner && compareService(banner, ['ssh']), 'same')
    }
  })

  test('nginx is read as HTTP, and inside TLS with its certificate', async (context) => {
    if (!requirePeers(context, 'nginx', 'openssl')) return
    const folder = serviceFolder(context)
    const { cert, key } = makeCertificate(folder)
    const [plain, secure] = [await freePort(), await freePort()]
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    )
    const page = '<html><head><title>The chart &amp; its ports</title></head><body></body></html>'
    const site = `default_type text/html; location / { return 200 '${page}'; }`
    const config = `daemon off; master_process off; pid ${folder}/pid; error_log stderr; events {}
      http { access_log off; ${paths.join(' ')}
        server { listen 127.0.0.1:${plain}; ${site} }
        server { listen 127.0.0.1:${secure} ssl; ssl_certificate ${cert}; ssl_certificate_key ${key}; ${site} } }`
    writeFileSync(join(folder, 'nginx.conf'), config)
    await startService(
      context,
      folder,
      secure,
      '/usr/sbin/nginx',
      '-p',
      folder,
      '-c',
      join(folder, 'nginx.conf'),
      '-e',
      'stderr',
    )
    for (const hint of ['http', 'https', undefined]) {
      const asking = { name: 'chart.example', ...(hint === undefined ? {} : { hint }) }
      const page1 = await read(plain, asking)
      assertVersion(page1, 'http', 'nginx', /^1\./)
      assert.deepEqual([page1?.tls, page1?.details['title']], [null, 'The chart & its ports'])
      assert.equal(page1 && compareService(page1, ['http-alt']), 'same')
      const page2 = await read(secure, asking)
      assertVersion(page2, 'http', 'nginx', /^1\./)
      assert.equal(page2?.details['title'], 'The chart & its ports')
      assert.equal(page2 && compareService(page2, ['https']), 'same')
      assert.equal(page2 && compareService(page2, ['ssh']), 'other')
      const { tls } = page2 ?? {}
      // Debian's nginx of 2022 offers TLS 1.3 only when it is told to.
      assert.match(tls?.protocol ?? '', /^TLSv1\.[23]$/)
      assert.equal(tls?.alpn, 'http/1.1')
      assert.match(tls?.subject ?? '', /O=Portolan, CN=chart\.example/)
      assert.equal(tls?.issuer, tls?.subject)
      assert.deepEqual(tls?.names, ['chart.example', 'www.chart.example', '127.0.0.1'])
      assert.ok(Date.parse(tls?.validTo ?? '') - Date.parse(tls?.validFrom ?? '') === 30 * 86_400_000)
    }
  })

  test('Redis says its version, and without a password that it wants one', async (context) => {
    if (!requirePeers(context, 'redis-server')) return
    const folder = serviceFolder(context)
    const [open, closed] = [await freePort(), await freePort()]
    const words = ['--bind', '127.0.0.1', '--save', '', '--dir', folder, '--daemonize', 'no']
    await startService(context, folder, open, 'redis-server', '--port', `${open}`, ...words)
    await startService(
      context,
      folder,
      closed,
      'redis-server',
      '--port',
      `${closed}`,
      '--requirepass',
      'chart',
      ...words,
    )
    const banner = await read(open, { hint: 'redis' })
    assertVersion(banner, 'redis', 'Redis', /^\d+\.\d+\.\d+$/)
    assert.equal(banner?.details['mode'], 'standalone')
    assert.equal((await read(closed, { hint: 'redis' }))?.details['authentication'], 'required')
  })

  test('PostgreSQL is known by the error to a start that cannot be, with TLS and without', async (context) => {
    const programs = postgresPrograms()
    if (!requireThat(context, programs !== null, 'PostgreSQL') || programs === null) return
    if (!requirePeers(context, 'openssl')) return
    const folder = serviceFolder(context)
    const { cert, key } = makeCertificate(folder)
    const data = join(folder, 'data')
    runAsService(
      folder,
      join(programs, 'initdb'),
      '-D',
      data,
      '-U',
      'ada',
      '-A',
      'trust',
      '--no-sync',
      '--no-instructions',
    )
    const common = ['-D', data, '-k', folder, '-h', '127.0.0.1', '-c', 'fsync=off']
    const port = await freePort()
    const first = await startService(context, folder, port, join(programs, 'postgres'), ...common, '-p', `${port}`)
    const banner = await read(port, { hint: 'postgresql' })
    assert.deepEqual([banner?.service, banner?.product, banner?.tls], ['postgresql', 'PostgreSQL', null])
    assert.match(banner?.text ?? '', /^FATAL: unsupported frontend protocol/)
    const { severity, code, routine, tls } = banner?.details ?? {}
    assert.deepEqual([severity, code, routine, tls], ['FATAL', '0A000', 'ProcessStartupPacket', 'not offered'])
    first.kill('SIGQUIT')
    await new Promise((resolve) => first.once('exit', resolve))
    const secure = await freePort()
    const ssl = ['ssl=on', `ssl_cert_file=${cert}`, `ssl_key_file=${key}`].flatMap((each) => ['-c', each])
    await startService(context, folder, secure, join(programs, 'postgres'), ...common, '-p', `${secure}`, ...ssl)
    const inside = await read(secure, { hint: 'postgresql' })
    assert.equal(inside?.details['routine'], 'ProcessStartupPacket')
    assert.equal(inside?.tls?.names[0], 'chart.example')
    assert.equal(inside && compareService(inside, ['postgresql']), 'same')
  })

  test('OpenLDAP tells its root, in plain and inside TLS', async (context) => {
    if (!requirePeers(context, 'slapd', 'openssl')) return
    const folder = serviceFolder(context)
    const { cert, key } = makeCertificate(folder)
    const config = [
      'include /etc/ldap/schema/core.schema',
      `modulepath ${SLAPD_MODULES}`,
      'moduleload back_mdb',
      `TLSCertificateFile ${cert}`,
      `TLSCertificateKeyFile ${key}`,
      'database mdb',
      'suffix "dc=chart,dc=example"',
      `directory ${folder}`,
    ]
    writeFileSync(join(folder, 'slapd.conf'), `${config.join('\n')}\n`)
    const [plain, secure] = [await freePort(), await freePort()]
    const urls = `ldap://127.0.0.1:${plain} ldaps://127.0.0.1:${secure}`
    await startService(
      context,
      folder,
      secure,
      '/usr/sbin/slapd',
      '-d',
      '0',
      '-f',
      join(folder, 'slapd.conf'),
      '-h',
      urls,
    )
    const banner = await read(plain, { hint: 'ldap' })
    assert.deepEqual([banner?.service, banner?.product, banner?.tls], ['ldap', 'OpenLDAP', null])
    assert.equal(banner?.details['namingContexts'], 'dc=chart,dc=example')
    assert.equal(banner?.details['supportedLDAPVersion'], '3')
    const inside = await read(secure, { hint: 'ldaps' })
    assert.deepEqual([inside?.service, inside?.details['namingContexts']], ['ldap', 'dc=chart,dc=example'])
    assert.equal(inside && compareService(inside, ['ldaps']), 'same')
  })

  test('rpcbind lists its programs, by TCP and by UDP', (context) => {
    if (!requireLinux(context) || !requireRoot(context) || !requirePeers(context, 'unshare', 'ip', 'rpcbind')) return
    for (const transport of ['tcp', 'udp']) {
      const script = 'mount -t tmpfs none /run && ip link set lo up && { rpcbind -f & } && exec "$@"'
      const inside = [process.execPath, FIXTURE, '127.0.0.1', '111', transport]
      const words = ['--net', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script, 'sh', ...inside]
      const { stdout } = spawnSync('unshare', words, { encoding: 'utf8', timeout: 60_000 })
      const banner = asObject(JSON.parse(stdout))
      assert.equal(banner['service'], 'sunrpc')
      assert.match(String(asObject(banner['details'])['programs']), /^portmapper \(100000\) v4,3,2 tcp\/111 udp\/111/)
    }
  })
})

describe('the banners of NetInfo', () => {
  test("a domain's server tells its root, its tag and its version", async (context) => {
    const { tcpPort, udpPort } = await servedDomain(context, { master: 'ada/network', at: [MASTER_MACHINE] })
    const banner = await read(tcpPort, { hint: 'netinfo' })
    assert.deepEqual([banner?.service, banner?.product], ['netinfo', 'NetInfo'])
    assert.match(banner?.version ?? '', /test/)
    const { tag, role, root } = banner?.details ?? {}
    assert.deepEqual([tag, role], ['network', 'master'])
    assert.match(root ?? '', /^0\/\d+$/)
    assert.equal(banner && compareService(banner, ['netinfo-local']), 'same')
    assert.equal((await read(udpPort, { hint: 'netinfo', transport: 'udp' }))?.service, 'netinfo')
  })

  test('a binder tells the domains of its host, by TCP and by UDP', async (context) => {
    const { binderPort } = await startServed(context, tempFolder(context), '--domain', 'network')
    for (const transport of ['tcp', 'udp'] as const) {
      const banner = await read(binderPort, { hint: 'nibindd', transport })
      assert.equal(banner?.service, 'nibindd')
      assert.match(banner.details['tags'] ?? '', /network tcp\/\d+ udp\/\d+/)
    }
  })
})
