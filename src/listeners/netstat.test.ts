import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { listenersCorpus } from '../../test/support/corpus.ts'
import { parseNetstat } from './netstat.ts'
import type { NetstatRow } from './netstat.ts'

/** Strict equality minds prototypes. */
const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true })

type Local = Pick<NetstatRow, 'address' | 'port' | 'pid'>

const listener = (transport: 'tcp' | 'udp', local: Local): NetstatRow => ({
  transport,
  ...local,
  remote: null,
  state: 'listen',
})
const connection = (local: Local, address: string, port: number, state: string): NetstatRow => {
  return { transport: 'tcp', ...local, remote: { address, port }, state }
}
const outward = (port: number, pid: number | null = 8120): Local => ({ address: '192.0.2.10', port, pid })

/** The same machine in every language. */
const MACHINE: readonly NetstatRow[] = [
  listener('tcp', { address: '0.0.0.0', port: 135, pid: 1044 }),
  listener('tcp', { address: '0.0.0.0', port: 445, pid: 4 }),
  connection({ address: '127.0.0.1', port: 5354, pid: 3320 }, '127.0.0.1', 49_671, 'established'),
  listener('tcp', { address: '192.0.2.10', port: 139, pid: 4 }),
  connection(outward(49_712), '198.51.100.7', 443, 'established'),
  connection(outward(49_713, null), '198.51.100.7', 443, 'time-wait'),
  connection(outward(49_714), '203.0.113.9', 80, 'close-wait'),
  connection(outward(49_715), '203.0.113.9', 25, 'syn-sent'),
  connection(outward(49_716), '203.0.113.9', 80, 'fin-wait-1'),
  connection(outward(49_717), '203.0.113.9', 80, 'fin-wait-2'),
  connection(outward(49_718), '203.0.113.9', 80, 'last-ack'),
  listener('tcp', { address: '::', port: 135, pid: 1044 }),
  listener('tcp', { address: '::1', port: 49_669, pid: 3612 }),
  connection({ address: '2001:db8::10', port: 49_720, pid: 8120 }, '2001:db8::53', 443, 'established'),
  connection({ address: 'fe80::1%12', port: 49_721, pid: 4 }, 'fe80::2%12', 445, 'established'),
  listener('udp', { address: '0.0.0.0', port: 5353, pid: 2588 }),
  listener('udp', { address: '127.0.0.1', port: 1900, pid: 6044 }),
  listener('udp', { address: '::', port: 5353, pid: 2588 }),
  listener('udp', { address: 'fe80::1%12', port: 546, pid: 1380 }),
]

for (const language of ['en', 'de', 'fr', 'es', 'it', 'pt-BR', 'ja', 'zh-CN', 'ru']) {
  test(`reads the netstat of a Windows that speaks ${language}`, () => {
    const text = listenersCorpus(`netstat-${language}.txt`)
    assert.deepEqual(parseNetstat(text), MACHINE)
    assert.deepEqual(parseNetstat(text.replaceAll('\r\n', '\n')), MACHINE)
  })
}

test('knows a listener by its foreign port, whatever the words of its state are and however many', () => {
  for (const state of ["À L'ÉCOUTE", 'IN ASCOLTO', 'ABHÖREN', 'ABH\uFFFDREN', 'ПРОСЛУШИВАНИЕ', '受信待ち', '?? ? ??']) {
    const [row] = parseNetstat(`  TCP    127.0.0.1:8123         0.0.0.0:0              ${state}      4242\r\n`)
    assert.deepEqual(row, listener('tcp', { address: '127.0.0.1', port: 8123, pid: 4242 }))
  }
})

test('shows a state that it does not know as it is', () => {
  const [row] = parseNetstat('  TCP    127.0.0.1:9000         192.0.2.1:443      EN COURS D’ÉTABLISSEMENT      777')
  assert.equal(row?.state, 'en-cours-d’établissement')
})

test('passes over headings, rows without a pid, the names of -b, and ports that there are not', () => {
  const lines = [
    '  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING',
    ' [svchost.exe]',
    '  RpcSs',
    '  TCP    0.0.0.0:135',
    '  TCP    0.0.0.0:65536          0.0.0.0:0              LISTENING       4',
    '  TCP    host:135               0.0.0.0:0              LISTENING       4',
    '  SCTP   0.0.0.0:135            0.0.0.0:0              LISTENING       4',
    '  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       12345678901',
    'TCP',
    '',
  ]
  assert.deepEqual(parseNetstat(lines.join('\r\n')), [])
})

const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('fe80::1%12'))
const port = fc.integer({ min: 0, max: 65_535 })
const pid = fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 4_294_967_295 }))
const states = [
  'established',
  'syn-sent',
  'syn-received',
  'close-wait',
  'time-wait',
  'last-ack',
  'closing',
  'fin-wait-1',
]
const anyRow: fc.Arbitrary<NetstatRow> = fc.oneof(
  record({
    transport: fc.constantFrom('tcp', 'udp'),
    address,
    port,
    pid,
    remote: fc.constant(null),
    state: fc.constant('listen'),
  }),
  record({
    transport: fc.constant('tcp' as const),
    address,
    port,
    pid,
    remote: record({ address, port: fc.integer({ min: 1, max: 65_535 }) }),
    state: fc.constantFrom(...states),
  }),
)

function render(row: NetstatRow): string {
  const wrap = (text: string): string => (text.includes(':') ? `[${text}]` : text)
  const none = row.transport === 'udp' ? '*:*' : row.address.includes(':') ? '[::]:0' : '0.0.0.0:0'
  const foreign = row.remote === null ? none : `${wrap(row.remote.address)}:${row.remote.port}`
  const word =
    row.remote === null ? (row.transport === 'udp' ? '' : 'LISTENING') : row.state.toUpperCase().replaceAll('-', '_')
  const local = `${wrap(row.address)}:${row.port}`
  return `  ${row.transport.toUpperCase().padEnd(6)} ${local.padEnd(22)} ${foreign.padEnd(22)} ${word.padEnd(15)} ${row.pid ?? 0}\r\n`
}

test('reads back every row that is written as netstat does', () => {
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 8 }), (rows) => {
      assert.deepEqual(parseNetstat(rows.map(render).join('')), rows)
    }),
  )
})

test('never throws, whatever the text', () => {
  const word = fc.oneof(fc.constantFrom('TCP', 'UDP', '*:*', '1.2.3.4:5', '[::]:0', '4', '\n', '\r\n'), fc.string())
  fc.assert(fc.property(fc.array(word), (words) => Array.isArray(parseNetstat(words.join(' ')))))
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => Array.isArray(parseNetstat(text))))
})
