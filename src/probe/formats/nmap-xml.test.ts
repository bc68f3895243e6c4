import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { heldByXml, probeFixture, scanReports } from '../../../test/support/scan-reports.ts'
import type { ScanReport } from '../model.ts'
import { FormatError } from './format-error.ts'
import { readNmapXml } from './nmap-xml-reader.ts'
import { writeNmapXml } from './nmap-xml-writer.ts'

function fixture(file: string): ScanReport {
  return readNmapXml(probeFixture(file).toString('utf8'))
}

function written(report: ScanReport): string {
  return [...writeNmapXml(report)].join('')
}

/** A report of nmap's with one host, in the least words. */
function runOf(host: string, scans = '<scaninfo type="syn" protocol="tcp" numservices="4" services="1-4"/>'): string {
  const end = '<runstats><finished time="9"/><hosts total="1"/></runstats>'
  return `<nmaprun scanner="nmap" version="7.93">${scans}<host><address addr="192.0.2.1"/>${host}</host>${end}</nmaprun>`
}

describe("nmap's XML", () => {
  test('is read with services, states and reasons, as nmap wrote it', () => {
    const report = fixture('nmap-services.xml')
    assert.deepEqual([report.tool, report.toolVersion, report.isWhole], ['nmap', '7.93', true])
    assert.equal(report.startedMs, 1_795_528_613_000)
    assert.match(report.command ?? '', /^nmap -sS -sU -sV --version-intensity 2/)
    assert.deepEqual(report.asked, { tcp: '20-25,80-81,443', udp: '53,123,161,5353' })
    assert.deepEqual(
      report.hosts.map(({ address, isUp, ports }) => [address, isUp, ports.length]),
      [
        ['192.0.2.1', true, 13],
        ['192.0.2.2', true, 13],
        ['192.0.2.3', true, 13],
      ],
    )
    const ports = report.hosts[2]?.ports ?? []
    const stateOf = (number: number): string =>
      ports.filter(({ port }) => port === number).map(({ state, reason }) => `${state} ${reason}`)[0] ?? ''
    assert.equal(stateOf(25), 'filtered admin-prohibited')
    assert.equal(stateOf(443), 'filtered no-response')
    assert.equal(stateOf(53), 'open|filtered no-response')
    assert.equal(stateOf(161), 'closed port-unreach')
    assert.deepEqual(ports.find(({ port }) => port === 22)?.banner, {
      service: 'ssh',
      product: 'OpenSSH',
      version: '9.2p1 Debian 2',
      text: null,
      tls: null,
      details: { extrainfo: 'protocol 2.0', ostype: 'Linux' },
    })
    // The name of a closed port is that of nmap's table, and nobody said it.
    assert.equal(ports.find(({ port }) => port === 20)?.banner, null)
  })

  test('tells which ports it counts', () => {
    const [host] = fixture('nmap-counted.xml').hosts
    assert.deepEqual(host?.unlisted, [
      { transport: 'tcp', state: 'closed', reason: 'reset', count: 496, ports: '1-21,23-24,26-79,81-442,444-500' },
    ])
  })

  test('has states that say neither open nor closed: such a port is not measured', () => {
    const [host] = fixture('nmap-ack.xml').hosts
    assert.deepEqual(
      host?.ports.map(({ port, state, reason }) => [port, state, reason]),
      [
        [22, 'unmeasured', 'reset'],
        [443, 'filtered', 'no-response'],
      ],
    )
  })

  test('is read as masscan writes it: one host a port, and its banner after it', () => {
    const report = fixture('masscan.xml')
    assert.deepEqual([report.tool, report.toolVersion, report.isWhole], ['masscan', '1.0-BETA', true])
    assert.deepEqual(report.asked, { tcp: null, udp: null })
    assert.equal(report.hosts.length, 1)
    const [host] = report.hosts
    assert.equal(host?.isUp, true)
    assert.deepEqual(
      host?.ports.map(({ port, reason, banner }) => [port, reason, banner?.text ?? null]),
      [
        [22, 'syn-ack', 'SSH-2.0-OpenSSH_9.2p1 Debian-2'],
        [80, 'syn-ack', null],
      ],
    )
  })

  test('gives what was written, as far as it holds it', () => {
    fc.assert(
      fc.property(scanReports, (report) => {
        assert.deepEqual(readNmapXml(written(report)), heldByXml(report))
      }),
      { numRuns: 300 },
    )
  })

  test('never has a port that was not measured among its ports', () => {
    fc.assert(
      fc.property(scanReports, (report) => {
        assert.doesNotMatch(written(report), /state="unmeasured"/)
      }),
    )
    const port = {
      port: 7,
      transport: 'tcp',
      state: 'unmeasured',
      reason: 'cancelled',
      rttMs: null,
      banner: null,
    } as const
    const host = { address: '192.0.2.1', family: 4, names: [], isUp: null, ports: [port], unlisted: [] } as const
    const text = written({ ...fixture('nmap-ack.xml'), hosts: [host] })
    assert.match(text, /<host comment="not measured: tcp 7 \(cancelled\)">/)
    assert.match(text, /summary="[^"]*; 1 port not measured"/)
  })

  test('tells the round trips of a host in microseconds', () => {
    const ports = [1, 2, 3].map(
      (port) => ({ port, transport: 'tcp', state: 'open', reason: 'syn-ack', rttMs: port, banner: null }) as const,
    )
    const host = { address: '::1', family: 6, names: [], isUp: true, ports, unlisted: [] } as const
    const text = written({ ...fixture('nmap-ack.xml'), hosts: [host] })
    assert.match(text, /<times srtt="2000" rttvar="667" to="100000"\/>/)
    assert.match(text, /addrtype="ipv6"/)
  })

  test('names a port by the registry where it was not asked what it is', () => {
    const port = { port: 22, transport: 'tcp', state: 'open', reason: 'syn-ack', rttMs: null, banner: null } as const
    const host = { address: '192.0.2.1', family: 4, names: [], isUp: true, ports: [port], unlisted: [] } as const
    const report = { ...fixture('nmap-ack.xml'), hosts: [host] }
    const text = [...writeNmapXml(report, { serviceNameOf: () => 'ssh' })].join('')
    assert.match(text, /<service name="ssh" method="table" conf="3"\/>/)
    assert.deepEqual(readNmapXml(text).hosts, [host])
  })

  test('of old versions counts ports without saying why, and has hosts without a state', () => {
    const counted = runOf('<ports><extraports state="filtered" count="3"/></ports>')
    assert.deepEqual(readNmapXml(counted).hosts, [
      {
        address: '192.0.2.1',
        family: 4,
        names: [],
        isUp: null,
        ports: [],
        unlisted: [{ transport: 'tcp', state: 'filtered', reason: 'no-response', count: 3 }],
      },
    ])
  })

  test('counts ports of two transports without saying of which: what the words allow is told, the rest left out', () => {
    const scans = `<scaninfo protocol="tcp" services="1-4"/><scaninfo protocol="udp" services="1-9"/>`
    const unlistedOf = (extra: string): unknown =>
      readNmapXml(runOf(`<ports>${extra}</ports>`, scans)).hosts[0]?.unlisted.map(
        (each) => `${each.transport} ${each.count}`,
      )
    const part = (state: string, reason: string, count: number): string =>
      `<extraports state="${state}" count="${count}"><extrareasons reason="${reason}" count="${count}"/></extraports>`
    assert.deepEqual(unlistedOf(part('closed', 'reset', 3)), ['tcp 3'])
    assert.deepEqual(unlistedOf(part('open|filtered', 'no-response', 3)), ['udp 3'])
    assert.deepEqual(unlistedOf(part('filtered', 'no-response', 9)), ['udp 9'])
    assert.deepEqual(unlistedOf(part('filtered', 'no-response', 3)), [])
  })

  test('has more than Portolan wants: scripts, systems, traces, hardware addresses, other transports', () => {
    const host =
      runOf(`<address addr="00:11:22:33:44:55" addrtype="mac" vendor="X"/><hostnames><hostname name="a" type="user"/>
      <hostname name="b" type="PTR"/><hostname name="a" type="PTR"/></hostnames><ports><port protocol="sctp" portid="9"><state state="open"/></port>
      <port protocol="tcp" portid="1"><state state="open" reason="syn-ack"/><service name="tcpwrapped" method="probed" conf="8"/>
      <script id="x" output="y"><table><elem key="z">1</elem></table></script></port></ports>
      <os><osmatch name="Linux" accuracy="99" line="1"><osclass><cpe>cpe:/o</cpe></osclass></osmatch></os><trace><hop ttl="1"/></trace>`)
    const [found] = readNmapXml(host).hosts
    assert.deepEqual(found?.names, ['a', 'b'])
    assert.deepEqual(found?.ports, [
      { port: 1, transport: 'tcp', state: 'open', reason: 'syn-ack', rttMs: null, banner: null },
    ])
  })

  test('is up by an answer, not by the word of the user', () => {
    const upOf = (status: string, ports = ''): unknown =>
      readNmapXml(runOf(`${status}<ports>${ports}</ports>`)).hosts[0]?.isUp
    assert.equal(upOf('<status state="up" reason="user-set"/>'), null)
    assert.equal(upOf('<status state="up" reason="echo-reply"/>'), true)
    assert.equal(upOf('<status state="down" reason="no-response"/>'), false)
    assert.equal(
      upOf('<status state="up" reason="user-set"/>', '<port protocol="tcp" portid="1"><state state="closed"/></port>'),
      true,
    )
  })

  test('is refused where it makes no sense, with the line', () => {
    const refuses = (text: string, message: RegExp): void => {
      assert.throws(
        () => readNmapXml(text),
        (error) => error instanceof FormatError && error.line !== null && message.test(error.message),
      )
    }
    refuses('<html><body/></html>', /XML of another kind: <html>/)
    refuses('<?xml version="1.0"?>', /ends before <nmaprun>/)
    refuses('<nmaprun><host><status state="up"/></host></nmaprun>', /has no address/)
    refuses('<nmaprun><host><address addr="nowhere"/></host></nmaprun>', /nowhere is no address/)
    refuses(
      runOf('<ports><port protocol="tcp" portid="65536"><state state="open"/></port></ports>'),
      /65536 is no port/,
    )
    refuses(runOf('<ports><extraports state="closed" count="-1"/></ports>'), /-1 is no number of ports/)
  })
})
