/**
 * The probe beside nmap and beside a loop in C: all ports of 127.0.0.1, a network with a few machines (probe-network.ts), and ports
 * that never answer against the bound that the pace sets. All but the first need root, for namespaces of their own.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { makePortSet, runProbe } from '../src/probe/index.ts'
import { isInstalled, median } from './measure.ts'
import type { Contestant } from './measure.ts'
import { benchNetwork } from './probe-network.ts'
import type { Row } from './table.ts'

const ROUNDS = 7
const QUICK_ROUNDS = 5
/** What a scan may take, in kB. */
const MEMORY_MOST = 120_000
const RATE = 5000
const RETRIES = 2
const TIMEOUT_MS = 1000
const PORTS_EACH = 100
const NAMESPACE = `portolan-bench-${process.pid}`
const fixtures = join(import.meta.dirname, 'fixtures')

export interface ProbeBench {
  /** The program as it is installed. */
  readonly portolan: string
  /** For what is compiled; it is there, and is removed by the caller. */
  readonly folder: string
  readonly isQuick: boolean
}

export async function benchProbe({ portolan, folder, isQuick }: ProbeBench): Promise<readonly Row[]> {
  const own = await benchOwnPorts(portolan, folder, isQuick ? QUICK_ROUNDS : ROUNDS)
  if (process.getuid?.() !== 0) return own
  return [...own, ...(await benchNetwork(portolan, isQuick)), ...benchDropped(portolan, isQuick)]
}

interface Run {
  readonly ms: number
  readonly peakKb: number
}

/** Every round runs each once: the whole processes, and the probe alone in this process. */
async function benchOwnPorts(portolan: string, folder: string, rounds: number): Promise<readonly Row[]> {
  const loop = join(folder, 'probe-connect')
  execFileSync('cc', ['-O2', '-o', loop, join(fixtures, 'probe-connect.c')])
  const nmap = ['-p-', '-n', '-Pn', '-T5', '127.0.0.1']
  const ours: Contestant = {
    name: 'portolan',
    program: process.execPath,
    args: [portolan, 'probe', '127.0.0.1', '-p-'],
  }
  const inC: Contestant = { name: 'C: socket, connect, close', program: loop, args: [] }
  const nmaps: readonly Contestant[] = isInstalled('nmap')
    ? [
        { name: 'nmap -sT -p- -n -Pn -T5', program: 'nmap', args: ['-sT', ...nmap] },
        ...(process.getuid?.() === 0
          ? [{ name: 'nmap -sS -p- -n -Pn -T5', program: 'nmap', args: ['-sS', ...nmap] }]
          : []),
      ]
    : []
  const contestants = [ours, inC, ...nmaps]
  const runs = contestants.map((): Run[] => [])
  const alone: number[] = []
  for (let round = -1; round < rounds; round += 1) {
    const taken = contestants.map(runOnce)
    const takenAlone = await probeAlone()
    if (round < 0) continue
    for (const [index, run] of taken.entries()) runs[index]?.push(run)
    alone.push(takenAlone)
  }
  const timeOf = (index: number): number => median((runs[index] ?? []).map(({ ms }) => ms))
  const work = 'portolan probe 127.0.0.1 -p-, whole process'
  const peak = median((runs[0] ?? []).map(({ peakKb }) => peakKb))
  return [
    ...nmaps.map(({ name }, index): Row => {
      const theirs = timeOf(index + 2)
      return { work, ours: timeOf(0), peer: name, theirs, unit: 'ms', aim: 1 }
    }),
    { work, ours: timeOf(0), peer: inC.name, theirs: timeOf(1), unit: 'ms', aim: 1.1 },
    { work: 'runProbe alone', ours: median(alone), peer: inC.name, theirs: timeOf(1), unit: 'ms', aim: 1.1 },
    { work: `${work}, peak memory`, ours: peak, peer: 'bound', theirs: MEMORY_MOST, unit: 'kB', aim: 1 },
  ]
}

/** By GNU time, which adds a millisecond to each. */
function runOnce({ program, args }: Contestant): Run {
  const start = performance.now()
  const { error, stderr } = spawnSync('/usr/bin/time', ['-f', '%M', program, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ms = performance.now() - start
  const peakKb = Number(/(\d+)\s*$/.exec(stderr)?.[1])
  if (error !== undefined || Number.isNaN(peakKb)) throw error ?? new Error(`${program} failed: ${stderr}`)
  return { ms, peakKb }
}

async function probeAlone(): Promise<number> {
  const { elapsedMs } = await runProbe(
    {
      hosts: { size: 1, at: () => ({ address: '127.0.0.1', family: 4, name: null }) },
      tcpPorts: makePortSet(Array.from({ length: 65_535 }, (_, index) => index + 1)),
      udpPorts: makePortSet([]),
      pace: { rate: null, hostRate: null, retries: 2, timeoutMinMs: 100, timeoutMaxMs: 1000, hostTimeoutMs: null },
      seed: 1,
      answered: null,
      engine: null,
    },
    { onAnswers: () => {} },
    new AbortController().signal,
  )
  return elapsedMs
}

/**
 * The bound: attempts / rate + the last time-out, where attempts = pairs × (1 + retries). Packets go to a neighbour that is not
 * there, and nobody tells.
 */
function benchDropped(portolan: string, isQuick: boolean): readonly Row[] {
  const ip = (...words: readonly string[]): void => void execFileSync('ip', words)
  ip('netns', 'add', NAMESPACE)
  try {
    const inside = (...words: readonly string[]): void => ip('-n', NAMESPACE, ...words)
    inside('link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far')
    for (const name of ['near', 'far']) inside('link', 'set', name, 'up')
    inside('addr', 'add', '10.78.0.1/24', 'dev', 'near')
    inside('neigh', 'add', '10.78.0.2', 'lladdr', '02:00:00:00:00:02', 'dev', 'near', 'nud', 'permanent')
    inside('route', 'add', '10.79.0.0/16', 'via', '10.78.0.2')
    const few = probeDropped(portolan, '10.79.1.0-99')
    const fewRow = droppedRow(100, few)
    if (isQuick) return [fewRow]
    const many = probeDropped(portolan, '10.79.1-4.0-249')
    const work = 'the same, peak memory at 100,000 ports and at 10,000'
    const memory: Row = { work, ours: many.peakKb, peer: '10,000 ports', theirs: few.peakKb, unit: 'kB', aim: 1.1 }
    return [fewRow, droppedRow(1000, many), memory]
  } finally {
    ip('netns', 'del', NAMESPACE)
  }
}

function droppedRow(hosts: number, { ms }: Run): Row {
  const pairs = hosts * PORTS_EACH
  const bound = (pairs * (1 + RETRIES) * 1000) / RATE + TIMEOUT_MS
  const work = `${pairs.toLocaleString('en')} ports that never answer, ${RATE} probes a second`
  return { work, ours: ms, peer: 'attempts / rate + time-out', theirs: bound, unit: 'ms', aim: 1.2 }
}

/** The whole program, as it is used for what takes long: nothing is kept, and only what is open is told, which here is nothing. */
function probeDropped(portolan: string, hosts: string): Run {
  const pace = ['--rate', String(RATE), '--retries', String(RETRIES), '--timeout', `${TIMEOUT_MS}ms`]
  const words = ['probe', hosts, '-p', `1-${PORTS_EACH}`, '--all-hosts', ...pace, '--ndjson', '--open']
  const program = ['netns', 'exec', NAMESPACE, '/usr/bin/time', '-q', '-f', '%M', process.execPath, portolan]
  const start = performance.now()
  const { status, stderr } = spawnSync('ip', [...program, ...words], { encoding: 'utf8' })
  const ms = performance.now() - start
  // 1: nothing is open, and all was found out.
  if (status !== 1) throw new Error(`the probe of ${hosts} ended with ${status}: ${stderr}`)
  return { ms, peakKb: Number(/(\d+)\s*$/.exec(stderr)?.[1]) }
}
