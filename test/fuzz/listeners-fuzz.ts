/**
 * Feeds mutated records of real output to everything that reads what systems say of their sockets and processes.
 *
 *     node test/fuzz/listeners-fuzz.ts [--runs 1000000] [--seed 973] [--target netstat]
 *
 * Each run is made from the seed and its own number alone, so a failure is repeated by these two: once it is mended, add
 * them to seeds-listeners.json as `seed` and `path`.
 */
import { isIP } from 'node:net'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseCgroup } from '../../src/listeners/cgroup.ts'
import { parseStartTicks, parseVitals } from '../../src/listeners/linux-processes.ts'
import { parseSocketTable } from '../../src/listeners/linux-sockets.ts'
import type { SocketRow } from '../../src/listeners/linux-sockets.ts'
import { parseLsof } from '../../src/listeners/lsof.ts'
import { parseNetstat } from '../../src/listeners/netstat.ts'
import { parsePs } from '../../src/listeners/ps.ts'
import { parseTasklist } from '../../src/listeners/tasklist.ts'
import { listenersCorpus } from '../support/corpus.ts'

export interface Failure {
  readonly target: string
  readonly seed: number
  /** The number of the run. */
  readonly path: string
  readonly input: string
  readonly reason: string
}

export interface Report {
  readonly target: string
  readonly runs: number
  readonly milliseconds: number
  readonly failure: Failure | null
}

interface Target {
  readonly corpus: readonly string[]
  /** Reads a text; returns what is wrong with the answer, or null. */
  readonly check: (text: string) => string | null
}

const LIMIT_MS = 2000
const SHOWN_CHARS = 2000

const isPort = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 65_535
const isPid = (value: number): boolean => Number.isSafeInteger(value) && value > 0
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
const firstWrong = <T>(items: Iterable<T>, isRight: (item: T) => boolean): string | null => {
  for (const item of items) if (!isRight(item)) return `wrong: ${JSON.stringify(item)}`
  return null
}

const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt-BR', 'ja', 'zh-CN', 'ru']
const TABLES = ['tcp', 'tcp6', 'udp', 'udp6']

const TARGETS: Readonly<Record<string, Target>> = {
  lsof: {
    corpus: ['lsof-macos.txt', 'lsof-linux.txt'],
    check: (text) =>
      firstWrong(parseLsof(text), ({ pid, parent, port, remote }) => {
        return (
          isPid(pid) && (parent === null || isCount(parent)) && isPort(port) && (remote === null || isPort(remote.port))
        )
      }),
  },
  ps: {
    corpus: ['ps-macos.txt'],
    check: (text) =>
      firstWrong(parsePs(text), ([key, { pid, parent, startedAt, user, command }]) => {
        const isTime = startedAt === null || !Number.isNaN(Date.parse(startedAt))
        return key === pid && isPid(pid) && isCount(parent) && isTime && user !== '' && command !== ''
      }),
  },
  netstat: {
    corpus: LANGUAGES.map((each) => `netstat-${each}.txt`),
    check: (text) =>
      firstWrong(parseNetstat(text), ({ pid, port, remote, state }) => {
        const isRemote = remote === null ? state === 'listen' : isPort(remote.port) && remote.port > 0
        return (pid === null || isPid(pid)) && isPort(port) && isRemote && state !== ''
      }),
  },
  tasklist: {
    corpus: ['en', 'de', 'ja', 'fr', 'zh-CN'].map((each) => `tasklist-${each}.csv`),
    check: (text) =>
      firstWrong(parseTasklist(text), ([key, { pid, name }]) => key === pid && isPid(pid) && name !== ''),
  },
  cgroup: {
    corpus: ['proc-pid-cgroup.txt'],
    check: (text) => firstWrong([parseCgroup(text)], ({ unit, container }) => unit === null || container === null),
  },
  'socket-table': {
    corpus: TABLES.map((each) => `proc-net-${each}.txt`),
    check: (text) => {
      const rows: SocketRow[] = []
      parseSocketTable(text, { transport: 'tcp', namespace: null, connections: true }, rows)
      parseSocketTable(text, { transport: 'udp', namespace: null, connections: true }, rows)
      parseSocketTable(text, { transport: 'tcp', namespace: null, connections: false, ports: new Set([80, 631]) }, rows)
      return firstWrong(rows, (row) => {
        const areAddresses = isIP(row.address) !== 0 && isIP(row.remoteAddress) !== 0
        return areAddresses && isPort(row.port) && isPort(row.remotePort) && isCount(row.inode) && isCount(row.uid)
      })
    },
  },
  vitals: {
    corpus: ['proc-pid-status.txt'],
    check: (text) => {
      const vitals = parseVitals(text)
      return vitals === null ? null : firstWrong([vitals], ({ parent, uid }) => isCount(parent) && isCount(uid))
    },
  },
  'start-ticks': {
    corpus: ['proc-pid-stat.txt'],
    check: (text) => firstWrong([parseStartTicks(text)], (ticks) => ticks === null || isCount(ticks)),
  },
}

export const TARGET_NAMES: readonly string[] = Object.keys(TARGETS)

type Random = (below: number) => number

/** mulberry32, from the seed and the number of the run. */
function randomOf(seed: number, run: number): Random {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(run + 1, 0xc2b2ae35)) >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const NUMBERS = '0 -1 65535 65536 99999 4294967296 999999999999999999999999999999 1e9 0x10 -0 +1 NaN ٣ 1.5'.split(' ')
const CONTROLS = '\0 \u0001 \u001b[31m \r \n \r\n \t \ufeff \ufffd \ud800 📦'.split(' ')
const SPACES = [' ', '\u00a0', '\u2028']
const MARKS = String.raw`" "" "," , : :: *:* [ ] % -> / \ \\ \x \x2d \x00 \xff ( ) - +`.split(' ')
const WORDS = 'TCP UDP p f n TST= PTCP 0::/ .service .scope /kubepods /lxc/ docker- __proto__ FFFFFFFF ABCDEF'.split(
  ' ',
)
const LINES = ['Name:\t', 'PPid:\t0\n', 'Uid:\t0\t0\t0\t0\n', 'Xxx Yyy 99 99:99:99 9999', '00000000:0000']
const PIECES: readonly string[] = [...NUMBERS, ...CONTROLS, ...SPACES, ...MARKS, ...WORDS, ...LINES]

function mutate(text: string, random: Random): string {
  const at = random(text.length + 1)
  const piece = PIECES[random(PIECES.length)] ?? ''
  switch (random(9)) {
    case 0:
      return text.slice(0, at) + piece + text.slice(at)
    case 1:
      return text.slice(0, at) + piece + text.slice(at + piece.length)
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + random(12))
    case 3:
      return text.slice(0, at)
    case 4:
      return text.slice(at)
    case 5:
      return text.slice(0, at) + String.fromCharCode(random(random(4) === 0 ? 65_536 : 128)) + text.slice(at + 1)
    case 6: {
      const from = random(text.length + 1)
      return text.slice(0, at) + text.slice(from, from + random(40)) + text.slice(at)
    }
    case 7:
      return text.replaceAll(' ', piece)
    default:
      // Long lines cost time, so they are rare.
      return text.slice(0, at) + piece.repeat(random(200) === 0 ? 20_000 : random(8)) + text.slice(at)
  }
}

const linesOf = (name: string): readonly string[] => listenersCorpus(name).split(/(?<=\n)/)
const corpora = new Map<string, readonly (readonly string[])[]>()

/** A few neighbouring lines of a record, sometimes joined with a few of another, and changed up to five times. */
function inputOf(name: string, target: Target, random: Random): string {
  let texts = corpora.get(name)
  if (texts === undefined) {
    texts = target.corpus.map(linesOf)
    corpora.set(name, texts)
  }
  const excerpt = (): string => {
    const lines = texts[random(texts.length)] ?? []
    const from = random(lines.length)
    return lines.slice(random(3) === 0 ? 0 : from, from + 1 + random(8)).join('')
  }
  let text = excerpt()
  if (random(4) === 0) text += excerpt()
  for (let left = random(6); left > 0; left -= 1) text = mutate(text, random)
  return text
}

function runOne(name: string, target: Target, seed: number, run: number): Failure | null {
  const input = inputOf(name, target, randomOf(seed, run))
  const failed = (reason: string): Failure => ({ target: name, seed, path: String(run), input, reason })
  const start = performance.now()
  try {
    const wrong = target.check(input)
    if (wrong !== null) return failed(wrong)
  } catch (error) {
    return failed(`threw: ${String(error)}`)
  }
  const milliseconds = performance.now() - start
  return milliseconds > LIMIT_MS ? failed(`took ${Math.round(milliseconds)} ms`) : null
}

function targetOf(name: string): Target {
  const target = TARGETS[name]
  if (target === undefined) throw new Error(`there is no target ${name}: ${TARGET_NAMES.join(', ')}`)
  return target
}

/** Stops at the first failure. */
export function fuzz(name: string, runs: number, seed: number): Report {
  const target = targetOf(name)
  const start = performance.now()
  let failure: Failure | null = null
  let run = 0
  while (run < runs && failure === null) {
    failure = runOne(name, target, seed, run)
    run += 1
  }
  return { target: name, runs: run, milliseconds: Math.round(performance.now() - start), failure }
}

export interface Seed {
  readonly target: string
  readonly seed: number
  readonly path: string
  readonly note: string
}

/** What once failed. */
export function readSeeds(): readonly Seed[] {
  const seeds: Seed[] = JSON.parse(readFileSync(new URL('seeds-listeners.json', import.meta.url), 'utf8'))
  return seeds
}

export function replay({ target, seed, path }: Seed): Failure | null {
  return runOne(target, targetOf(target), seed, Number(path))
}

function main(): void {
  const options = { runs: { type: 'string' }, seed: { type: 'string' }, target: { type: 'string' } } as const
  const { values } = parseArgs({ options })
  const runs = Number(values.runs ?? 1_000_000)
  const seed = Number(values.seed ?? 973)
  const failures = readSeeds().map(replay)
  for (const name of values.target === undefined ? TARGET_NAMES : [values.target]) {
    const report = fuzz(name, runs, seed)
    console.log(`${name}: ${report.runs} runs, seed ${seed}, ${report.milliseconds} ms`)
    failures.push(report.failure)
  }
  for (const failure of failures) {
    if (failure === null) continue
    console.error(JSON.stringify({ ...failure, input: failure.input.slice(0, SHOWN_CHARS) }, null, 2))
    process.exitCode = 1
  }
}

if (import.meta.main) main()
