/** `portolan probe` and `import`, run as a person runs them, on listeners of this test's own on the loopback. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { REMARK_KINDS } from '../src/answer/index.ts'
import { openLibC } from '../src/probe/engine/libc.ts'
import { maySendSyns } from '../src/probe/engine/syn-sockets.ts'
import { PORT_STATES, PROBE_ENGINES, REASONS } from '../src/probe/index.ts'
import { asArray, asObject, asObjects } from './support/json.ts'
import type { JsonObject } from './support/json.ts'
import { requirePeers, requireRoot } from './support/peers.ts'
import { outcomeOf, runCli, startCli } from './support/run-cli.ts'
import { tempFolder } from './support/temp-folder.ts'
import { until } from './support/until.ts'

const run = promisify(execFile)
const libc = openLibC()
const IS_RAW = libc !== null && maySendSyns(libc)
/** How a refusal is told by the engine that this process gets. */
const REFUSED = IS_RAW ? 'reset' : 'conn-refused'
const LOCAL = '127.0.0.1'

/** Probes reset the connections that they made. */
function makeServer(context: Pick<TestContext, 'after'>, greeting = ''): Server {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    if (greeting !== '') socket.write(greeting)
  })
  context.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return server
}

function listen(context: Pick<TestContext, 'after'>, greeting = '', host = LOCAL): Promise<number> {
  return portOf(makeServer(context, greeting), host)
}

async function portOf(server: Server, host: string): Promise<number> {
  server.listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

/** A port on which nothing listened a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer()
  const port = await portOf(server, LOCAL)
  await new Promise((resolve) => server.close(resolve))
  return port
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}

function assertNoTrace(stderr: string): void {
  assert.doesNotMatch(stderr, /^\s+at |should not happen|node:internal|\.ts:\d+/m)
}

function rowsOf(ndjson: string): JsonObject[] {
  return ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => asObject(JSON.parse(line)))
}

const keyOf = (row: JsonObject): string => `${String(row['host'])} ${String(row['transport'])} ${String(row['port'])}`

test('one open port is told in full: what came back, and what the port is for', async (context) => {
  const port = await listen(context)
  const { status, stdout, stderr } = await runCli(['probe', LOCAL, '-p', String(port)])
  assert.equal(status, 0, stderr)
  assert.equal(stderr, '')
  assert.match(stdout, new RegExp(`^Port ${port}/tcp of 127\\.0\\.0\\.1 is open \\(syn-ack\\)\n  Something accepts`))
  assert.match(stdout, /\nRegistry\n {2}tcp: /)
})

test('one closed port is told in full, and is a clear no', async () => {
  const port = await closedPort()
  const { status, stdout } = await runCli(['probe', LOCAL, '-p', String(port)])
  assert.equal(status, 1)
  assert.match(stdout, new RegExp(`^Port ${port}/tcp of 127\\.0\\.0\\.1 is closed \\(${REFUSED}\\)\n`))
  assert.match(onOneLine(stdout), /it is up, and nothing listens there/)
})

test('a UDP port on which nothing listens is closed, because the host says so by ICMP', async () => {
  const port = await closedPort()
  const { status, stdout } = await runCli(['probe', LOCAL, '-p', `${port}/udp`])
  assert.equal(status, 1)
  assert.match(stdout, new RegExp(`^Port ${port}/udp of 127\\.0\\.0\\.1 is closed \\(port-unreach\\)\n`))
})

test('several ports are a table, a count, and what the open ones mean', async (context) => {
  const [one, other] = [await listen(context), await listen(context)].toSorted((a, b) => a - b)
  const { status, stdout } = await runCli(['probe', 'localhost', '-4', '-p', `1-30,${one},${other}`])
  assert.equal(status, 0)
  assert.match(stdout, /^localhost \(127\.0\.0\.1\): (2|\d+) ports are open\nPORT +STATE/)
  assert.match(stdout, new RegExp(`^${one}/tcp +open +syn-ack[^]*^${other}/tcp +open +syn-ack`, 'm'))
  assert.match(stdout, new RegExp(`^Not shown: \\d+ tcp closed \\(${REFUSED}\\)$`, 'm'))
  assert.match(stdout, new RegExp(`^What they mean\n[^]*^  ${one}/tcp: `, 'm'))
})

test('JSON is an array of every port that was asked for, with the fields that scripts rely on', async (context) => {
  const [open, closed] = [await listen(context), await closedPort()]
  const { status, stdout } = await runCli(['probe', LOCAL, '-p', `${open},${closed}`, '--json'])
  assert.equal(status, 0)
  const rows = asObjects(JSON.parse(stdout))
  assert.deepEqual(
    rows.map(({ schemaVersion, host, names, port, transport, state, reason }) => [
      schemaVersion,
      host,
      names,
      port,
      transport,
      state,
      reason,
    ]),
    [
      [1, LOCAL, [], open, 'tcp', 'open', 'syn-ack'],
      [1, LOCAL, [], closed, 'tcp', 'closed', REFUSED],
    ].toSorted((a, b) => Number(a[3]) - Number(b[3])),
  )
  for (const row of rows) {
    assert.ok(typeof row['rttMs'] === 'number' && row['rttMs'] >= 0)
    assert.equal(row['attempts'], 1)
    assert.match(String(row['status']), /^(assigned|unassigned|reserved)$/)
  }
})

test('--open leaves out all but the open ports, and an empty array is a clear no', async (context) => {
  const [open, closed] = [await listen(context), await closedPort()]
  const some = await runCli(['probe', LOCAL, '-p', `${open},${closed}`, '--json', '--open'])
  assert.deepEqual(
    asObjects(JSON.parse(some.stdout)).map((row) => row['port']),
    [open],
  )
  const none = await runCli(['probe', LOCAL, '-p', String(closed), '--json', '--open'])
  assert.deepEqual([none.status, JSON.parse(none.stdout)], [1, []])
})

test('NDJSON prints the same objects, one a line', async (context) => {
  const ports = `${await listen(context)},${await closedPort()},1-50`
  const words = ['probe', LOCAL, '::1', '-p', ports]
  const [json, ndjson] = [await runCli([...words, '--json']), await runCli([...words, '--ndjson'])]
  // How long an answer took differs from run to run.
  const told = (rows: readonly JsonObject[]): unknown[] =>
    rows.map((row): JsonObject => ({ ...row, rttMs: null })).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  assert.deepEqual(told(rowsOf(ndjson.stdout)), told(asObjects(JSON.parse(json.stdout))))
})

test('all engines tell the same, but that the raw one sees the reset itself', async (context) => {
  const ports = `${await listen(context)},${await closedPort()},1-200`
  const engines = PROBE_ENGINES.filter((each) => each !== 'raw' || IS_RAW)
  const [first, ...others] = await Promise.all(
    engines.map(async (engine) => {
      const { stdout } = await runCli(['probe', LOCAL, '-p', ports, '--json', '--engine', engine])
      const refused = engine === 'raw' ? 'reset' : 'conn-refused'
      return asObjects(JSON.parse(stdout)).map((row) => [
        row['port'],
        row['state'],
        row['reason'] === refused ? 'refused' : row['reason'],
      ])
    }),
  )
  for (const other of others) assert.deepEqual(other, first)
})

test('XML says how TCP was probed, and the raw engine is refused to who may not use it', async () => {
  const port = String(await closedPort())
  const native = await runCli(['probe', LOCAL, '-p', port, '--xml', '-', '--engine', 'native'])
  assert.match(native.stdout, /<scaninfo type="connect" protocol="tcp"/)
  const raw = await runCli(['probe', LOCAL, '-p', port, '--xml', '-', '--engine', 'raw'])
  if (IS_RAW) assert.match(raw.stdout, /<scaninfo type="syn" protocol="tcp"/)
  else assert.match(raw.stderr, /the raw engine of the probe cannot run here[^]*root or CAP_NET_RAW/)
})

test('a banner is asked for when it is wanted, and one that the port is not for is unexpected', async (context) => {
  const port = await listen(context, 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')
  const plain = await runCli(['probe', LOCAL, '-p', String(port), '--json'])
  assert.equal(asObjects(JSON.parse(plain.stdout))[0]?.['banner'], null)
  const { stdout, status } = await runCli(['probe', LOCAL, '-p', String(port), '--banners', '--json'])
  assert.equal(status, 0)
  assert.equal(asObject(asObjects(JSON.parse(stdout))[0]?.['banner'])['service'], 'ssh')
  const page = await runCli(['probe', LOCAL, '-p', String(port), '-b'])
  assert.match(onOneLine(page.stdout), /It answers ssh: OpenSSH/)
})

test('the JSON form is as documented', async (context) => {
  const page = readFileSync(join(import.meta.dirname, '../docs/reference/json.md'), 'utf8')
  const [, table = ''] = /<!-- probed port -->\n([^]*?)<!-- \/probed port -->/.exec(page) ?? []
  const documented = new Set([...table.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => String(match[1])))
  const port = await listen(context, 'SSH-2.0-OpenSSH_9.2p1\r\n')
  const { stdout } = await runCli(['probe', LOCAL, '-p', String(port), '-b', '--json'])
  const [row] = asObjects(JSON.parse(stdout))
  assert.ok(row !== undefined)
  assert.deepEqual(Object.keys(row).toSorted(), [...documented].filter((name) => !/[.[]/.test(name)).toSorted())
  for (const name of Object.keys(asObject(row['banner']))) assert.ok(documented.has(`banner.${name}`), name)
  for (const word of [...REASONS, ...REMARK_KINDS]) assert.ok(table.includes(`\`${word}\``), word)
  for (const word of PORT_STATES) assert.ok(table.includes(`\`${word.replace('|', '\\|')}\``), word)
})

test('a name without an address could not be found out; the others are told all the same', async (context) => {
  const port = await listen(context)
  const alone = await runCli(['probe', 'no-such-host.invalid', '-p', String(port)])
  assert.equal(alone.status, 3)
  assert.equal(alone.stdout, '')
  assert.match(alone.stderr, /no-such-host\.invalid has no address/)
  assertNoTrace(alone.stderr)
  const beside = await runCli(['probe', 'no-such-host.invalid', LOCAL, '-p', String(port), '--json'])
  assert.equal(beside.status, 0)
  assert.equal(asArray(JSON.parse(beside.stdout)).length, 1)
  assert.match(beside.stderr, /no-such-host\.invalid has no address/)
  const closed = await runCli(['probe', 'no-such-host.invalid', LOCAL, '-p', String(await closedPort()), '--json'])
  assert.equal(closed.status, 3, 'nothing is open, and something is not known')
})

test('beyond own networks it says what it would send, and does nothing where there is no one to ask', async (context) => {
  // Were it to send all the same, it would reach nobody from there.
  if (!requireRoot(context) || !requirePeers(context, 'unshare')) return
  const words = ['probe', '192.0.2.0/24', '-p', '22,80', '--banners', '--host-timeout', '1s', '--rate', '1']
  const child = startCli(words, { input: 'y\n', through: ['unshare', '--net'] })
  context.after(() => child.kill('SIGKILL'))
  child.stdin?.end('y\n')
  const { status, stdout, stderr } = await outcomeOf(child)
  assert.equal(status, 2)
  assert.equal(stdout, '')
  const told = onOneLine(stderr)
  for (const part of ['256 addresses', '2 TCP (22,80)', 'from 512 to 1,536 connections', 'at most 1 a second', '--yes'])
    assert.ok(told.includes(part), `'${part}' is not in ${told}`)
  assertNoTrace(stderr)
})

test('mistakes are told with what would be right', async (context) => {
  const folder = tempFolder(context)
  const mistakes: readonly (readonly [words: readonly string[], status: number, message: RegExp])[] = [
    [[], 2, /probe which host\?/],
    [[LOCAL, '-p', '65536'], 2, /65536 is above 65535/],
    [[LOCAL, '-p', '80-22'], 2, /ends before it begins/],
    [[LOCAL, '-p', 'no-such-service'], 2, /no-such-service is no port/],
    [[LOCAL, '-p', '22/tcp,53'], 2, /the transport of some ports/],
    [[LOCAL, '-p', '22', '--top', '10'], 2, /--top and --ports/],
    [[LOCAL, '--rate', '0'], 2, /--rate takes a whole number from 1/],
    [[LOCAL, '--timeout', '1d'], 2, /--timeout takes a time from 10ms to 1m/],
    [[LOCAL, '--engine', 'warp'], 2, /--engine takes raw, native, node/],
    [[LOCAL, '-4', '-6'], 2, /exclude each other/],
    [[LOCAL, '--exclude', '127.0.0.0/8'], 2, /no host is left/],
    [[LOCAL, '--json', '--ndjson'], 2, /one form, not json and ndjson/],
    [[LOCAL, '--json', '--xml', '-'], 2, /one form, not json and xml/],
    [[LOCAL, '--xml', join(folder, 'a'), '--csv', join(folder, 'a')], 2, /the same file/],
    [[LOCAL, '--xml', join(folder, 'none', 'scan.xml')], 3, /cannot be written/],
    [[LOCAL, '--resume', folder], 3, /cannot be opened/],
    [['127.0.0.0/8', '-p', '-'], 2, /more than one report holds/],
    [['http://127.0.0.1/'], 2, /leave out the scheme/],
    [['127.0.0.1:22'], 2, /-p/],
    [['--targets', join(folder, 'none')], 3, /cannot be read/],
    [['diff', 'one.xml'], 2, /diff compares two files/],
    [['diff', '-', '-'], 2, /one file, not two/],
    [['diff', 'a', 'b', '--banners'], 2, /diff does not take --banners/],
  ]
  for (const [words, status, message] of mistakes) {
    const told = await runCli(['probe', ...words])
    assert.equal(told.status, status, `${words.join(' ')}: ${told.stderr}`)
    assert.match(onOneLine(told.stderr), message)
    assert.equal(told.stdout, '')
    assertNoTrace(told.stderr)
  }
  assert.deepEqual(readdirSync(folder), [], 'nothing is left behind')
})

test('hosts come from a file and from standard input, and some are left out', async (context) => {
  const port = await listen(context, '', '127.0.0.2')
  const list = join(tempFolder(context), 'hosts.txt')
  writeFileSync(list, '# ours\n127.0.0.1 127.0.0.2 # both\n127.0.0.4-9\n')
  const words = ['--exclude', '127.0.0.5,127.0.0.6-9', '-p', String(port), '--json']
  const told = async (args: readonly string[], input?: string): Promise<unknown[]> => {
    const { stdout, stderr } = await runCli(['probe', ...args, ...words], input === undefined ? {} : { input })
    assert.equal(stderr, '')
    return asObjects(JSON.parse(stdout)).map((row) => [row['host'], row['state']])
  }
  const expected = [
    ['127.0.0.1', 'closed'],
    ['127.0.0.2', 'open'],
    ['127.0.0.4', 'closed'],
  ]
  assert.deepEqual(await told(['--targets', list]), expected)
  assert.deepEqual(await told(['--targets', '-', '127.0.0.1'], '127.0.0.2\n127.0.0.4\n'), expected)
})

test('ports are named by numbers, ranges, services, transports and rank', async () => {
  const asked = async (...words: readonly string[]): Promise<unknown[]> => {
    const { stdout } = await runCli(['probe', LOCAL, ...words, '--json'])
    return asObjects(JSON.parse(stdout)).map((row) => `${String(row['port'])}/${String(row['transport'])}`)
  }
  assert.deepEqual(await asked('-p', '20-22,ssh,http'), ['20/tcp', '21/tcp', '22/tcp', '80/tcp'])
  assert.deepEqual(await asked('-p', '22/tcp,domain/udp'), ['22/tcp', '53/udp'])
  assert.deepEqual(await asked('-p', 'T:22,U:53'), ['22/tcp', '53/udp'])
  assert.deepEqual(await asked('-p', '7', '--tcp', '--udp'), ['7/tcp', '7/udp'])
  assert.equal((await asked('--top', '20')).length, 20)
  assert.equal((await asked()).length, 1000)
})

test('files are written beside the page, and import reads all of them as the same scan', async (context) => {
  const port = await listen(context, 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')
  const folder = tempFolder(context)
  const path = (name: string): string => join(folder, name)
  const words = ['probe', LOCAL, '-p', `1-100,${port}`, '--banners']
  const files = ['--xml', path('a.xml'), '--grepable', path('a.gnmap'), '--csv', path('a.csv')]
  const page = await runCli([...words, ...files])
  assert.equal(page.status, 0, page.stderr)
  assert.match(page.stdout, /^127\.0\.0\.1: /)
  writeFileSync(path('a.json'), (await runCli([...words, '--json'])).stdout)
  writeFileSync(path('a.ndjson'), (await runCli([...words, '--ndjson'])).stdout)
  assert.deepEqual(readdirSync(folder).toSorted(), ['a.csv', 'a.gnmap', 'a.json', 'a.ndjson', 'a.xml'])
  for (const name of ['a.xml', 'a.gnmap', 'a.json', 'a.ndjson']) {
    const { status, stdout, stderr } = await runCli(['import', path(name), '--json', '--open'])
    assert.equal(status, 0, `${name}: ${stderr}`)
    const rows = asObjects(JSON.parse(stdout))
    assert.ok(
      rows.some((row) => row['port'] === port && row['state'] === 'open'),
      name,
    )
    assert.match((await runCli(['import', path(name)])).stdout, new RegExp(`^${port}/tcp +open`, 'm'), name)
    // The grepable form has product and version in one text.
    if (name === 'a.gnmap') continue
    const same = await runCli(['probe', 'diff', path('a.xml'), path(name)])
    assert.equal(same.status, 0, `${name}: ${same.stdout}${same.stderr}`)
  }
  const [heading, ...rows] = readFileSync(path('a.csv'), 'utf8').trimEnd().split('\r\n')
  assert.match(heading ?? '', /^host,name,port,transport,state,reason,/)
  assert.equal(rows.length, 101)
  assert.ok(rows.some((row) => row.startsWith(`127.0.0.1,,${port},tcp,open,syn-ack,`) && row.includes(',ssh,OpenSSH,')))
})

test('a form goes to standard output by a dash, in place of the page', async (context) => {
  const port = await listen(context)
  const words = ['probe', LOCAL, '-p', String(port)]
  assert.match((await runCli([...words, '--xml', '-'])).stdout, /^<\?xml/)
  assert.match((await runCli([...words, '--csv', '-'])).stdout, /^host,name,port/)
  const piped = await runCli([...words, '--grepable', '-'])
  assert.match(piped.stdout, new RegExp(`Ports: ${port}/open/tcp/`))
  const [json, ndjson] = [
    await runCli(['import', '-', '--json'], { input: piped.stdout }),
    await runCli(['import', '-', '--ndjson'], { input: piped.stdout }),
  ]
  assert.equal(asObjects(JSON.parse(json.stdout))[0]?.['port'], port)
  assert.deepEqual(rowsOf(ndjson.stdout), JSON.parse(json.stdout))
})

test("nmap's own tools take the XML", async (context) => {
  if (!requirePeers(context, 'xmllint', 'ndiff', 'nmap')) return
  const [port, folder] = [await listen(context, 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'), tempFolder(context)]
  const [ours, theirs] = [join(folder, 'ours.xml'), join(folder, 'theirs.xml')]
  const ports = `1-100,${port}`
  await runCli(['probe', LOCAL, '-p', ports, '--banners', '--xml', ours])
  await run('xmllint', ['--noout', '--dtdvalid', '/usr/share/nmap/nmap.dtd', ours])
  await run('nmap', ['-sT', '-n', '-Pn', '-p', ports, '-oX', theirs, LOCAL])
  const same = await runCli(['probe', 'diff', theirs, ours])
  assert.equal(same.status, 0, same.stdout)
  await run('ndiff', [ours, ours])
})

test('nmap and the command agree, port by port', async (context) => {
  if (!requirePeers(context, 'nmap')) return
  const ports = `1-1024,${await listen(context)},${await listen(context)},${await closedPort()}`
  const folder = tempFolder(context)
  const xml = join(folder, 'nmap.xml')
  const told = async (words: readonly string[]): Promise<unknown[]> => {
    const { stdout } = await runCli([...words, '--json'])
    return asObjects(JSON.parse(stdout)).map((row) => [row['port'], row['state'], row['reason']])
  }
  for (const [kind, engine] of [['-sT', 'native'], ...(IS_RAW ? [['-sS', 'raw'] as const] : [])] as const) {
    await run('nmap', [kind, '-n', '-Pn', '-p', ports, '-oX', xml, LOCAL])
    const ours = await told(['probe', LOCAL, '-p', ports, '--engine', engine])
    assert.equal(ours.length, new Set(ports.split(',')).size + 1023)
    assert.deepEqual(ours, await told(['import', xml]), kind)
  }
})

test('what changed between two scans is told, and is status 1', async (context) => {
  const [port, folder] = [await listen(context), tempFolder(context)]
  const server = makeServer(context)
  const gone = await portOf(server, LOCAL)
  const [before, after] = [join(folder, 'before.json'), join(folder, 'after.json')]
  const scan = async (path: string): Promise<void> => {
    writeFileSync(path, (await runCli(['probe', LOCAL, '-p', `${port},${gone}`, '--json'])).stdout)
  }
  await scan(before)
  await new Promise((resolve) => server.close(resolve))
  await scan(after)
  const changed = await runCli(['probe', 'diff', before, after])
  assert.deepEqual(
    [changed.status, changed.stdout, changed.stderr],
    [1, `127.0.0.1 changed\n  - ${gone}/tcp open → closed\n`, ''],
  )
  const [host] = asObjects(JSON.parse((await runCli(['probe', 'diff', before, after, '--json'])).stdout))
  assert.equal(host?.['schemaVersion'], 1)
  assert.deepEqual(
    asObjects(host['ports']).map(({ port: number, kind }) => [number, kind]),
    [[gone, 'state']],
  )
  const same = await runCli(['probe', 'diff', after, after])
  assert.deepEqual([same.status, same.stdout], [0, 'No difference, in 1 host that both have.\n'])
})

test('a file that is no scan is refused with what would be one', async (context) => {
  const path = join(tempFolder(context), 'foreign')
  const texts = ['', 'hello\n', '<html><body/></html>', '{"a":1}', '\u0000\u0001\u0002']
  for (const text of texts) {
    writeFileSync(path, text)
    const { status, stdout, stderr } = await runCli(['import', path])
    assert.equal(status, 3, JSON.stringify(text))
    assert.equal(stdout, '')
    assert.ok(stderr.includes(path) && /nmap's XML/.test(stderr), stderr)
    assertNoTrace(stderr)
  }
  for (const words of [['import'], ['import', path, path]]) assert.equal((await runCli(words)).status, 2)
  assert.equal((await runCli(['import', `${path}.none`])).status, 3)
})

test('colour is for terminals, or on demand', async (context) => {
  const port = await listen(context)
  const words = ['probe', LOCAL, '-p', `1-10,${port}`]
  const [plain, coloured] = [await runCli(words), await runCli([...words, '--color', 'always'])]
  assert.ok(!plain.stdout.includes('\u001b'))
  assert.ok(coloured.stdout.includes('\u001b[1m'))
  const json = await runCli([...words, '--color', 'always', '--json'])
  assert.ok(!json.stdout.includes('\u001b'))
})

test('what the directory declares for the machine is told, and what it does not is unexpected', async (context) => {
  const [declared, other, silent] = [await listen(context), await listen(context), await closedPort()]
  const home = tempFolder(context)
  const service = (name: string, port: number): string =>
    `{ "name" = ( "${name}" ); "port" = ( "${port}" ); "protocol" = ( "tcp" ); }`
  const trees = [
    `{ "name" = ( "services" ); CHILDREN = ( ${service('ledger', declared)} ) }`,
    `{ "name" = ( "machines" ); CHILDREN = ( { "name" = ( "here" ); "ip_address" = ( "127.0.0.1" );
       CHILDREN = ( { "name" = ( "services" ); CHILDREN = ( ${service('mirror', silent)} ) } ) } ) }`,
  ]
  for (const input of trees) {
    const { status, stderr } = await runCli(['load', '-', '--data', join(home, 'domains')], { input })
    assert.equal(status, 0, stderr)
  }
  const env = { PORTOLAN_DATA: home }
  const words = ['probe', LOCAL, '-p', `${declared},${other},${silent}`]
  const rows = asObjects(JSON.parse((await runCli([...words, '--json'], { env })).stdout))
  const rowOf = (port: number): JsonObject => asObject(rows.find((row) => row['port'] === port))
  const kindsOf = (port: number): unknown[] => asObjects(rowOf(port)['remarks']).map(({ kind }) => kind)
  assert.deepEqual(
    asObjects(rowOf(declared)['declared']).map(({ path, domain }) => [path, domain]),
    [['/services/ledger', 'local']],
  )
  assert.ok(!kindsOf(declared).includes('undeclared'))
  assert.ok(kindsOf(other).includes('undeclared'))
  assert.deepEqual(kindsOf(silent), ['declared-not-open'])
  const page = onOneLine((await runCli(words, { env })).stdout)
  for (const part of [
    'Declared as ledger (/services/ledger in local).',
    `${other}/tcp: It is open, and not among what the directory declares for /machines/here.`,
    `${silent}/tcp: /machines/here/services/mirror declares mirror there, and the port is closed.`,
    'In the directory /machines/here in domain local: services are declared for it.',
  ])
    assert.ok(page.includes(part), `'${part}' is not in ${page}`)
  const one = onOneLine((await runCli(['probe', LOCAL, '-p', String(declared)], { env })).stdout)
  assert.match(one, /Declared tcp ledger: in domain local, \/services\/ledger/)
})

/** So slow that it cannot have ended before the signal: ten minutes. */
const SLOW = ['-p', '1-3000', '--rate', '5']

test('Ctrl-C prints what is known, says that it is not all, and ends with 130', async (context) => {
  const keep = join(tempFolder(context), 'scan.keep')
  const child = startCli(['probe', LOCAL, ...SLOW, '--resume', keep])
  const ended = outcomeOf(child)
  // The file is there a moment before its first line is.
  const header = await until('the file of the scan is begun', () => (existsSync(keep) && statSync(keep).size) || null)
  await until('answers are kept', () => (statSync(keep).size > header ? true : null))
  child.kill('SIGINT')
  const { status, stdout, stderr } = await ended
  assert.equal(status, 130, stderr)
  assert.match(stdout, /^127\.0\.0\.1: /)
  assert.match(stdout, /^The scan was ended before its end: what is not told here was not measured\.$/m)
  assert.doesNotMatch(stdout, /3000 tcp closed/)
  assert.equal(stderr, '')
})

test('a scan that was killed goes on where it was, and loses no answer that was told', async (context) => {
  const port = await listen(context)
  const keep = join(tempFolder(context), 'scan.keep')
  const ports = `1-400,${port}`
  const child = startCli(['probe', LOCAL, '-p', ports, '--rate', '200', '--resume', keep, '--ndjson'])
  let told = ''
  child.stdout?.on('data', (chunk: Buffer) => (told += chunk.toString()))
  const closed = once(child, 'close')
  await until('some answers are told', () => (told.split('\n').length > 10 ? true : null))
  child.kill('SIGKILL')
  await closed
  // The last line may be cut off.
  const before = rowsOf(told.slice(0, told.lastIndexOf('\n') + 1))
  assert.ok(before.length >= 10 && before.length < 401, String(before.length))
  const after = await runCli(['probe', LOCAL, '-p', ports, '--resume', keep, '--ndjson'])
  assert.equal(after.status, 0, after.stderr)
  const rows = rowsOf(after.stdout)
  assert.equal(rows.length, 401)
  assert.equal(new Set(rows.map(keyOf)).size, 401)
  const states = new Map(rows.map((row) => [keyOf(row), row['state']]))
  for (const row of before) assert.equal(states.get(keyOf(row)), row['state'], keyOf(row))
  const again = asObjects(JSON.parse((await runCli(['probe', LOCAL, '-p', ports, '--resume', keep, '--json'])).stdout))
  assert.deepEqual(
    again.map((row) => row['state']).filter((state) => state === 'unmeasured'),
    [],
  )
  assert.equal(again.length, 401)
})

test('a file of another scan is refused, and left as it is', async (context) => {
  const keep = join(tempFolder(context), 'scan.keep')
  await runCli(['probe', LOCAL, '-p', '1-10', '--resume', keep])
  const before = readFileSync(keep)
  const { status, stderr } = await runCli(['probe', LOCAL, '-p', '1-11', '--resume', keep])
  assert.equal(status, 2, stderr)
  assert.match(stderr, /other hosts or ports/)
  assert.deepEqual(readFileSync(keep), before)
})

test('a reader that goes away ends the scan, and is no error', async () => {
  const child = startCli(['probe', LOCAL, '-p', '1-3000', '--rate', '500', '--ndjson'])
  const ended = outcomeOf(child)
  child.stdout?.once('data', () => child.stdout?.destroy())
  const { status, stderr } = await ended
  assert.deepEqual([status, stderr], [0, ''])
})
