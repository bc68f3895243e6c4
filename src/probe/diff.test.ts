import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { scanReports } from '../../test/support/scan-reports.ts'
import { diffReports } from './diff.ts'
import type { ReportDiff } from './diff.ts'
import type { Banner, PortState, ReportedHost, ReportedPort, ScanReport, UnlistedPorts } from './model.ts'

function port(number: number, state: PortState, banner: Banner | null = null): ReportedPort {
  return { port: number, transport: 'tcp', state, reason: 'syn-ack', rttMs: null, banner }
}

function said(service: string, version: string | null = null): Banner {
  return { service, product: null, version, text: null, tls: null, details: {} }
}

function counted(state: PortState, count: number, ports?: string): UnlistedPorts {
  return { transport: 'tcp', state, reason: 'reset', count, ...(ports === undefined ? {} : { ports }) }
}

function host(
  ports: readonly ReportedPort[],
  unlisted: readonly UnlistedPorts[] = [],
  address = '192.0.2.1',
): ReportedHost {
  return { address, family: address.includes(':') ? 6 : 4, names: [], isUp: true, ports, unlisted }
}

function report(hosts: readonly ReportedHost[], asked: string | null = '1-100', isWhole = true): ScanReport {
  const rest = {
    tool: 'nmap',
    toolVersion: null,
    command: null,
    startedMs: null,
    endedMs: null,
    isHalfOpen: true,
  } as const
  return { ...rest, isWhole, asked: { tcp: asked, udp: asked === null ? null : '' }, hosts }
}

/** The differences as words: `tcp 22 state closed→open`. */
function wordsOf({ hosts }: ReportDiff): readonly string[] {
  return hosts.flatMap(({ ports, unlisted }) => [
    ...ports.map((each) => `${each.port} ${each.kind} ${each.before?.state ?? ''}→${each.after?.state ?? ''}`),
    ...unlisted.map(({ count, before, after }) => `${count} ${before}→${after}`),
  ])
}

describe('two reports', () => {
  test('that are the same do not differ', () => {
    fc.assert(
      fc.property(scanReports, (each) => {
        assert.deepEqual(diffReports(each, each).hosts, [])
        assert.equal(diffReports(each, each).hostsCompared, each.hosts.length)
      }),
    )
  })

  test('differ the other way round when they are taken the other way round', () => {
    const turned = {
      appeared: 'vanished',
      vanished: 'appeared',
      state: 'state',
      service: 'service',
      changed: 'changed',
    } as const
    fc.assert(
      fc.property(scanReports, scanReports, (one, other) => {
        // As hosts of their own would hardly ever be compared.
        const [first] = one.hosts
        const same =
          first === undefined
            ? other
            : { ...other, hosts: other.hosts.map((each) => withAddress(each, first)).slice(0, 1) }
        const [forth, back] = [diffReports(one, same), diffReports(same, one)]
        assert.equal(forth.uncompared, back.uncompared)
        assert.deepEqual(
          forth.hosts.map((each) => ({
            address: each.address,
            kind: turned[each.kind],
            ports: each.ports.map((change) => [change.port, turned[change.kind], change.after, change.before]),
            unlisted: each.unlisted.map((change) => [change.count, change.after, change.before]),
          })),
          back.hosts.map((each) => ({
            address: each.address,
            kind: each.kind,
            ports: each.ports.map((change) => [change.port, change.kind, change.before, change.after]),
            unlisted: each.unlisted.map((change) => [change.count, change.before, change.after]),
          })),
        )
      }),
    )
  })

  test('tell ports that appeared, vanished, or changed their state', () => {
    const before = report([host([port(22, 'open'), port(80, 'open'), port(81, 'closed')])])
    const after = report([host([port(22, 'filtered'), port(81, 'closed'), port(90, 'open')])])
    assert.deepEqual(wordsOf(diffReports(before, after)), [
      '22 state open→filtered',
      '80 vanished open→',
      '90 appeared →open',
    ])
  })

  test('tell a service that changed, where both were asked', () => {
    const changesOf = (before: Banner | null, after: Banner | null): readonly string[] =>
      wordsOf(diffReports(report([host([port(22, 'open', before)])]), report([host([port(22, 'open', after)])])))
    assert.deepEqual(changesOf(said('ssh'), said('http')), ['22 service open→open'])
    assert.deepEqual(changesOf(said('ssh', '9.1'), said('ssh', '9.2')), ['22 service open→open'])
    assert.deepEqual(changesOf(said('ssh'), said('ssh')), [])
    assert.deepEqual(changesOf(null, said('ssh')), [])
  })

  test('may count a port that the other lists: it had that state', () => {
    const before = report([host([port(22, 'open')], [counted('closed', 99)])])
    const after = report([host([port(22, 'open'), port(80, 'open'), port(81, 'closed')], [counted('closed', 97)])])
    const diff = diffReports(before, after)
    assert.deepEqual(wordsOf(diff), ['80 state closed→open'])
    assert.equal(diff.hosts[0]?.ports[0]?.before?.isListed, false)
  })

  test('count a port by its number, where they tell the numbers', () => {
    const before = report([host([], [counted('closed', 98, '1-98'), counted('filtered', 2, '99-100')])])
    const after = report([host([port(99, 'open'), port(1, 'closed')])])
    assert.deepEqual(wordsOf(diffReports(before, after)), ['99 state filtered→open'])
  })

  test('count ports of several states without their numbers: such a port is not compared', () => {
    const before = report([host([], [counted('closed', 98), counted('filtered', 2)])])
    const diff = diffReports(before, report([host([port(99, 'open')])]))
    assert.deepEqual(wordsOf(diff), [])
    assert.equal(diff.uncompared, 1)
  })

  test('count more or fewer ports than were asked for: nothing follows from it', () => {
    const before = report([host([port(22, 'open')], [counted('closed', 5)])])
    assert.deepEqual(wordsOf(diffReports(before, report([host([port(22, 'open'), port(80, 'closed')])]))), [
      '80 appeared →closed',
    ])
  })

  test('count ports that all changed', () => {
    const before = report([host([port(22, 'open')], [counted('closed', 99)])])
    const after = report([host([port(22, 'open'), port(23, 'open')], [counted('filtered', 98)])])
    assert.deepEqual(wordsOf(diffReports(before, after)), ['23 state closed→open', '98 closed→filtered'])
  })

  test('do not differ in what one did not ask for', () => {
    const diff = diffReports(report([host([port(22, 'open')])], '22'), report([host([port(80, 'open')])], '80'))
    assert.deepEqual(diff, { hosts: [], hostsCompared: 1, uncompared: 2 })
  })

  test('do not differ in what one did not measure, which is never taken for closed', () => {
    const before = report([host([port(22, 'open'), port(23, 'unmeasured')], [counted('unmeasured', 98)])])
    const after = report([
      host([port(22, 'unmeasured'), port(23, 'closed'), port(80, 'open')], [counted('closed', 97)]),
    ])
    assert.deepEqual(diffReports(before, after), { hosts: [], hostsCompared: 1, uncompared: 3 })
  })

  test('do not differ in what one broke off before', () => {
    const before = report([host([port(22, 'open')]), host([port(22, 'open')], [], '192.0.2.2')])
    const after = report([host([])], '1-100', false)
    assert.deepEqual(diffReports(before, after), { hosts: [], hostsCompared: 1, uncompared: 2 })
    const gone = diffReports(before, { ...after, isWhole: true })
    assert.deepEqual(wordsOf(gone), ['22 vanished open→', '22 vanished open→'])
  })

  test('tell hosts that appeared and vanished, in the order of their addresses', () => {
    const addresses = ['10.0.0.10', '10.0.0.9', 'fe80::1%b', 'fe80::1%a', '::2', '::10']
    const hosts = addresses.map((address) => host([port(22, 'open')], [], address))
    const { hosts: found } = diffReports(report([]), report(hosts))
    assert.deepEqual(
      found.map(({ address, kind }) => `${address} ${kind}`),
      ['10.0.0.9', '10.0.0.10', '::2', '::10', 'fe80::1%a', 'fe80::1%b'].map((address) => `${address} appeared`),
    )
    assert.ok(diffReports(report(hosts), report([])).hosts.every(({ kind }) => kind === 'vanished'))
  })

  test('tell a host that came up, and not one that was never seen', () => {
    const down = { ...host([]), isUp: false }
    const silent = { ...host([]), isUp: null }
    assert.deepEqual(
      diffReports(report([down]), report([host([])])).hosts.map(({ wasUp, isUp }) => [wasUp, isUp]),
      [[false, true]],
    )
    assert.deepEqual(diffReports(report([silent]), report([host([])])).hosts, [])
    assert.deepEqual(diffReports(report([]), report([silent])).hosts, [])
  })
})

function withAddress(each: ReportedHost, { address, family }: ReportedHost): ReportedHost {
  return { ...each, address, family }
}
