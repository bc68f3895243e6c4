import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { LIMITS } from '../../core/index.ts'
import { heldByJson, probeFixture, scanReports } from '../../../test/support/scan-reports.ts'
import type { ScanReport } from '../model.ts'
import { FormatError } from './format-error.ts'
import { readJson } from './json-reader.ts'
import { writeJson, writeNdjson } from './json-writers.ts'
import { readMasscanList } from './masscan-list-reader.ts'

function statesOf({ hosts }: ScanReport): readonly string[] {
  return hosts.flatMap(({ address, ports }) =>
    ports.map(({ port, transport, state, reason }) => `${address} ${transport} ${port} ${state} ${reason}`),
  )
}

function refuses(text: string, line: number, message: RegExp): void {
  assert.throws(
    () => readJson(text),
    (error) => error instanceof FormatError && error.line === line && message.test(error.message),
  )
}

const STATES = ['192.0.2.2 tcp 22 open syn-ack', '192.0.2.2 tcp 80 open syn-ack']

describe("Portolan's JSON", () => {
  test('gives what was written, as far as it holds it, as an array and one a line', () => {
    fc.assert(
      fc.property(scanReports, (report) => {
        const array = readJson([...writeJson(report)].join(''))
        assert.deepEqual(array.hosts, heldByJson(report))
        assert.equal(array.isWhole, true)
        const lines = [...writeNdjson(report)].join('')
        if (lines !== '') assert.deepEqual(readJson(lines).hosts, heldByJson(report))
      }),
      { numRuns: 300 },
    )
  })

  test('is an array that any reader of JSON takes', () => {
    fc.assert(
      fc.property(scanReports, (report) => {
        const values: unknown = JSON.parse([...writeJson(report)].join(''))
        assert.ok(Array.isArray(values))
        assert.equal(values.length, report.hosts.flatMap(({ ports }) => ports).length)
      }),
      { numRuns: 50 },
    )
  })

  test('may hold more than a report does, and less', () => {
    const answer = '{"host":"0:0::1","port":53,"transport":"udp","state":"open","reason":"udp-response","attempts":2}'
    const [host] = readJson(`${answer}\n`).hosts
    assert.deepEqual([host?.address, host?.ports[0]?.rttMs, host?.ports[0]?.banner], ['::1', null, null])
  })

  test('is refused where an object is of another kind, with its line', () => {
    refuses(
      '[\n{"host":"192.0.2.1","port":53,"transport":"udp","state":"ajar"}]',
      2,
      /neither Portolan's nor masscan's/,
    )
    refuses('{"name":"package"}', 1, /neither/)
    refuses('[\n\n{"host":"nowhere","port":1,"transport":"tcp","state":"open"}]', 3, /neither/)
    refuses('{"host":"192.0.2.1","port":65536,"transport":"tcp","state":"open"}', 1, /neither/)
    refuses('[1, 2]', 1, /no object of JSON/)
    refuses('[]\n[]', 2, /after the end of the array/)
    refuses('{"a" 1}', 1, /not well formed/)
    refuses('{"a":'.repeat(LIMITS.jsonDepth + 1), 1, /nested more than 16/)
    refuses(`{"a":"${'x'.repeat(LIMITS.reportRecordChars)}","b":"c"}`, 1, /longer than/)
  })

  test('keeps no name that an object has by itself', () => {
    const details = '{"__proto__":"x","constructor":"y"}'
    const text = `{"host":"::1","port":1,"transport":"tcp","state":"open","banner":{"details":${details}}}`
    const found = readJson(text).hosts[0]?.ports[0]?.banner?.details ?? {}
    assert.deepEqual(Object.entries(found), [['constructor', 'y']])
    assert.equal(Object.getPrototypeOf(found), Object.prototype)
  })
})

describe("masscan's JSON and list", () => {
  test('are read with what services said', () => {
    const report = readJson(probeFixture('masscan-json.txt').toString('utf8'))
    assert.deepEqual([report.tool, report.isWhole], ['masscan', true])
    assert.deepEqual(statesOf(report), STATES)
    assert.deepEqual(
      report.hosts[0]?.ports.map(({ banner }) => banner),
      [
        {
          service: 'ssh',
          product: null,
          version: null,
          text: 'SSH-2.0-OpenSSH_9.2p1 Debian-2',
          tls: null,
          details: {},
        },
        {
          service: 'http',
          product: null,
          version: null,
          text: 'HTTP/1.0 200 OK',
          tls: null,
          details: { server: 'nginx/1.22.1', title: 'a "quoted" ' },
        },
      ],
    )
  })

  test('say the same', () => {
    const list = readMasscanList(probeFixture('masscan.list').toString('utf8'))
    const lines = readJson(probeFixture('masscan-ndjson.txt').toString('utf8'))
    assert.deepEqual(statesOf(list), STATES)
    assert.deepEqual(statesOf(lines), STATES)
    assert.deepEqual(list.hosts, lines.hosts)
    assert.deepEqual([list.isWhole, lines.isWhole], [true, true])
    assert.equal(list.startedMs, 1_795_528_428_000)
  })

  const RECORD =
    '{   "ip": "192.0.2.2",   "timestamp": "1", "ports": [ {"port": 22, "proto": "tcp", "status": "open", "reason": "syn-ack"} ] }'
  for (const [what, text] of [
    ['a comma after the last record (1.0.3)', `[\n${RECORD},\n]\n`],
    ['a last record of its own without quotes (1.0.0)', `${RECORD},\n{finished: 1}\n`],
    [
      'names without quotes (2014)',
      `{   ip: "192.0.2.2",   ports: [ {port: 22, proto: "tcp", status: "open", reason: "syn-ack", ttl: 64} ] },\n{finished: 1}\n`,
    ],
  ] as const)
    test(`were written otherwise by old versions: ${what}`, () => {
      const report = readJson(text)
      assert.deepEqual(statesOf(report), STATES.slice(0, 1))
      assert.equal(report.isWhole, true)
    })

  test('break off without their end', () => {
    assert.equal(readJson(`[\n${RECORD}\n`).isWhole, false)
    assert.equal(readJson(`[\n${RECORD}\n,\n{"ip`).isWhole, false)
    assert.equal(readMasscanList('#masscan\nopen tcp 80 192.0.2.1 1\n').isWhole, false)
    // A line without its end may be half of one.
    assert.deepEqual(statesOf(readMasscanList('#masscan\nopen tcp 80 192.0.2.1 1\nopen tcp 80 192.0.2.1')).length, 1)
  })

  test('have words without quotes outside of strings only', () => {
    const text =
      '{ip: "192.0.2.2", ports: [{port: 22, proto: "tcp", service: {name: "ssh", banner: "{a: \\"1, b: 2"}}]}'
    assert.equal(readJson(text).hosts[0]?.ports[0]?.banner?.text, '{a: "1, b: 2')
  })

  test('are refused where a line or a record is of another kind', () => {
    refuses(`[\n{"ip":"192.0.2.2","ports":[{"port":"22"}]}]`, 2, /neither/)
    assert.throws(
      () => readMasscanList('#masscan\nopen tcp 80 192.0.2.1 1\nopen tcp eighty 192.0.2.1 1\n'),
      (error) => error instanceof FormatError && error.line === 3,
    )
  })

  test('tell of other transports, which Portolan has no word for', () => {
    const text = '#masscan\nopen sctp 80 192.0.2.1 1\nopen udp 53 192.0.2.1 1\nclosed tcp 1 192.0.2.1 1\n# end\n'
    assert.deepEqual(statesOf(readMasscanList(text)), [
      '192.0.2.1 tcp 1 closed reset',
      '192.0.2.1 udp 53 open udp-response',
    ])
  })
})
