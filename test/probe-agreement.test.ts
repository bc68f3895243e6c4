/**
 * Agreement with nmap, state by state and reason by reason, about a machine whose ports are open, closed, rejected by ICMP of
 * every kind, or dropped; by TCP and UDP, over IPv4 and IPv6, with all engines.
 *
 * Node's sockets are told of ICMP only what errno says. What that hides is allowed below, and nothing else.
 */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { PROBE_ENGINES, readReport } from '../src/probe/index.ts'
import type { ReportedHost } from '../src/probe/index.ts'
import { atEnd } from './support/at-end.ts'
import { buildNetwork, end, lineOf } from './support/namespaces.ts'
import type { Machine } from './support/namespaces.ts'
import { requirePeers, requireRoot } from './support/peers.ts'
import { CLI, cliEnvironment } from './support/run-cli.ts'
import { until } from './support/until.ts'

const FAR4 = '10.79.0.2'
const FAR6 = 'fd79::2'
const OPEN = 1000
const CLOSED = 1001
const DROPPED = 1002
/** From this port on, one port a kind of REJECT (iptables-extensions(8)). */
const REJECTED = 1010
const REJECTS = {
  4: [
    'icmp-port-unreachable',
    'icmp-host-unreachable',
    'icmp-net-unreachable',
    'icmp-proto-unreachable',
    'icmp-net-prohibited',
    'icmp-host-prohibited',
    'icmp-admin-prohibited',
    'tcp-reset',
  ],
  6: ['icmp6-port-unreachable', 'icmp6-addr-unreachable', 'icmp6-no-route', 'icmp6-adm-prohibited', 'tcp-reset'],
} as const
type Family = keyof typeof REJECTS
const FAMILIES: readonly Family[] = [4, 6]
const ADDRESS: Readonly<Record<Family, string>> = { 4: FAR4, 6: FAR6 }
/** A TCP and a UDP server on both families; that of UDP answers whatever comes. */
const SERVE = `
  const server = require('net').createServer((socket) => socket.on('error', () => {}).end())
  const udp = require('dgram').createSocket('udp6')
  udp.on('message', (bytes, { port, address }) => udp.send('yes', port, address))
  server.listen(${OPEN}, '::', () => udp.bind(${OPEN}, '::', () => console.log('ready')))`

/** TCP servers, and nothing else. */
function serveOn(ports: readonly number[]): string {
  return `let left = ${ports.length}
  for (const port of ${JSON.stringify(ports)})
    require('net').createServer((socket) => socket.on('error', () => {}).end())
      .listen(port, '::', () => --left === 0 && console.log('ready'))`
}

function portsOf(family: Family): readonly number[] {
  return [OPEN, CLOSED, DROPPED, ...REJECTS[family].map((_, index) => REJECTED + index)]
}

function run(through: readonly string[], ...words: readonly string[]): string {
  const [program = '', ...rest] = [...through, ...words]
  const { status, stdout, stderr } = spawnSync(program, rest, { encoding: 'utf8', maxBuffer: 1 << 26 })
  assert.equal(status, 0, `${words.join(' ')}: ${stderr}`)
  return stdout
}

async function buildScene(context: TestContext): Promise<Record<'near' | 'far', Machine>> {
  const machines = buildNetwork(context, { near: '10.79.0.1', far: FAR4 })
  const { near, far } = machines
  run(near.through, 'ip', 'addr', 'add', 'fd79::1/64', 'dev', 'eth0', 'nodad')
  run(far.through, 'ip', 'addr', 'add', `${FAR6}/64`, 'dev', 'eth0', 'nodad')
  // Each error is to be seen, however quickly they are asked for.
  for (const key of ['net.ipv4.icmp_ratelimit', 'net.ipv6.icmp.ratelimit'])
    run(far.through, 'sysctl', '-qw', `${key}=0`)
  run(far.through, 'sysctl', '-qw', 'net.ipv4.icmp_msgs_per_sec=100000')
  for (const family of FAMILIES) {
    const tables = family === 4 ? 'iptables' : 'ip6tables'
    for (const transport of ['tcp', 'udp']) {
      const rule = (port: number, ...target: readonly string[]): void =>
        void run(far.through, tables, '-A', 'INPUT', '-p', transport, '--dport', String(port), '-j', ...target)
      rule(DROPPED, 'DROP')
      for (const [index, kind] of REJECTS[family].entries())
        if (kind !== 'tcp-reset' || transport === 'tcp') rule(REJECTED + index, 'REJECT', '--reject-with', kind)
    }
  }
  const [program, ...words] = [...far.through, process.execPath, '-e', SERVE]
  const server = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  atEnd(context, () => end(server, 'SIGKILL'))
  await lineOf(server)
  return machines
}

type States = ReadonlyMap<number, string>

function statesIn(xml: string): States {
  const [host] = readReport(Buffer.from(xml), 'a scan').hosts
  assert.ok(host)
  return statesOf(host)
}

function statesOf({ ports, unlisted }: ReportedHost): States {
  const states = new Map(ports.map(({ port, state, reason }) => [port, `${state} ${reason}`]))
  for (const { state, reason, ports: list = '' } of unlisted)
    for (const part of list.split(',')) {
      const [first = 0, last = first] = part.split('-').map(Number)
      for (let port = first; port <= last; port += 1) states.set(port, `${state} ${reason}`)
    }
  return states
}

function askNmap(machine: Machine, kind: '-sS' | '-sT' | '-sU', family: Family): States {
  const target = [...(family === 6 ? ['-6'] : []), '-p', portsOf(family).join(','), ADDRESS[family]]
  return statesIn(run(machine.through, 'nmap', kind, '-n', '-Pn', '--reason', '-oX', '-', ...target))
}

async function askPortolan(machine: Machine, engine: string, isUdp: boolean, family: Family): Promise<States> {
  const words = ['-p', portsOf(family).join(','), ...(isUdp ? ['--udp'] : []), '--engine', engine, '--xml', '-']
  const { status, stdout, stderr } = await machine.portolan('probe', ADDRESS[family], ...words)
  assert.equal(status, 0, stderr)
  return statesIn(stdout)
}

/** A refusal is `reset` to who sees the packet, `conn-refused` to who sees the error. */
const REFUSED = 'closed conn-refused'
/** A router's ICMPv6 error of code 0 is `no-route` to nmap, which is our word for a route that this machine itself lacks. */
const OTHER_WORDS: ReadonlyMap<string, string> = new Map([['filtered no-route', 'filtered net-unreach']])

function asSeenBySocket(states: States): States {
  return new Map([...inOurWords(states)].map(([port, text]) => [port, text === 'closed reset' ? REFUSED : text]))
}

function inOurWords(states: States): States {
  return new Map([...states].map(([port, text]) => [port, OTHER_WORDS.get(text) ?? text]))
}

function sorted(states: States): readonly (readonly [number, string])[] {
  return [...states].toSorted(([a], [b]) => a - b)
}

describe('the states of ports, and why, agree with nmap', () => {
  for (const family of FAMILIES)
    test(`over IPv${family}`, async (context) => {
      const tables = family === 4 ? 'iptables' : 'ip6tables'
      if (!requireRoot(context) || !requirePeers(context, 'ip', 'nmap', tables)) return
      const { near } = await buildScene(context)

      const segments = askNmap(near, '-sS', family)
      const raw = await askPortolan(near, 'raw', false, family)
      assert.deepEqual(sorted(raw), sorted(inOurWords(segments)), 'TCP, raw, as nmap -sS')
      assert.equal(raw.get(CLOSED), 'closed reset')

      const packets = asSeenBySocket(segments)
      const native = await askPortolan(near, 'native', false, family)
      assert.deepEqual(sorted(native), sorted(packets), 'TCP, native, as nmap -sS')
      assert.equal(native.get(OPEN), 'open syn-ack')
      assert.equal(native.get(CLOSED), 'closed conn-refused')
      assert.equal(native.get(DROPPED), 'filtered no-response')
      assert.equal(new Set(native.values()).size, family === 4 ? 10 : 7, 'every kind is told from the others')

      const calls = askNmap(near, '-sT', family)
      const node = await askPortolan(near, 'node', false, family)
      for (const port of [OPEN, CLOSED, DROPPED]) assert.equal(node.get(port), calls.get(port), `TCP, node, ${port}`)
      for (const [port, text] of node) {
        const [state] = text.split(' ')
        const theirs = calls.get(port)?.split(' ')[0]
        // Linux tells a socket that connects of some rejections only when it has sent its SYN again, a second later.
        const isLate = port >= REJECTED && [state, theirs].includes('filtered') && [state, theirs].includes('closed')
        if (!isLate) assert.equal(state, theirs, `TCP, node, as nmap -sT, ${port}: ${text}`)
      }

      const datagrams = asSeenBySocket(askNmap(near, '-sU', family))
      for (const engine of ['native', 'node']) {
        const ours = await askPortolan(near, engine, true, family)
        assert.equal(ours.get(OPEN), 'open udp-response', engine)
        assert.equal(ours.get(CLOSED), 'closed port-unreach', engine)
        assert.equal(ours.get(DROPPED), 'open|filtered no-response', engine)
        if (engine === 'native') assert.deepEqual(sorted(ours), sorted(datagrams), 'UDP, native, as nmap -sU')
        for (const [port, text] of ours)
          if (engine === 'node' && !text.startsWith('open|filtered'))
            assert.equal(text.split(' ')[0], datagrams.get(port)?.split(' ')[0], `UDP, node, ${port}: ${text}`)
      }
    })

  test('no route, few descriptors, and lost packets do not make a port closed or hide an open one', async (context) => {
    if (!requireRoot(context) || !requirePeers(context, 'ip', 'iptables')) return
    const { near, far } = await buildScene(context)
    run(near.through, 'ip', 'route', 'add', 'blackhole', '10.99.0.0/24')
    run(near.through, 'ip', '-6', 'route', 'add', 'blackhole', '2001:db8:1::/48')
    for (const [address, why, engine] of [
      ['10.99.0.1', 'blackholed', 'native'],
      ['10.99.0.1', 'blackholed', 'raw'],
      ['10.79.0.255', 'of a broadcast', 'native'],
      ['10.79.0.255', 'of a broadcast', 'raw'],
      ['224.0.0.1', 'of a multicast', 'native'],
      ['224.0.0.1', 'of a multicast', 'raw'],
      ['ff02::1%eth0', 'of a multicast', 'native'],
      ['ff02::1%eth0', 'of a multicast', 'raw'],
      ['10.98.0.1', 'without a route', 'raw'],
      ['2001:db8:1::1', 'blackholed', 'raw'],
      ['2001:db8:2::1', 'without a route', 'raw'],
      ['10.98.0.1', 'without a route', 'native'],
      ['10.98.0.1', 'without a route', 'node'],
      ['2001:db8:1::1', 'blackholed', 'native'],
      ['2001:db8:2::1', 'without a route', 'native'],
      ['2001:db8:2::1', 'without a route', 'node'],
    ] as const) {
      const words = ['-p', '22,80', '--json', '--yes', '--engine', engine]
      const { status, stdout } = await near.portolan('probe', address, ...words)
      assert.equal(status, 3, `${address} ${why}, ${engine}`)
      const answers: { state: string; reason: string }[] = JSON.parse(stdout)
      assert.deepEqual(
        new Set(answers.map(({ state, reason }) => `${state} ${reason}`)),
        new Set(['unmeasured no-route']),
      )
    }

    // One packet in fifty is lost each way; of those to the open port each second one, so that of two attempts one always comes
    // through. Descriptors are few: Node itself takes some 40 of 140.
    const lose = (chain: string, which: readonly string[], every: number): void => {
      const nth = ['-m', 'statistic', '--mode', 'nth', '--every', String(every), '--packet', '0']
      run(far.through, 'iptables', '-I', chain, '-p', 'tcp', ...which, ...nth, '-j', 'DROP')
    }
    lose('INPUT', ['!', '--dport', String(OPEN)], 50)
    lose('OUTPUT', ['!', '--sport', String(OPEN)], 50)
    lose('INPUT', ['--dport', String(OPEN)], 2)
    const narrow = { ...near, through: [...near.through, 'prlimit', '--nofile=140:140'] }
    for (const engine of PROBE_ENGINES) {
      const [program, ...words] = [...narrow.through, process.execPath, CLI, 'probe', FAR4]
      const asked = ['-p', '1-1000', '--json', '--engine', engine]
      const { status, stdout, stderr } = spawnSync(program, [...words, ...asked], {
        encoding: 'utf8',
        env: cliEnvironment(),
      })
      assert.equal(status, 0, stderr)
      const answers: { port: number; state: string }[] = JSON.parse(stdout)
      assert.equal(answers.length, 1000, engine)
      assert.ok(
        answers.every(({ state }) => state !== 'unmeasured'),
        engine,
      )
      assert.equal(answers.find(({ port }) => port === OPEN)?.state, 'open', engine)
    }
  })

  test('an open port whose first SYN-ACK is lost is open', async (context) => {
    if (!requireRoot(context) || !requirePeers(context, 'ip', 'iptables')) return
    const { near, far } = buildNetwork(context, { near: '10.79.0.1', far: FAR4 })
    const ports = PROBE_ENGINES.map((_, index) => OPEN + index)
    const [program, ...words] = [...far.through, process.execPath, '-e', serveOn(ports)]
    const server = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    atEnd(context, () => end(server, 'SIGKILL'))
    await lineOf(server)
    for (const [index, engine] of PROBE_ENGINES.entries()) {
      const port = String(ports[index])
      const which = ['-p', 'tcp', '--sport', port, '--tcp-flags', 'SYN,ACK', 'SYN,ACK']
      const first = ['-m', 'statistic', '--mode', 'nth', '--every', '100', '--packet', '0']
      run(far.through, 'iptables', '-I', 'OUTPUT', ...which, ...first, '-j', 'DROP')
      const { status, stdout } = await near.portolan('probe', FAR4, '-p', port, '--json', '--engine', engine)
      assert.equal(status, 0, engine)
      const [answer]: { state: string; attempts: number }[] = JSON.parse(stdout)
      assert.equal(answer?.state, 'open', engine)
      // Sooner than the host itself sends it again, which it does after a second.
      if (engine === 'raw') assert.equal(answer.attempts, 2)
    }
  })

  test('a link-local address is reached by its zone', async (context) => {
    if (!requireRoot(context) || !requirePeers(context, 'ip', 'nmap', 'ip6tables', 'iptables')) return
    const { near, far } = await buildScene(context)
    // The kernel has to be sure first that nobody else has the address.
    const linkLocalOf = ({ through }: Machine): Promise<string> =>
      until('the link-local address is there', () => {
        const told = run(through, 'ip', '-6', '-o', 'addr', 'show', 'dev', 'eth0', 'scope', 'link')
        return told.includes('tentative') ? null : /inet6 (fe80:[0-9a-f:]+)/.exec(told)?.[1]
      })
    await linkLocalOf(near)
    const target = `${await linkLocalOf(far)}%eth0`
    const ports = [OPEN, CLOSED, DROPPED]
    const theirs = statesIn(
      run(near.through, 'nmap', '-6', '-sT', '-n', '-Pn', '-p', ports.join(','), '-oX', '-', target),
    )
    for (const engine of PROBE_ENGINES) {
      const { status, stdout } = await near.portolan(
        'probe',
        target,
        '-p',
        ports.join(','),
        '--json',
        '--engine',
        engine,
      )
      assert.equal(status, 0, engine)
      const answers: { host: string; port: number; state: string; reason: string }[] = JSON.parse(stdout)
      assert.deepEqual(new Set(answers.map(({ host }) => host)), new Set([target]), engine)
      const ours = new Map(answers.map(({ port, state, reason }) => [port, `${state} ${reason}`]))
      assert.deepEqual(sorted(asSeenBySocket(ours)), sorted(theirs), engine)
    }
    const { status, stdout } = await near.portolan('probe', target.replace('eth0', 'nowhere'), '-p', '22', '--json')
    assert.equal(status, 3)
    assert.match(stdout, /"state": "unmeasured"/)
  })

  test('a connection of a socket to itself is no open port, where a plain loop would find some', async (context) => {
    if (!requireRoot(context) || !requirePeers(context, 'ip', 'nmap')) return
    const { near } = buildNetwork(context, { near: '10.79.0.1', far: FAR4 })
    // Sockets get their own ports out of those that are probed.
    run(near.through, 'sysctl', '-qw', 'net.ipv4.ip_local_port_range=40000 41999')
    const range = '40000-41999'
    const theirs = statesIn(run(near.through, 'nmap', '-sS', '-n', '-Pn', '-p', range, '-oX', '-', '127.0.0.1'))
    assert.equal([...theirs.values()].filter((text) => text.startsWith('open')).length, 0)
    for (const engine of PROBE_ENGINES)
      for (const target of ['127.0.0.1', '::1']) {
        const { status, stdout } = await near.portolan('probe', target, '-p', range, '--json', '--engine', engine)
        assert.equal(status, 1, `${engine}, ${target}`)
        const answers: { state: string; reason: string }[] = JSON.parse(stdout)
        assert.equal(answers.length, 2000)
        const kinds = new Set(answers.map(({ state, reason }) => `${state} ${reason}`))
        assert.deepEqual(kinds, new Set([engine === 'raw' ? 'closed reset' : REFUSED]), `${engine}, ${target}`)
      }
  })

  test('closed UDP ports of a machine that limits its errors are told as closed', async (context) => {
    if (!requireRoot(context) || !requirePeers(context, 'ip', 'iptables')) return
    const { near, far } = await buildScene(context)
    // As Linux has it: one error a second to one address, after a burst of six.
    run(far.through, 'sysctl', '-qw', 'net.ipv4.icmp_ratelimit=1000')
    const { status, stdout } = await near.portolan('probe', FAR4, '--udp', '-p', '2001-2016', '--json')
    assert.equal(status, 1)
    const answers: { port: number; state: string; reason: string }[] = JSON.parse(stdout)
    assert.equal(answers.length, 16)
    assert.deepEqual(
      new Set(answers.map(({ state, reason }) => `${state} ${reason}`)),
      new Set(['closed port-unreach']),
    )
  })
})
