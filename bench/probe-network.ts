/**
 * A /24 on which five addresses are machines, one of them behind a filter, and where one packet in a hundred is lost each way:
 * two namespaces joined by a cable (this kernel has no netem; iptables-extensions(8), `statistic`, loses the packets).
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { isInstalled, median } from './measure.ts'
import type { Row } from './table.ts'

const RUNS = 20
const QUICK_RUNS = 5
/** nmap runs beside one in four of ours. */
const RUNS_PER_NMAP = 4
const LOSS = '0.01'
const NETWORK = '10.76.0.0/24'
const NEAR = '10.76.0.1'
/** What is open, by address; ports below 1001, all of which are asked. */
const MACHINES: Readonly<Record<string, readonly number[]>> = {
  '10.76.0.5': [22, 80, 443],
  '10.76.0.20': [22, 111, 631],
  '10.76.0.77': [25, 143, 587, 993],
  '10.76.0.130': [53],
  '10.76.0.254': [22, 443],
}
/** It answers at its open ports alone. */
const FILTERED = '10.76.0.254'
const PORTS = '1-1000'

/** Ours and nmap's, by turns; no row where iptables is missing. */
export async function benchNetwork(portolan: string, isQuick: boolean): Promise<readonly Row[]> {
  if (!isInstalled('iptables') || !isInstalled('nmap')) return []
  const names = { near: `portolan-bench-near-${process.pid}`, far: `portolan-bench-far-${process.pid}` }
  const ip = (...words: readonly string[]): void => void execFileSync('ip', words)
  const made: string[] = []
  try {
    for (const name of Object.values(names)) {
      ip('netns', 'add', name)
      made.push(name)
      ip('-n', name, 'link', 'set', 'lo', 'up')
    }
    ip('-n', names.near, 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'cable', 'netns', names.far)
    for (const [name, addresses] of [
      [names.near, [NEAR]],
      [names.far, Object.keys(MACHINES)],
    ] as const) {
      for (const address of addresses) ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'cable')
      ip('-n', name, 'link', 'set', 'cable', 'up')
      const lose = ['-A', 'INPUT', '-i', 'cable', '-m', 'statistic', '--mode', 'random', '--probability', LOSS]
      runIn(name, ['iptables', ...lose, '-j', 'DROP'])
    }
    const filter = ['iptables', '-A', 'INPUT', '-d', FILTERED, '-p', 'tcp']
    for (const port of MACHINES[FILTERED] ?? []) runIn(names.far, [...filter, '--dport', String(port), '-j', 'ACCEPT'])
    runIn(names.far, [...filter, '-j', 'DROP'])
    return await withServers(names.far, () => [compare(names.near, portolan, isQuick ? QUICK_RUNS : RUNS)])
  } finally {
    for (const name of made) ip('netns', 'del', name)
  }
}

const EXPECTED = new Set(Object.entries(MACHINES).flatMap(([host, ports]) => ports.map((port) => `${host}:${port}`)))

async function withServers<T>(namespace: string, act: () => T): Promise<T> {
  const words = ['netns', 'exec', namespace, process.execPath, join(import.meta.dirname, 'fixtures', 'open-ports.ts')]
  const servers = spawn('ip', [...words, ...EXPECTED], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    await new Promise<void>((resolve, reject) => {
      servers.stdout.once('data', () => resolve())
      servers.once('exit', () => reject(new Error('the servers of the network could not be started')))
    })
    return act()
  } finally {
    servers.stdin.end()
  }
}

function compare(namespace: string, portolan: string, runs: number): Row {
  const ours: Scans = { ms: [], missed: 0 }
  const theirs: Scans = { ms: [], missed: 0 }
  for (let round = 0; round < runs; round += 1) {
    scan(namespace, [process.execPath, portolan, 'probe', NETWORK, '-p', PORTS, '--grepable', '-'], ours)
    if (round % RUNS_PER_NMAP === 0) scan(namespace, ['nmap', '-T4', '-n', '-p', PORTS, '-oG', '-', NETWORK], theirs)
  }
  const missed = (scans: Scans): string => `${scans.missed} of ${scans.ms.length * EXPECTED.size} missed`
  return {
    work: `a /24 with ${Object.keys(MACHINES).length} machines, 1 % of packets lost; open ports: ${missed(ours)}`,
    ours: median(ours.ms),
    peer: `nmap -T4 -n: ${missed(theirs)}`,
    theirs: median(theirs.ms),
    unit: 'ms',
    // However fast: none may be missed.
    aim: ours.missed === 0 ? 1 : 0,
  }
}

interface Scans {
  readonly ms: number[]
  missed: number
}

/** Runs one scan, and counts the open ports that it does not tell. */
function scan(namespace: string, words: readonly string[], scans: Scans): void {
  const start = performance.now()
  const text = runIn(namespace, words)
  scans.ms.push(performance.now() - start)
  const found = new Set<string>()
  for (const [, host = '', ports = ''] of text.matchAll(/^Host: (\S+) .*\tPorts: (.*)$/gm))
    for (const [, port] of ports.matchAll(/(\d+)\/open\/tcp/g)) found.add(`${host}:${port}`)
  scans.missed += [...EXPECTED].filter((place) => !found.has(place)).length
  const wrong = [...found].filter((place) => !EXPECTED.has(place))
  if (wrong.length > 0) throw new Error(`${words.join(' ')} tells ports that are not open: ${wrong.join(', ')}`)
}

function runIn(namespace: string, words: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync('ip', ['netns', 'exec', namespace, ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  if (error !== undefined || status !== 0) throw error ?? new Error(`${words.join(' ')} failed: ${stderr}`)
  return stdout
}
