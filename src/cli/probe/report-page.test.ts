import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packagedLore, packagedRegistry } from '../../../test/support/packaged-data.ts'
import type { ReportedHost, ReportedPort, ScanReport } from '../../probe/index.ts'
import { MeaningBook, NO_DIRECTORY } from '../../answer/index.ts'
import { columnsOf, makeStyle } from '../style.ts'
import type { ToldPort } from './port-row.ts'
import { renderReport } from './report-page.ts'

const book = new MeaningBook(packagedRegistry(), packagedLore(), { declared: NO_DIRECTORY, machineAt: () => null })
const PLAIN = makeStyle({ colour: false, columns: null })

function port(number: number, change: Partial<ReportedPort> = {}): ReportedPort {
  return { port: number, transport: 'tcp', state: 'open', reason: 'syn-ack', rttMs: 0.2, banner: null, ...change }
}

function host(address: string, ports: readonly ReportedPort[], change: Partial<ReportedHost> = {}): ReportedHost {
  return { address, family: 4, names: [], isUp: true, ports, unlisted: [], ...change }
}

function report(hosts: readonly ReportedHost[], change: Partial<ScanReport> = {}): ScanReport {
  return {
    tool: 'portolan',
    toolVersion: '0.1.0',
    command: null,
    startedMs: Date.UTC(2026, 10, 24, 14, 2, 3),
    endedMs: Date.UTC(2026, 10, 24, 14, 2, 5),
    isWhole: true,
    asked: { tcp: '1-1024', udp: null },
    isHalfOpen: false,
    hosts,
    ...change,
  }
}

const page = (hosts: readonly ReportedHost[], change: Partial<ScanReport> = {}): string =>
  renderReport(report(hosts, change), book, PLAIN)

const closed = (count: number): ReportedHost['unlisted'][number] => ({
  transport: 'tcp',
  state: 'closed',
  reason: 'conn-refused',
  count,
})

test('a host is a table of its open ports, a count of the others, and what the open ones mean', () => {
  const text = page([host('10.0.0.7', [port(22), port(8443)], { names: ['seven.example'], unlisted: [closed(1022)] })])
  assert.match(text, /^seven\.example \(10\.0\.0\.7\): 2 ports are open\nPORT +STATE +REASON +SERVICE\n/)
  assert.match(text, /^22\/tcp +open +syn-ack +ssh$/m)
  assert.match(text, /^Not shown: 1022 tcp closed \(conn-refused\)$/m)
  assert.match(text, /^What they mean\n {2}22\/tcp: assigned to ssh: The Secure Shell \(SSH\) Protocol\.$/m)
  assert.match(text, /\nportolan 0\.1\.0, 2026-11-24 14:02Z, 2\.0 s: 1 host, tcp 1-1024\.\n$/)
  assert.doesNotMatch(text, /Unexpected|In the directory|Not measured|ended before/)
})

test('what is unexpected stands under a heading of its own', () => {
  const banner = { service: 'ssh', product: 'OpenSSH', version: '9.2p1', text: null, tls: null, details: {} }
  const text = page([host('10.0.0.7', [port(443, { banner }), port(973)])])
  assert.match(
    text,
    /\nUnexpected\n {2}443\/tcp: It speaks ssh, and the port is for https\.\n {2}973\/tcp: A ghost port/,
  )
  assert.match(text, /^443\/tcp +open +syn-ack +https.* +ssh: OpenSSH 9\.2p1$/m)
})

test('ports that were not measured are said to be so, and are nowhere among the closed', () => {
  const text = page(
    [
      host('10.0.0.7', [port(22, { state: 'unmeasured', reason: 'no-route' })], {
        unlisted: [closed(3), { transport: 'tcp', state: 'unmeasured', reason: 'cancelled', count: 900 }],
      }),
    ],
    { isWhole: false },
  )
  assert.match(text, /^Not shown: 3 tcp closed \(conn-refused\)$/m)
  assert.match(text, /^Not measured: 1 port \(no-route\): .* Nothing is known of it\.$/m)
  assert.match(text.replace(/\n {2}/g, ' '), /^Not measured: 900 ports \(cancelled\): .* Nothing is known of them\.$/m)
  assert.match(text, /^The scan was ended before its end: what is not told here was not measured\.$/m)
})

test('hosts without an open port are told together, by what they did', () => {
  const filtered = { transport: 'tcp', state: 'filtered', reason: 'no-response', count: 3 } as const
  const silent = Array.from({ length: 250 }, (_, index) =>
    host(`10.0.1.${index}`, [], { isUp: null, unlisted: [filtered] }),
  )
  const text = page([host('10.0.0.1', [port(22)]), host('10.0.0.2', [], { unlisted: [closed(3)] }), ...silent])
  assert.match(text, /^One host with no open port, closed \(conn-refused\): 10\.0\.0\.2$/m)
  assert.match(
    text.replace(/\n {2}/g, ' '),
    /^250 hosts from which nothing came back, filtered \(no-response\): 10\.0\.1\.0, .* and 244 more$/m,
  )
})

test('a scan without any host says so', () => {
  assert.match(page([]), /^Nothing is told of any host\.\n/)
})

test('one port alone is told in full, with what its state means', () => {
  const told: ToldPort = { ...port(973), host: '127.0.0.1', names: [], attempts: 1 }
  const texts = (['open', 'closed', 'filtered', 'open|filtered', 'unmeasured'] as const).map((state) => {
    const reason = state === 'closed' ? 'conn-refused' : state === 'open' ? 'syn-ack' : 'no-response'
    const one = { ...told, state, reason } as const
    return renderReport(report([host('127.0.0.1', [one])]), book, PLAIN, { only: one, isAll: false })
  })
  const heads = [
    'is open (syn-ack)',
    'is closed (conn-refused)',
    'is filtered (no-response)',
    'is open|filtered (no-response)',
    'was not measured (no-response)',
  ]
  for (const [index, text] of texts.entries()) {
    assert.ok(text.startsWith(`Port 973/tcp of 127.0.0.1 ${heads[index]}\n  `), text)
    assert.match(text, /ghost port/i)
    for (const part of ['unassigned', 'NetInfo', 'Registry\n', 'Unofficial uses\n'])
      assert.ok(text.includes(part), part)
  }
})

test('text from outside cannot steer the terminal', () => {
  const evil = '\u001b[2J\u0007\u202e'
  const banner = { service: evil, product: evil, version: evil, text: evil, tls: null, details: { title: evil } }
  const hosts = [host('10.0.0.7', [port(80, { banner })], { names: [evil] })]
  const told: ToldPort = { ...port(80, { banner }), host: evil, names: [evil], attempts: 1 }
  const change = { toolVersion: evil, asked: { tcp: evil, udp: null } }
  for (const text of [
    page(hosts, change),
    renderReport(report(hosts, change), book, PLAIN, { only: told, isAll: false }),
  ])
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f\u202e]/)
})

test('the page fits the window, and colour changes nothing but colour', () => {
  const banner = {
    service: 'http',
    product: 'nginx',
    version: '1.22.1',
    text: null,
    tls: null,
    details: { title: 'a b c' },
  }
  const hosts = [
    host('10.0.0.7', [port(22), port(80, { banner }), port(973), port(5000)], { unlisted: [closed(1020)] }),
    host('10.0.0.8', [], { unlisted: [closed(1024)] }),
  ]
  for (const columns of [40, 60, 80, 110]) {
    const style = makeStyle({ colour: false, columns })
    const text = renderReport(report(hosts), book, style)
    for (const line of text.split('\n')) assert.ok(columnsOf(line) <= columns, `${columns}: ${line}`)
    const coloured = renderReport(report(hosts), book, makeStyle({ colour: true, columns }))
    // oxlint-disable-next-line no-control-regex -- colour begins with an escape
    assert.equal(coloured.replace(/\u001b\[\d+m/g, ''), text)
    assert.notEqual(coloured, text)
  }
})
