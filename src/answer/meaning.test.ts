import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packagedLore, packagedRegistry } from '../../test/support/packaged-data.ts'
import type { Banner, PortState, ProbeTransport } from '../probe/index.ts'
import { NO_DIRECTORY } from './declared.ts'
import type { Declaration } from './declared.ts'
import type { Machine, MachineBook } from './machines.ts'
import { MeaningBook } from './meaning.ts'
import type { PortMeaning } from './meaning.ts'

const NO_MACHINES: MachineBook = { declared: NO_DIRECTORY, machineAt: () => null }
const LEDGER: Declaration = {
  level: 0,
  domain: 'local',
  server: null,
  path: '/services/ledger',
  names: ['ledger'],
  protocols: ['tcp'],
  description: null,
  by: null,
}

function bannerOf(service: string, isTls = false): Banner {
  const tls = {
    protocol: 'TLSv1.3',
    alpn: null,
    subject: 'CN=a',
    issuer: 'CN=b',
    names: [],
    validFrom: '2026-01-01T00:00:00.000Z',
    validTo: '2027-01-01T00:00:00.000Z',
  }
  return { service, product: null, version: null, text: null, tls: isTls ? tls : null, details: {} }
}

interface Found {
  readonly state?: PortState
  readonly transport?: ProbeTransport
  readonly banner?: Banner
  readonly machines?: MachineBook
}

function meaningOf(port: number, found: Found = {}): PortMeaning {
  const { state = 'open', transport = 'tcp', banner = null, machines = NO_MACHINES } = found
  const book = new MeaningBook(packagedRegistry(), packagedLore(), machines)
  return book.meaningOf({ port, transport, state, banner }, '10.0.0.7', [])
}

const kindsOf = ({ remarks }: PortMeaning): string[] => remarks.map(({ kind }) => kind)

function machinesWith(machine: Partial<Machine> | null, declared: readonly Declaration[] = []): MachineBook {
  const whole = { path: '/machines/seven', domain: 'local', own: [], hasDeclarations: true, level: 0, ...machine }
  const forPort = (port: number): readonly Declaration[] => (port === 8443 ? declared : [])
  return {
    declared: { domains: ['local', 'above'], forPort, notes: [] },
    machineAt: () => (machine === null ? null : whole),
  }
}

test('ssh where https should be is unexpected, and both are named', () => {
  const { remarks } = meaningOf(443, { banner: bannerOf('ssh') })
  assert.deepEqual(
    remarks.map(({ kind, text }) => [kind, text]),
    [['other-service', 'It speaks ssh, and the port is for https.']],
  )
})

test('what the port is for is no surprise, by whatever name and in TLS', () => {
  const expected: readonly (readonly [number, Banner])[] = [
    [22, bannerOf('ssh')],
    [443, bannerOf('http', true)],
    [8080, bannerOf('http')],
    [5432, bannerOf('postgresql')],
    [636, bannerOf('ldap', true)],
    [25, bannerOf('smtp')],
  ]
  for (const [port, banner] of expected)
    assert.ok(!kindsOf(meaningOf(port, { banner })).includes('other-service'), `${banner.service} on ${port}`)
})

test('an unofficial use that is known is no surprise either, and nor is anything where nothing is known', () => {
  // Port 5000 is assigned to commplex-main, and Flask serves http there.
  assert.ok(!kindsOf(meaningOf(5000, { banner: bannerOf('http') })).includes('other-service'))
  assert.deepEqual(kindsOf(meaningOf(48_999, { banner: bannerOf('http') })), [])
})

test('a ghost port that answers is unexpected, and one that is closed is not', () => {
  const open = meaningOf(973)
  assert.ok(open.isGhost)
  assert.deepEqual(kindsOf(open), ['ghost'])
  assert.match(open.remarks[0]?.text ?? '', /NetInfo/)
  assert.deepEqual(kindsOf(meaningOf(973, { state: 'closed' })), [])
})

test('a use of many ports is told only of a port that has no other', () => {
  const namesOn = (port: number): string[] => meaningOf(port).uses.map(({ lore }) => lore.name)
  assert.deepEqual(namesOn(973), ['NetInfo'])
  assert.ok(!namesOn(993).includes('NetInfo'))
})

test('what the directory declares for a machine is no surprise, and all else that is open there is', () => {
  const machines = machinesWith({}, [LEDGER])
  assert.deepEqual(kindsOf(meaningOf(8443, { machines })), [])
  assert.deepEqual(meaningOf(8443, { machines }).declared, [LEDGER])
  assert.deepEqual(kindsOf(meaningOf(8081, { machines })), ['undeclared'])
  assert.deepEqual(kindsOf(meaningOf(8081, { machines, state: 'filtered' })), [])
  assert.deepEqual(kindsOf(meaningOf(8081, { machines: machinesWith({ hasDeclarations: false }) })), [])
  assert.deepEqual(kindsOf(meaningOf(8081, { machines: machinesWith(null) })), [])
})

test("what this machine's own domain declares does not speak of another machine", () => {
  assert.deepEqual(meaningOf(8443, { machines: machinesWith(null, [LEDGER]) }).declared, [])
  const above = { ...LEDGER, level: 1 }
  assert.deepEqual(meaningOf(8443, { machines: machinesWith(null, [above]) }).declared, [above])
})

test('a declaration speaks of its own protocols only', () => {
  const machines = machinesWith({}, [LEDGER])
  assert.deepEqual(meaningOf(8443, { machines, transport: 'udp' }).declared, [])
})

test("a port that a machine's own entry declares, and that is not open, is unexpected", () => {
  const own = { ...LEDGER, path: '/machines/seven/services/ledger', ports: [8443] }
  const machines = machinesWith({ own: [own] })
  assert.deepEqual(kindsOf(meaningOf(8443, { machines })), [])
  for (const state of ['closed', 'filtered'] as const) {
    const { remarks } = meaningOf(8443, { machines, state })
    assert.deepEqual(
      remarks.map(({ kind, text }) => [kind, text]),
      [['declared-not-open', `/machines/seven/services/ledger declares ledger there, and the port is ${state}.`]],
    )
  }
  // Of these it is not known.
  for (const state of ['unmeasured', 'open|filtered'] as const)
    assert.deepEqual(kindsOf(meaningOf(8443, { machines, state })), [])
})

test('that others can read along is said only where the lore says so, with its source, and not of TLS', () => {
  const lore = packagedLore()
  const remarksOf = (port: number, banner?: Banner): PortMeaning['remarks'] =>
    meaningOf(port, banner === undefined ? {} : { banner }).remarks.filter(({ kind }) => kind === 'readable')
  let told = 0
  for (let port = 1; port < 1024; port += 1) {
    for (const { text, citation } of remarksOf(port)) {
      told += 1
      assert.ok(citation !== null, text)
      assert.ok(
        lore.forPort(port).some((use) => (use.lore.security ?? []).some((each) => text.endsWith(each.text))),
        text,
      )
    }
    assert.deepEqual(remarksOf(port, bannerOf('http', true)), [])
  }
  assert.ok(told > 0)
})
