import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Server } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { systemCode } from '../core/index.ts'
import { listenersCorpus } from '../../test/support/corpus.ts'
import { LSOF_FIELDS, parseLsof, stateName } from './lsof.ts'
import type { LsofSocket } from './lsof.ts'

/** Strict equality minds prototypes. */
const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true })

type Owner = Pick<LsofSocket, 'pid' | 'parent' | 'name' | 'user'>

const remote = (address: string, port: number): { address: string; port: number } => ({ address, port })

test('reads what lsof of macOS says', () => {
  const launchd: Owner = { pid: 1, parent: 0, name: 'launchd', user: 'root' }
  const mdns: Owner = { pid: 412, parent: 1, name: 'mDNSResponder', user: '_mdnsresponder' }
  const cups: Owner = { pid: 812, parent: 1, name: 'cupsd', user: 'root' }
  const rapport: Owner = { pid: 1020, parent: 1, name: 'rapportd', user: 'ada' }
  const chrome: Owner = { pid: 1533, parent: 1, name: 'Google Chrome Helper (Rend', user: 'ada' }
  const node: Owner = { pid: 5120, parent: 5101, name: 'Café Server', user: 'ada' }
  const tcp = { transport: 'tcp', remote: null, state: 'listen' } as const
  const udp = { transport: 'udp', remote: null, state: 'listen' } as const
  const expected: LsofSocket[] = [
    { ...launchd, ...tcp, address: '::', port: 22 },
    { ...launchd, ...tcp, address: '0.0.0.0', port: 22 },
    { ...launchd, ...tcp, address: '::1', port: 631 },
    { ...mdns, ...udp, address: '0.0.0.0', port: 5353 },
    { ...mdns, ...udp, address: '::', port: 5353 },
    { ...cups, ...tcp, address: '::1', port: 631 },
    { ...cups, ...tcp, address: '127.0.0.1', port: 631 },
    { ...rapport, ...tcp, address: '0.0.0.0', port: 49_152 },
    {
      ...rapport,
      transport: 'tcp',
      address: 'fe80:4::1c2d:3eff:fe4f:5a6b',
      port: 49_200,
      remote: remote('fe80:4::8c1:4ff:fe2a:10', 1025),
      state: 'established',
    },
    {
      ...chrome,
      transport: 'tcp',
      address: '192.0.2.10',
      port: 51_532,
      remote: remote('198.51.100.7', 443),
      state: 'established',
    },
    {
      ...chrome,
      transport: 'udp',
      address: '192.0.2.10',
      port: 52_001,
      remote: remote('203.0.113.9', 443),
      state: 'established',
    },
    {
      ...chrome,
      transport: 'tcp',
      address: '192.0.2.10',
      port: 51_540,
      remote: remote('203.0.113.9', 443),
      state: 'close-wait',
    },
    { ...chrome, transport: 'tcp', address: '127.0.0.1', port: 51_541, remote: null, state: 'closed' },
    { pid: 4501, parent: 1, name: 'nginx', user: 'root', ...tcp, address: '0.0.0.0', port: 8080 },
    { pid: 4502, parent: 4501, name: 'nginx', user: '_www', ...tcp, address: '0.0.0.0', port: 8080 },
    { ...node, ...tcp, address: '::', port: 3000 },
    { ...node, transport: 'tcp', address: '::1', port: 3000, remote: remote('::1', 51_600), state: 'fin-wait-2' },
  ]
  assert.deepEqual(parseLsof(listenersCorpus('lsof-macos.txt')), expected)
})

test('reads what lsof of Linux said when it was recorded', () => {
  const owner: Owner = { pid: 20_398, parent: 20_394, name: 'Café a\\b\tc', user: 'root' }
  const expected: LsofSocket[] = [
    { ...owner, transport: 'tcp', address: '127.0.0.1', port: 46_391, remote: null, state: 'listen' },
    { ...owner, transport: 'tcp', address: '::', port: 42_657, remote: null, state: 'listen' },
    { ...owner, transport: 'udp', address: '0.0.0.0', port: 38_543, remote: null, state: 'listen' },
    {
      ...owner,
      transport: 'tcp',
      address: '127.0.0.1',
      port: 33_720,
      remote: remote('127.0.0.1', 46_391),
      state: 'established',
    },
    {
      ...owner,
      transport: 'tcp',
      address: '127.0.0.1',
      port: 46_391,
      remote: remote('127.0.0.1', 33_720),
      state: 'established',
    },
    { ...owner, transport: 'udp', address: '::1', port: 50_593, remote: remote('::1', 9), state: 'established' },
  ]
  assert.deepEqual(parseLsof(listenersCorpus('lsof-linux.txt')), expected)
})

function portOf(server: Server): number {
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

/** Null where lsof is not installed, which only a developer's machine may be. */
function runLsof(): string | null {
  try {
    const args = ['-nP', '-w', '+c', '0', '-i', '-a', '-p', String(process.pid), '-F', LSOF_FIELDS]
    return execFileSync('lsof', args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
  } catch (error) {
    if (systemCode(error) === 'ENOENT' && process.env['CI'] !== 'true') return null
    throw error
  }
}

test('agrees with the lsof of this machine on the sockets of this process', async (t) => {
  const server = createServer()
  const datagrams = createSocket('udp4')
  t.after(() => void server.close())
  t.after(() => void datagrams.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  datagrams.bind(0, '127.0.0.1')
  await once(datagrams, 'listening')
  const accepted = once(server, 'connection')
  const client = connect(portOf(server), '127.0.0.1')
  t.after(() => void client.destroy())
  await Promise.all([
    accepted.then(([socket]: { destroy(): void }[]) => t.after(() => socket?.destroy())),
    once(client, 'connect'),
  ])
  const text = runLsof()
  if (text === null) return t.skip('lsof is not installed')
  const found = parseLsof(text)
  const find = (transport: string, port: number, state: string): LsofSocket | undefined =>
    found.find((each) => each.transport === transport && each.port === port && each.state === state)
  const listener = find('tcp', portOf(server), 'listen')
  assert.equal(listener?.address, '127.0.0.1')
  assert.equal(listener.pid, process.pid)
  assert.equal(listener.parent, process.ppid)
  assert.equal(find('udp', datagrams.address().port, 'listen')?.address, '127.0.0.1')
  const local = client.localPort ?? 0
  assert.deepEqual(find('tcp', local, 'established')?.remote, remote('127.0.0.1', portOf(server)))
  assert.deepEqual(find('tcp', portOf(server), 'established')?.remote, remote('127.0.0.1', local))
})

test("brings every system's words for states to those of RFC 9293", () => {
  const words: readonly [string, string][] = [
    ['LISTEN', 'listen'],
    ['ESTABLISHED', 'established'],
    ['SYN_SENT', 'syn-sent'],
    ['SYN_RECV', 'syn-received'],
    ['SYN_RCVD', 'syn-received'],
    ['SYN_RECEIVED', 'syn-received'],
    ['FIN_WAIT1', 'fin-wait-1'],
    ['FIN_WAIT_2', 'fin-wait-2'],
    ['CLOSE_WAIT', 'close-wait'],
    ['LAST_ACK', 'last-ack'],
    ['CLOSING', 'closing'],
    ['TIME_WAIT', 'time-wait'],
    ['CLOSE', 'closed'],
    ['CLOSED', 'closed'],
  ]
  for (const [word, name] of words) assert.equal(stateName(word), name)
})

test('passes over what is no process, no file and no socket with a port', () => {
  const socket = 'f3\ntIPv4\nPTCP\nn*:80\nTST=LISTEN\n'
  for (const text of ['', 'x', socket, `p0\n${socket}`, `p-1\n${socket}`, `pxx\n${socket}`, 'p5\ncx\n']) {
    assert.deepEqual(parseLsof(text), [])
  }
  assert.deepEqual(
    parseLsof('p5\ncx\nf3\ntIPv4\nPTCP\nn*:99999\nf4\nPTCP\nnno PCB, CANTSENDMORE\nf5\nPICMP\nn*:7\nf6\n'),
    [],
  )
  assert.equal(parseLsof(`p5\n${socket}`)[0]?.name, '')
})

const byteEscape = (text: string): string =>
  [...Buffer.from(text)]
    .map((each) => {
      const char = String.fromCharCode(each)
      if (char === '\\') return String.raw`\\`
      return each > 0x20 && each < 0x7f ? char : `\\x${each.toString(16).padStart(2, '0')}`
    })
    .join('')

function render(socket: LsofSocket): string {
  const wrap = (address: string): string => (address.includes(':') ? `[${address}]` : address)
  const local = `${wrap(socket.address)}:${socket.port}`
  const peer = socket.remote === null ? '' : `->${wrap(socket.remote.address)}:${socket.remote.port}`
  const state = socket.transport === 'tcp' ? `TST=${socket.state.toUpperCase().replaceAll('-', '_')}\n` : ''
  const owner = `p${socket.pid}\nR${socket.parent}\nc${byteEscape(socket.name)}\nL${socket.user}\n`
  const type = socket.address.includes(':') ? 'IPv6' : 'IPv4'
  return `${owner}f7\nt${type}\nP${socket.transport.toUpperCase()}\nn${local}${peer}\n${state}TQR=0\nTQS=0\n`
}

const pid = fc.integer({ min: 1, max: 4_194_304 })
const local = { address: fc.oneof(fc.ipV4(), fc.ipV6()), port: fc.integer({ min: 0, max: 65_535 }) }
const end = record(local)
const name = fc.string({ unit: 'grapheme' })
const owned = { pid, parent: pid, name, user: fc.stringMatching(/^[a-z_]\w{0,20}$/), ...local }
const tcpStates = [
  'established',
  'syn-sent',
  'fin-wait-1',
  'fin-wait-2',
  'close-wait',
  'last-ack',
  'time-wait',
  'closing',
]
const socket: fc.Arbitrary<LsofSocket> = fc.oneof(
  record({ ...owned, transport: fc.constant('tcp'), remote: fc.constant(null), state: fc.constant('listen') }),
  record({ ...owned, transport: fc.constant('tcp'), remote: end, state: fc.constantFrom(...tcpStates) }),
  record({ ...owned, transport: fc.constant('udp'), remote: fc.constant(null), state: fc.constant('listen') }),
  record({ ...owned, transport: fc.constant('udp'), remote: end, state: fc.constant('established') }),
)

test('reads back every socket that is written as lsof does', () => {
  fc.assert(
    fc.property(fc.array(socket, { maxLength: 8 }), (sockets) => {
      assert.deepEqual(parseLsof(sockets.map(render).join('')), sockets)
    }),
  )
})

test('never throws, whatever the text', () => {
  const line = fc
    .tuple(fc.constantFrom('p', 'f', 'c', 'P', 'n', 't', 'T', 'R', 'L'), fc.string())
    .map((each) => each.join(''))
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => Array.isArray(parseLsof(text))))
  fc.assert(fc.property(fc.array(line), (lines) => Array.isArray(parseLsof(lines.join('\n')))))
})
