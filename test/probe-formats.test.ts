/**
 * Reports of scans held to the tools that they are for: nmap's DTD (xmllint), ndiff, nmap and masscan themselves; and a short
 * run of the fuzz program, of which the long one is `node test/fuzz/probe-formats-fuzz.ts`.
 */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { XmlReader } from '../src/probe/formats/xml-reader.ts'
import { diffReports, makePortSet, readReport, writeGrepable, writeNmapXml } from '../src/probe/index.ts'
import type { ReportedPort, ScanReport } from '../src/probe/index.ts'
import { FORMS, fuzz } from './fuzz/probe-formats-fuzz.ts'
import { atEnd } from './support/at-end.ts'
import { buildNetwork, end, lineOf } from './support/namespaces.ts'
import { requirePeers, requireRoot, requireThat } from './support/peers.ts'
import { heldByXml, probeFixture, scanReports } from './support/scan-reports.ts'
import { tempFolder } from './support/temp-folder.ts'

const DTD = '/usr/share/nmap/nmap.dtd'
/** Another each day, so that every day of work looks elsewhere; it is printed, and repeats on the day. */
const SEED = Math.floor(Date.now() / 86_400_000)
const FUZZ_RUNS = 2000

function run(program: string, ...words: readonly string[]): { readonly status: number | null; readonly out: string } {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  return { status, out: stdout + stderr }
}

function writeXml(folder: string, name: string, report: ScanReport): string {
  const path = join(folder, name)
  writeFileSync(path, [...writeNmapXml(report, { serviceNameOf: (port) => (port % 2 === 0 ? 'even' : null) })].join(''))
  return path
}

describe("nmap's XML that is written", () => {
  test("is valid by nmap's own DTD", (context) => {
    if (!requirePeers(context, 'xmllint') || !requireThat(context, existsSync(DTD), "nmap's DTD")) return
    const folder = tempFolder(context)
    context.diagnostic(`seed ${SEED}`)
    const reports = fc.sample(scanReports, { seed: SEED, numRuns: 200 })
    const paths = reports.map((report, at) => writeXml(folder, `${at}.xml`, report))
    assert.deepEqual(run('xmllint', '--noout', '--dtdvalid', DTD, ...paths), { status: 0, out: '' })
  })

  test('tells ndiff what the file that was read told it', (context) => {
    if (!requirePeers(context, 'ndiff')) return
    const folder = tempFolder(context)
    for (const file of ['nmap-services.xml', 'nmap-counted.xml']) {
      const report = readReport(probeFixture(file), file)
      const path = join(folder, file)
      // What is left out: hardware addresses, and names that are only those of nmap's table.
      const plain = probeFixture(file)
        .toString('utf8')
        .replace(/<address [^>]*addrtype="mac"\/>\n/g, '')
        .replace(/<service [^>]*method="table"[^>]*\/>/g, '')
      writeFileSync(path, plain)
      const ours = join(folder, `own-${file}`)
      writeFileSync(ours, [...writeNmapXml(report)].join(''))
      assert.deepEqual(run('ndiff', path, ours), { status: 0, out: '' })
    }
  })
})

const ASKED = 30

/** Scans of the same 30 ports of two hosts, of which those that are closed are counted. */
const fewPorts = fc.array(
  fc.array(fc.constantFrom('open', 'open ssh', 'open http', 'filtered', 'closed', 'closed'), {
    minLength: ASKED - 2,
    maxLength: ASKED - 2,
  }),
  { minLength: 2, maxLength: 2 },
)

function reportOf(hosts: readonly (readonly string[])[]): ScanReport {
  return {
    tool: 'portolan',
    toolVersion: null,
    command: null,
    startedMs: null,
    endedMs: null,
    isWhole: true,
    asked: { tcp: `1-${ASKED}`, udp: '' },
    isHalfOpen: true,
    hosts: hosts.map((words, host) => {
      // Both always count some: ndiff takes a port that is in no list for one of those counted.
      const all = [...words, 'closed', 'closed']
      const ports = all.flatMap((word, at): ReportedPort[] => {
        const [state, service = null] = word.split(' ')
        if (state !== 'open' && state !== 'filtered') return []
        const banner = { service, product: null, version: null, text: null, tls: null, details: {} }
        const rest = { port: at + 1, transport: 'tcp', reason: 'no-response', rttMs: null } as const
        return [{ ...rest, state, banner: state === 'open' ? banner : null }]
      })
      const unlisted = { transport: 'tcp', state: 'closed', reason: 'reset', count: ASKED - ports.length } as const
      return { address: `192.0.2.${host + 1}`, family: 4, names: [], isUp: true, ports, unlisted: [unlisted] }
    }),
  }
}

/** The ports that ndiff finds different, in its XML. */
function ndiffPorts(first: string, second: string): readonly string[] {
  const { out } = run('ndiff', '--xml', first, second)
  const reader = new XmlReader(out)
  const found = new Set<string>()
  let [address, isInDiff] = ['', false]
  for (let event = reader.next(); event !== 'whole'; event = reader.next()) {
    assert.notEqual(event, 'cut', out)
    if (event === 'end' && reader.name === 'portdiff') isInDiff = false
    if (event !== 'start') continue
    if (reader.name === 'address') address = reader.attribute('addr') ?? ''
    if (reader.name === 'portdiff') isInDiff = true
    if (reader.name === 'port' && isInDiff) found.add(`${address} ${reader.attribute('portid') ?? ''}`)
  }
  return [...found].toSorted()
}

describe('two reports that are compared', () => {
  test('differ where ndiff says that they do', (context) => {
    if (!requirePeers(context, 'ndiff')) return
    const folder = tempFolder(context)
    context.diagnostic(`seed ${SEED}`)
    for (const [one, other] of fc.sample(fc.tuple(fewPorts, fewPorts), { seed: SEED, numRuns: 15 })) {
      const [before, after] = [reportOf(one), reportOf(other)]
      const diff = diffReports(before, after)
      const ours = diff.hosts.flatMap(({ address, ports }) => ports.map(({ port }) => `${address} ${port}`)).toSorted()
      assert.deepEqual(ours, ndiffPorts(writeXml(folder, 'a.xml', before), writeXml(folder, 'b.xml', after)))
      assert.equal(diff.uncompared, 0)
    }
  })
})

describe('what the tools write is read', () => {
  test("nmap's scan of this machine, in both of its formats, with what is open", async (context) => {
    if (!requirePeers(context, 'nmap')) return
    // nmap resets what it has opened.
    const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
    atEnd(context, () => new Promise((resolve) => server.close(resolve)))
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    assert.ok(typeof address === 'object' && address !== null)
    const asked = makePortSet([address.port, 1, 2, 3]).toText()
    const base = join(tempFolder(context), 'scan')
    const { status, out } = await runThere(context, [
      'nmap',
      '-sT',
      '-n',
      '-p',
      asked,
      '-oX',
      `${base}.xml`,
      '-oG',
      `${base}.gnmap`,
      '127.0.0.1',
    ])
    assert.equal(status, 0, out)
    for (const ending of ['xml', 'gnmap']) {
      const report = readReport(readFileSync(`${base}.${ending}`), ending)
      assert.equal(report.isWhole, true)
      const [host] = report.hosts
      assert.equal(host?.isUp, true)
      const open = host?.ports.filter(({ state }) => state === 'open').map(({ port }) => port)
      assert.deepEqual(open, [address.port])
      assert.equal(
        (host?.ports.length ?? 0) + (host?.unlisted[0]?.count ?? 0),
        makePortSet([address.port, 1, 2, 3]).size,
      )
      const again = readReport(Buffer.from([...writeNmapXml(report)].join('')), ending)
      assert.deepEqual(again, heldByXml(report))
      assert.equal(readReport(Buffer.from([...writeGrepable(report)].join('')), ending).hosts.length, 1)
    }
  })

  test("masscan's scan of a machine beside it, in each of its formats", async (context) => {
    if (!requireRoot(context) || !requirePeers(context, 'masscan', 'ip')) return
    const { near, far } = buildNetwork(context, { near: '192.0.2.1', far: '192.0.2.2' })
    const listener = `require('net').createServer().listen(80, '0.0.0.0', () => console.log('ready'))`
    const [program, ...words] = [...far.through, process.execPath, '-e', listener]
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    atEnd(context, () => end(child, 'SIGKILL'))
    await lineOf(child)
    const [, mac = ''] =
      /ether ([\da-f:]+)/.exec((await runThere(context, [...far.through, 'ip', 'link', 'show', 'eth0'])).out) ?? []
    const folder = tempFolder(context)
    const formats = ['X', 'J', 'L', 'G', 'D']
    const scans = formats.map(async (format) => {
      const path = join(folder, format)
      const target = ['masscan', far.address, '-p', '80,81', '--rate', '100', '--wait', '2', '--interface', 'eth0']
      const link = ['--router-mac', mac, '--source-ip', near.address, `-o${format}`, path]
      const { status, out } = await runThere(context, [...near.through, ...target, ...link])
      assert.equal(status, 0, out)
      const report = readReport(readFileSync(path), format)
      assert.equal(report.tool, 'masscan')
      assert.equal(report.isWhole, true)
      assert.deepEqual(
        report.hosts.map(({ address, ports }) => [address, ports.map(({ port, state }) => `${port} ${state}`)]),
        [[far.address, ['80 open']]],
      )
    })
    await Promise.all(scans)
  })
})

/** Runs a program and waits for its end without keeping this process from answering it. */
async function runThere(
  context: TestContext,
  [program = '', ...words]: readonly string[],
): Promise<{ readonly status: number | null; readonly out: string }> {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  atEnd(context, () => end(child, 'SIGKILL'))
  let out = ''
  child.stdout.on('data', (chunk) => (out += String(chunk)))
  child.stderr.on('data', (chunk) => (out += String(chunk)))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, out }))
  })
}

describe('broken reports are read or refused, and break nothing', () => {
  for (const form of FORMS)
    test(`as ${form}`, (context) => {
      context.diagnostic(`seed ${SEED}, ${FUZZ_RUNS} inputs`)
      const { failures, runs, read } = fuzz(form, FUZZ_RUNS, SEED)
      assert.deepEqual(failures, [])
      assert.equal(runs, FUZZ_RUNS)
      assert.ok(read > FUZZ_RUNS / 20, `only ${read} were read`)
    })
})
