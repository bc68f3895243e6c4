/** What Portolan sees of this machine's sockets agrees with ss, lsof, netstat and /proc, on real sockets. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { readFileSync, realpathSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import type { Server, Socket } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { readSockets } from '../src/listeners/index.ts'
import type { Connection, Listener } from '../src/listeners/index.ts'
import type { Plan } from './fixtures/open-sockets.ts'
import { asArray, asObjects, at, valuesNamed } from './support/json.ts'
import { requireLinux, requirePeers, requireRoot } from './support/peers.ts'
import { AS_NOBODY, outcomeOf, runCli, startCli } from './support/run-cli.ts'
import { endProcess, openSockets } from './support/sockets.ts'
import type { Holder } from './support/sockets.ts'
import { tempFolder } from './support/temp-folder.ts'
import { until } from './support/until.ts'

const run = promisify(execFile)
const OUTPUT_MAX = 64 * 1024 * 1024

/** `tcp 127.0.0.1:80 12,13`: a socket and who holds it, for comparing lists. */
function keyOf(transport: string, address: string, port: number, pids: readonly number[]): string {
  return `${transport} ${address}:${port} ${pids.join(',')}`
}

/** Only of the test's own processes: others come and go while it looks. */
function keysOf(listeners: readonly Listener[], pids: ReadonlySet<number>): string[] {
  return listeners
    .filter((each) => each.holders.some((pid) => pids.has(pid)))
    .map((each) => keyOf(each.transport, each.address, each.port, each.holders))
    .toSorted()
}

/** `127.0.0.1:80`, `[::1]:80`, `*:80` (both families), `0.0.0.0%lo:80`. */
function splitEnd(end: string): { address: string; port: number } {
  const colon = end.lastIndexOf(':')
  const address = end
    .slice(0, colon)
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/, '')
  return { address: address === '*' ? '::' : address, port: Number(end.slice(colon + 1)) }
}

async function keysOfSs(ours: ReadonlySet<number>): Promise<string[]> {
  const { stdout } = await run('ss', ['-tulnpH'], { maxBuffer: OUTPUT_MAX })
  return stdout
    .split('\n')
    .flatMap((line) => {
      const [transport = '', , , , end = ''] = line.split(/\s+/)
      const { address, port } = splitEnd(end)
      const pids = [...line.matchAll(/",pid=(\d+),fd=\d+\)/g)].map((match) => Number(match[1]))
      if (!pids.some((pid) => ours.has(pid))) return []
      return [
        keyOf(
          transport,
          address,
          port,
          [...new Set(pids)].toSorted((a, b) => a - b),
        ),
      ]
    })
    .toSorted()
}

function pidsOf(holders: readonly Holder[]): Set<number> {
  return new Set(holders.flatMap((holder) => [holder.pid, ...holder.sharers]))
}

function portsOf(holders: readonly Holder[]): Set<number> {
  return new Set(holders.flatMap((holder) => holder.sockets.map(({ port }) => port)))
}

const EVERY_KIND: Plan['sockets'] = [
  { transport: 'tcp', address: '127.0.0.1', count: 40 },
  { transport: 'tcp', address: '0.0.0.0', count: 20 },
  { transport: 'udp', address: '127.0.0.1', count: 20 },
  { transport: 'udp', address: '0.0.0.0', count: 10 },
]
const EVERY_KIND_V6: Plan['sockets'] = [
  { transport: 'tcp', address: '::1', count: 20 },
  { transport: 'tcp', address: '::', count: 10 },
  { transport: 'tcp', address: '::', count: 10, onlyV6: true },
  { transport: 'udp', address: '::1', count: 10 },
  { transport: 'udp', address: '::', count: 10 },
  { transport: 'udp', address: '::', count: 5, onlyV6: true },
]

function hasIpv6(): boolean {
  try {
    return readFileSync('/proc/net/if_inet6', 'utf8').includes(' lo\n')
  } catch {
    return false
  }
}

const ODD_TITLES = ['plain', 'two words', 'odd (name) ((', 'a "quoted",pid=1']

/** Several hundred sockets of every kind: alone, shared by children, side by side, under odd names. */
async function openMany(context: TestContext, titles: readonly string[] = ODD_TITLES): Promise<Holder[]> {
  const sockets = hasIpv6() ? [...EVERY_KIND, ...EVERY_KIND_V6] : EVERY_KIND
  const holders = await Promise.all(
    titles.map((title, index) => openSockets(context, { title, sockets, sharers: index === 1 ? 3 : 0 })),
  )
  const first = await openSockets(context, {
    sockets: [
      { transport: 'tcp', address: '127.0.0.1', count: 1, reusePort: true },
      { transport: 'udp', address: '127.0.0.1', count: 1, reusePort: true },
    ],
  })
  const beside = first.sockets.map(({ transport, address, port }) => ({
    transport,
    address,
    port,
    count: 1,
    reusePort: true,
  }))
  return [...holders, first, await openSockets(context, { sockets: beside })]
}

test('the listeners of several hundred sockets are those of ss, with all their holders', async (context) => {
  if (!requireLinux(context) || !requirePeers(context, 'ss')) return
  const holders = await openMany(context)
  const [ports, pids] = [portsOf(holders), pidsOf(holders)]
  const expected = await keysOfSs(pids)
  assert.ok(expected.length >= (hasIpv6() ? 600 : 350), `only ${expected.length} rows in ss`)
  assert.deepEqual(keysOf((await readSockets()).listeners, pids), expected)
  assert.deepEqual(keysOf((await readSockets({ ports })).listeners, pids), expected)
  assert.deepEqual(keysOf((await readSockets({ details: 'names' })).listeners, pids), expected)
})

test('names with spaces, parentheses and quotes are those that the process gave itself', async (context) => {
  if (!requireLinux(context)) return
  for (const title of ['two words', 'odd (name) ((', 'a "b",pid=1', 'tab\there', 'ends in )', '\\n \\\\']) {
    const holder = await openSockets(context, {
      title,
      sockets: [{ transport: 'tcp', address: '127.0.0.1', count: 1 }],
    })
    const { listeners } = await readSockets({ ports: portsOf([holder]) })
    assert.deepEqual(
      listeners.map((each) => [each.process?.name, each.process?.pid]),
      [[title, holder.pid]],
    )
  }
})

test('two processes side by side on one port (SO_REUSEPORT) are two listeners', async (context) => {
  if (!requireLinux(context)) return
  const one = { transport: 'tcp', address: '127.0.0.1', count: 1, reusePort: true } as const
  const first = await openSockets(context, { sockets: [one] })
  const port = first.sockets[0]?.port ?? 0
  const second = await openSockets(context, { sockets: [{ ...one, port }] })
  const { listeners } = await readSockets({ ports: new Set([port]) })
  assert.deepEqual(
    listeners.map((each) => each.holders).toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0)),
    [[first.pid], [second.pid]].toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0)),
  )
})

test('one socket that several processes hold is one listener, under the lowest pid, with all of them', async (context) => {
  if (!requireLinux(context)) return
  const holder = await openSockets(context, {
    sockets: [{ transport: 'tcp', address: '127.0.0.1', count: 1 }],
    sharers: 3,
  })
  const { listeners } = await readSockets({ ports: portsOf([holder]) })
  const pids = [holder.pid, ...holder.sharers].toSorted((a, b) => a - b)
  assert.deepEqual(
    listeners.map((each) => [each.holders, each.process?.pid]),
    [[pids, pids[0]]],
  )
})

test('the listening TCP sockets, and who holds them, are those of lsof', async (context) => {
  if (!requireLinux(context) || !requirePeers(context, 'lsof')) return
  // lsof 4.95 leaves out processes whose name has a parenthesis without its partner.
  const holders = await openMany(context, ['plain', 'two words', 'a (name)'])
  const pids = pidsOf(holders)
  const { stdout } = await run('lsof', ['-nP', '-iTCP', '-sTCP:LISTEN', '-FptPn'], { maxBuffer: OUTPUT_MAX })
  const expected = new Set<string>()
  let [pid, family] = [0, '']
  for (const line of stdout.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1))
    if (line.startsWith('t')) family = line.slice(1)
    if (!line.startsWith('n')) continue
    const { address, port } = splitEnd(line.slice(1))
    if (pids.has(pid)) expected.add(`${family === 'IPv4' && address === '::' ? '0.0.0.0' : address}:${port} ${pid}`)
  }
  const { listeners } = await readSockets()
  const found = new Set(
    listeners
      .filter((each) => each.transport === 'tcp')
      .flatMap((each) =>
        each.holders.filter((holder) => pids.has(holder)).map((holder) => `${each.address}:${each.port} ${holder}`),
      ),
  )
  assert.ok(expected.size >= 150)
  assert.deepEqual([...found].toSorted(), [...expected].toSorted())
})

test('the listeners, and a holder of each, are those of netstat', async (context) => {
  if (!requireLinux(context) || !requirePeers(context, 'netstat')) return
  const holders = await openMany(context)
  const pids = pidsOf(holders)
  const { stdout } = await run('netstat', ['-tulnpW'], { maxBuffer: OUTPUT_MAX, env: { ...process.env, LC_ALL: 'C' } })
  const expected = stdout.split('\n').flatMap((line) => {
    const match = /^(tcp|udp)6?\s+\d+\s+\d+\s+(\S+)\s+\S+(?:\s+LISTEN)?\s+(\d+)\//.exec(line)
    const { address, port } = splitEnd(match?.[2] ?? '')
    return match === null || !pids.has(Number(match[3]))
      ? []
      : [{ key: `${match[1]} ${address}:${port}`, pid: Number(match[3]) }]
  })
  const { listeners } = await readSockets()
  const found = listeners.filter((each) => each.holders.some((pid) => pids.has(pid)))
  const textOf = (each: Listener): string => `${each.transport} ${each.address}:${each.port}`
  assert.deepEqual(found.map(textOf).toSorted(), expected.map(({ key }) => key).toSorted())
  // netstat names one of several holders.
  for (const { key, pid } of expected)
    assert.ok(
      found.some((each) => textOf(each) === key && each.holders.includes(pid)),
      `${key} of ${pid}`,
    )
})

test('3,500 listeners in 70 processes, read with the help of a second thread, are those of ss', async (context) => {
  if (!requireLinux(context) || !requirePeers(context, 'ss')) return
  const plan: Plan = { sockets: [{ transport: 'tcp', address: '127.0.0.1', count: 50 }] }
  const holders: Holder[] = []
  // A few at a time: seventy programs that start at once would starve each other.
  while (holders.length < 70)
    holders.push(...(await Promise.all(Array.from({ length: 10 }, () => openSockets(context, plan)))))
  const used = Number(/^sockets: used (\d+)/.exec(readFileSync('/proc/net/sockstat', 'latin1'))?.[1])
  assert.ok(used > 3000, `${used} sockets are too few for the second thread`)
  const [ports, pids] = [portsOf(holders), pidsOf(holders)]
  assert.equal(ports.size, 3500)
  const expected = await keysOfSs(pids)
  assert.equal(expected.length, 3500)
  assert.deepEqual(keysOf((await readSockets()).listeners, pids), expected)
  assert.deepEqual(keysOf((await readSockets({ ports })).listeners, pids), expected)
  const { status, stdout } = await runCli(['ls', '--json'])
  assert.equal(status, 0)
  const told = asObjects(JSON.parse(stdout)).filter((each) =>
    asArray(each['holders']).some((pid) => pids.has(Number(pid))),
  )
  assert.equal(told.length, 3500)
})

test('a UDP socket with a peer is a connection and no listener', async (context) => {
  if (!requireLinux(context)) return
  const [a, b] = [createSocket('udp4'), createSocket('udp4')]
  context.after(() => void a.close())
  context.after(() => void b.close())
  await new Promise<void>((resolve) => a.bind(0, '127.0.0.1', resolve))
  await new Promise<void>((resolve) => b.bind(0, '127.0.0.1', resolve))
  await new Promise<void>((resolve) => b.connect(a.address().port, '127.0.0.1', resolve))
  const ports = new Set([a.address().port])
  const sockets = await readSockets({ ports, connections: true })
  // The same port of TCP may have been anybody's.
  const listeners = sockets.listeners.filter(({ transport }) => transport === 'udp')
  const connections = sockets.connections.filter(({ transport }) => transport === 'udp')
  assert.deepEqual(
    listeners.map((each) => [each.transport, each.port, each.process?.pid]),
    [['udp', a.address().port, process.pid]],
  )
  assert.deepEqual(
    connections.map((each) => [each.port, each.remotePort, each.state, each.process?.pid]),
    [[b.address().port, a.address().port, 'established', process.pid]],
  )
})

interface Pair {
  readonly server: Server
  readonly port: number
  readonly client: Socket
  readonly accepted: Socket
  /**
   * True for the connection's own ports. The kernel gives a port to many connections that go elsewhere, and keeps those that
   * have ended for a minute: on a busy machine others of the same port are seen, too.
   */
  readonly isBetween: (port: unknown, remotePort: unknown) => boolean
}

async function connectedPair(context: TestContext): Promise<Pair> {
  const server = createServer({ allowHalfOpen: true })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address !== null && typeof address !== 'string')
  const accepting = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const client = connect(address.port, '127.0.0.1')
  const accepted = await accepting
  const ports = new Set<unknown>([address.port, client.localPort])
  const isBetween: Pair['isBetween'] = (port, remotePort) =>
    port !== remotePort && ports.has(port) && ports.has(remotePort)
  context.after(() => {
    client.destroy()
    accepted.destroy()
    server.close()
  })
  return { server, port: address.port, client, accepted, isBetween }
}

test('a connection is shown for the port of either end, with both ends', async (context) => {
  if (!requireLinux(context)) return
  const { port, client, isBetween } = await connectedPair(context)
  const { status, stdout } = await runCli([String(port), String(client.localPort), '--json'])
  assert.equal(status, 0)
  const reports = asObjects(JSON.parse(stdout))
  assert.equal(reports.length, 2)
  for (const report of reports) {
    const own = asObjects(report['connections']).filter((each) => isBetween(each['port'], each['remotePort']))
    const ends = own.map((each) => [
      each['address'],
      each['port'],
      each['remoteAddress'],
      each['remotePort'],
      each['state'],
      at(each, 'process', 'pid'),
    ])
    const [low = 0, high = 0] = [port, client.localPort ?? 0].toSorted((a, b) => a - b)
    assert.deepEqual(ends, [
      ['127.0.0.1', low, '127.0.0.1', high, 'established', process.pid],
      ['127.0.0.1', high, '127.0.0.1', low, 'established', process.pid],
    ])
  }
})

test('a connection that lingers after its process closed it has no process, and says why', async (context) => {
  if (!requireLinux(context)) return
  const { port, client, accepted, isBetween } = await connectedPair(context)
  // Who closes first keeps the TIME-WAIT.
  const closed = Promise.all([client, accepted].map((each) => new Promise((resolve) => each.once('close', resolve))))
  accepted.resume().end()
  client.resume().once('end', () => client.end())
  await closed
  const look = async (): Promise<readonly Connection[]> =>
    (await readSockets({ ports: new Set([port]), connections: true })).connections
  const lingering = (await look()).filter((each) => each.state === 'time-wait' && isBetween(each.port, each.remotePort))
  assert.equal(lingering.length, 1)
  const [each] = lingering
  assert.deepEqual([each?.port, each?.process, each?.holders, each?.unseen?.reason], [port, null, [], 'gone'])
  const { stdout } = await runCli([String(port), '--json'])
  assertNoFalsePid(JSON.parse(stdout))
})

function assertNoFalsePid(json: unknown): void {
  for (const pid of valuesNamed(json, 'pid')) assert.ok(Number(pid) > 0, `pid ${String(pid)}`)
  for (const holders of valuesNamed(json, 'holders'))
    for (const pid of asArray(holders)) assert.ok(Number(pid) > 0, `holder ${String(pid)}`)
}

test('root sees a listener in another network namespace, and that it is one', async (context) => {
  if (!requireLinux(context) || !requireRoot(context) || !requirePeers(context, 'unshare')) return
  // The namespace goes with its only process.
  const holder = await openSockets(
    context,
    { title: 'inside', sockets: [{ transport: 'tcp', address: '0.0.0.0', count: 1 }] },
    { through: ['unshare', '--net'] },
  )
  const { listeners } = await readSockets({ ports: portsOf([holder]) })
  const inside = listeners.filter((each) => each.process?.pid === holder.pid)
  assert.deepEqual(
    inside.map((each) => [each.address, each.reach, each.process?.name]),
    [['0.0.0.0', 'namespace', 'inside']],
  )
  assert.match(inside[0]?.namespace ?? '', /^net:\[\d+\]$/)
  const { stdout } = await runCli(['ls', '--reach', 'namespace', '--port', String(holder.sockets[0]?.port)])
  assert.match(stdout, /inside .*its container only/)
})

test("another user's listener has no process and no pid, and says that sudo would show it", async (context) => {
  if (!requireLinux(context) || !requireRoot(context) || !requirePeers(context, 'setpriv')) return
  const holder = await openSockets(context, { sockets: [{ transport: 'tcp', address: '127.0.0.1', count: 1 }] })
  const port = String(holder.sockets[0]?.port)
  const { status, stdout, stderr } = await runCli([port, '--json'], { through: AS_NOBODY })
  assert.equal(status, 0, stderr)
  const [listener] = asObjects(at(JSON.parse(stdout), 0, 'listeners'))
  assert.equal(listener?.['process'], null)
  assert.deepEqual(listener['holders'], [])
  assert.equal(at(listener, 'unseen', 'reason'), 'permission')
  assert.match(String(at(listener, 'unseen', 'hint')), /sudo/)
  assert.equal(listener['socketUser'], 'root')
  const page = await runCli([port], { through: AS_NOBODY })
  assert.match(page.stdout, /process not seen/)
  assert.match(page.stdout.replace(/\s+/g, ' '), /run .* with sudo/)
  const list = await runCli(['ls', '--json'], { through: AS_NOBODY })
  assertNoFalsePid(JSON.parse(list.stdout))
  const table = await runCli(['ls', '--port', port], { through: AS_NOBODY })
  assert.match(table.stdout, /\(not seen\)/)
  assert.match(table.stderr.replace(/\s+/g, ' '), /cannot be seen .* sudo/)
})

test('a listener tells since when, where, by whom and from which parents its process runs', async (context) => {
  if (!requireLinux(context)) return
  const folder = realpathSync(tempFolder(context))
  const before = Date.now()
  // The shell waits, for it has more to do after.
  const holder = await openSockets(
    context,
    { sockets: [{ transport: 'tcp', address: '127.0.0.1', count: 1 }] },
    { cwd: folder, through: ['/bin/sh', '-c', '"$@"; true', 'sh'] },
  )
  context.after(() => process.kill(holder.pid, 'SIGKILL'))
  const after = Date.now()
  const { listeners } = await readSockets({ ports: portsOf([holder]) })
  const owner = listeners[0]?.process
  assert.ok(owner !== undefined && owner !== null)
  // The kernel tells boot in whole seconds.
  const startedAt = Date.parse(owner.startedAt ?? '')
  assert.ok(startedAt >= before - 2000 && startedAt <= after + 2000, `${owner.startedAt} is not around now`)
  assert.equal(owner.workingDirectory, folder)
  assert.match(owner.command ?? '', /open-sockets\.ts/)
  assert.deepEqual(owner.parents, parentsOf(holder.pid))
  assert.deepEqual(
    owner.parents.slice(0, 2).map((each) => each.pid),
    [holder.child.pid, process.pid],
  )
  const group = readFileSync(`/proc/${holder.pid}/cgroup`, 'utf8')
  const { kind, name } = owner.origin
  if (kind === 'shell') {
    assert.ok(owner.parents.some((each) => name === `${each.name} (pid ${each.pid})`))
    assert.equal(name, `${comm(holder.child.pid ?? 0)} (pid ${holder.child.pid})`)
  } else if (kind === 'systemd') assert.ok(group.includes(name ?? '?'))
  else if (kind === 'container') assert.ok(group.includes((name ?? '?').split(' ').at(-1) ?? '?'))
  else if (kind === 'cron') assert.ok(owner.parents.some((each) => each.name === name))
  else assert.fail(`a child of a shell is of origin ${kind}`)
})

function comm(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd()
}

function parentsOf(pid: number): { pid: number; name: string }[] {
  const parent = Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  return parent === 0 ? [] : [{ pid: parent, name: comm(parent) }, ...parentsOf(parent)]
}

test('ls --watch in a pipe prints what comes and what goes, and Ctrl-C ends it with 130', async (context) => {
  if (!requireLinux(context)) return
  const { port: anchor } = await connectedPair(context)
  const child = startCli(['ls', '--watch', '--interval', '1'])
  context.after(() => endProcess(child))
  const outcome = outcomeOf(child)
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const line = (sign: string, port: number): Promise<RegExpExecArray> =>
    until(`${sign} of ${port}`, () => new RegExp(`^\\S+ \\${sign} tcp 127\\.0\\.0\\.1:${port} .*$`, 'm').exec(text))
  await line('+', anchor)
  const holder = await openSockets(context, {
    title: 'comes and goes',
    sockets: [{ transport: 'tcp', address: '127.0.0.1', count: 1 }],
  })
  const port = holder.sockets[0]?.port ?? 0
  const [come] = await line('+', port)
  assert.match(come, new RegExp(`comes and goes, pid ${holder.pid}$`))
  await endProcess(holder.child)
  const [gone] = await line('-', port)
  assert.match(gone, new RegExp(`comes and goes, pid ${holder.pid}$`))
  child.kill('SIGINT')
  const { status, stderr } = await outcome
  assert.equal(status, 130)
  assert.equal(stderr, '')
})
