import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { heldAsked, heldByGrepable, probeFixture, scanReports } from '../../../test/support/scan-reports.ts'
import type { ReportedHost, ScanReport } from '../model.ts'
import { FormatError } from './format-error.ts'
import { readGrepable } from './grepable-reader.ts'
import { writeGrepable } from './grepable-writer.ts'
import { readNmapXml } from './nmap-xml-reader.ts'

function fixture(file: string): ScanReport {
  return readGrepable(probeFixture(file).toString('utf8'))
}

/** Without what a test does not compare. */
function withoutUp(host: ReportedHost): ReportedHost {
  return { ...host, isUp: null }
}

function withoutUnlisted(host: ReportedHost): ReportedHost {
  return { ...host, unlisted: [] }
}

describe("nmap's grepable output", () => {
  for (const file of ['nmap-services', 'nmap-counted'])
    test(`tells the states that the XML of the same scan tells (${file})`, () => {
      const [grepable, xml] = [fixture(`${file}.gnmap`), readNmapXml(probeFixture(`${file}.xml`).toString('utf8'))]
      const statesOf = ({ hosts }: ScanReport): unknown =>
        hosts.map(({ address, isUp, ports, unlisted }) => ({
          address,
          isUp,
          ports: ports.map(({ port, transport, state }) => [port, transport, state]),
          unlisted: unlisted.map(({ transport, state, count }) => [transport, state, count]),
        }))
      assert.deepEqual(statesOf(grepable), statesOf(xml))
      assert.equal(grepable.command, xml.command)
      assert.equal(grepable.isWhole, true)
      // Its times have no zone.
      assert.equal(grepable.startedMs, null)
    })

  test('tells a service and its version in one', () => {
    const ports = fixture('nmap-services.gnmap').hosts[1]?.ports ?? []
    const banner = ports.find(({ port }) => port === 22)?.banner
    assert.deepEqual([banner?.service, banner?.product], ['ssh', 'OpenSSH 9.2p1 Debian 2 (protocol 2.0)'])
    assert.equal(ports.find(({ port }) => port === 21)?.banner, null)
  })

  test('is read as masscan writes it, with its banners', () => {
    const report = fixture('masscan.gnmap')
    assert.deepEqual([report.tool, report.toolVersion, report.isWhole], ['masscan', '1.3.2', true])
    assert.deepEqual(report.asked, { tcp: '22,80-81', udp: '' })
    assert.deepEqual(
      report.hosts[0]?.ports.map(({ port, banner }) => [port, banner?.text ?? null]),
      [
        [22, 'SSH-2.0-OpenSSH_9.2p1 Debian-2'],
        [80, null],
      ],
    )
  })

  test('gives what was written, as far as it holds it', () => {
    fc.assert(
      fc.property(scanReports, (report) => {
        const hosts = report.hosts.map(withoutUnlisted)
        const known = { ...report, asked: heldAsked(report), isHalfOpen: false, hosts }
        const read = readGrepable([...writeGrepable({ ...report, hosts })].join(''))
        assert.deepEqual(read.hosts.map(withoutUp), hosts.map(heldByGrepable).map(withoutUp))
        const { hosts: _, endedMs, ...rest } = read
        const { hosts: __, endedMs: ended, ...knownRest } = known
        assert.deepEqual(rest, knownRest)
        assert.equal(endedMs, known.isWhole ? ended : null)
      }),
      { numRuns: 300 },
    )
  })

  test('counts what is alike by its state', () => {
    const [host] = fixture('nmap-counted.gnmap').hosts
    assert.ok(host !== undefined)
    const other = { transport: 'tcp', state: 'filtered', reason: 'no-response', count: 2 } as const
    const report = { ...fixture('nmap-counted.gnmap'), hosts: [{ ...host, unlisted: [...host.unlisted, other] }] }
    const text = [...writeGrepable(report)].join('')
    assert.match(text, /\tIgnored State: closed \(496\)\tIgnored State: filtered \(2\)\n/)
    assert.deepEqual(readGrepable(text).hosts, report.hosts)
  })

  test('is refused where a line is of another kind, with the line', () => {
    const head = '# Nmap 7.93 scan initiated Tue Nov 24 13:57:05 2026 as: nmap x\n'
    for (const line of [
      'Nmap scan report for 192.0.2.1',
      'Host: nowhere ()\tStatus: Up',
      'Host: 192.0.2.1 ()\tPorts: x/open/tcp',
    ])
      assert.throws(
        () => readGrepable(`${head}${line}\n`),
        (error) => error instanceof FormatError && error.line === 2,
      )
  })
})
