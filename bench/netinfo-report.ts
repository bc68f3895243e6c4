/** The tables of the directory's benchmarks. */
import type { Opening, ListCost, ReadAllCost } from './netinfo-size.ts'
import { DEPTHS, PEER_USERS, PROCEDURES } from './netinfo-reads.ts'
import type { ReadProcedure, ReadResult } from './netinfo-reads.ts'
import type { RunningServer } from './netinfo-servers.ts'
import type { WriteResult } from './store-writes.ts'
import { inThousands, renderTable } from './table.ts'

type Memory = ReturnType<RunningServer['memory']>

export interface SizeResult {
  readonly users: number
  readonly buildSeconds: number
  readonly fileBytes: number
  readonly opening: Opening
  /** The server before its first call, and after all reads. */
  readonly idle: Memory
  readonly served: Memory
  readonly readAll: ReadAllCost
  readonly list: ListCost
}

/** What netinfod itself did on the machine of those who asked for this, as they told it: by connections and depth. */
const QUOTED: ReadonlyMap<string, number> = new Map([
  ['LOOKUP 8 1', 51_500],
  ['READ 8 1', 40_600],
  ['LOOKUPREAD 8 1', 28_000],
  ['LOOKUP 8 16', 58_000],
  ['READ 8 16', 46_000],
  ['LOOKUPREAD 8 16', 32_000],
  ['LOOKUP 1 1', 14_700],
  ['LIST 8 1', 500],
])
const NONE = '–'
/** A copy of a domain that is sent as it is read takes a buffer or two, and not the copy. */
const READALL_GROWTH = 0.5
const US_PER_MS = 1000

const ratio = (a: number, b: number): string => (a / b).toFixed(2)
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)
const depthText = (depth: number): string => (depth === 1 ? 'one at a time' : `${depth} deep`)

export function renderReads(results: readonly ReadResult[]): string {
  const sizes = [...(results.find(({ procedure }) => procedure === 'READ')?.rates.keys() ?? [])]
  const heads = [
    'calls',
    'connections',
    'calls on each',
    ...sizes.map((users) => `${inThousands(users)} users`),
    'p99, µs',
    'C server',
    'ratio',
    'echo',
    'ratio',
    'netinfod, quoted',
  ]
  const rows = results.map(({ procedure, connections, depth, rates, p99Us, peer, echo }) => {
    const compared = rates.get(PEER_USERS) ?? 0
    const quoted = QUOTED.get(`${procedure} ${connections} ${depth}`)
    return [
      procedure,
      String(connections),
      depthText(depth),
      ...sizes.map((users) => optional(rates.get(users))),
      inThousands(p99Us),
      optional(peer ?? undefined),
      peer === null ? NONE : ratio(compared, peer),
      inThousands(echo),
      ratio(compared, echo),
      optional(quoted),
    ]
  })
  return `Reads over TCP, calls a second (p99 and ratios: ${inThousands(PEER_USERS)} users)\n\n${renderTable(heads, 3, rows)}`
}

export function renderWrites(results: readonly WriteResult[]): string {
  const [disk] = results
  const rows = results.map(({ work, rate }) => [
    work,
    inThousands(rate),
    disk === undefined ? NONE : ratio(rate, disk.rate),
  ])
  return `Durable writes\n\n${renderTable(['work', 'a second', 'ratio to the disk'], 1, rows)}`
}

export function renderSizes(results: readonly SizeResult[]): string {
  const heads = [
    'users',
    'built in, s',
    'file, MB',
    'opened in, ms',
    'opening takes, MB',
    'server idle, MB',
    'after the reads, MB',
    'mapped of the file, MB',
    'READALL, MB',
    'in, s',
    'memory before, peak, after, MB',
    'LIST, MB',
    'first, ms',
    'again, ms',
  ]
  const rows = results.map(({ users, buildSeconds, fileBytes, opening, idle, served, readAll, list }) => [
    inThousands(users),
    buildSeconds.toFixed(1),
    megabytes(fileBytes),
    opening.openMs.toFixed(1),
    megabytes(opening.residentBytes),
    megabytes(idle.own),
    megabytes(served.own),
    megabytes(served.files),
    megabytes(readAll.answered.bytes),
    (readAll.answered.tookMs / US_PER_MS).toFixed(2),
    [readAll.before, readAll.peak, readAll.after].map(megabytes).join(', '),
    megabytes(list.first.bytes),
    list.first.tookMs.toFixed(1),
    list.again.tookMs.toFixed(1),
  ])
  return `What the size of a domain costs\n\n${renderTable(heads, 0, rows)}`
}

interface Aim {
  readonly what: string
  readonly measured: number
  readonly aim: number
  readonly isAtLeast: boolean
  readonly digits: number
}

/** What was asked for, and whether it is there. */
export function renderAims(reads: readonly ReadResult[], sizes: readonly SizeResult[]): string {
  const find = (procedure: ReadProcedure, connections: number, depth: number): ReadResult | undefined =>
    reads.find((each) => each.procedure === procedure && each.connections === connections && each.depth === depth)
  const single = find('LOOKUPREAD', 8, 1)
  const piped = find('LOOKUPREAD', 8, 16)
  const aims: Aim[] = [
    {
      what: 'LOOKUPREAD a second, 8 connections, one at a time',
      measured: single?.rates.get(PEER_USERS) ?? 0,
      aim: 60_000,
      isAtLeast: true,
      digits: 0,
    },
    {
      what: 'LOOKUPREAD a second, 8 connections, 16 deep',
      measured: piped?.rates.get(PEER_USERS) ?? 0,
      aim: 300_000,
      isAtLeast: true,
      digits: 0,
    },
    {
      what: 'p99 of LOOKUPREAD, 8 connections, one at a time, ms',
      measured: (single?.p99Us ?? 0) / US_PER_MS,
      aim: 2,
      isAtLeast: false,
      digits: 2,
    },
    ...flatness(find),
  ]
  const last = sizes.at(-1)
  if (last !== undefined) {
    const { before, peak, answered } = last.readAll
    const what = `READALL of ${inThousands(last.users)} users: what the server's memory grows by, of the answer`
    aims.push({ what, measured: (peak - before) / answered.bytes, aim: READALL_GROWTH, isAtLeast: false, digits: 2 })
  }
  const rows = aims.map(({ what, measured, aim, isAtLeast, digits }) => {
    const number = (value: number): string =>
      value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    const isMet = isAtLeast ? measured >= aim : measured <= aim
    return [what, number(measured), `${isAtLeast ? '≥' : '≤'} ${number(aim)}`, isMet ? 'met' : 'missed']
  })
  return `Aims (${inThousands(PEER_USERS)} users, where nothing else is said)\n\n${renderTable(['', 'measured', 'aim', ''], 1, rows)}`
}

/** The largest domain beside the smallest, at 8 connections. */
function flatness(
  find: (procedure: ReadProcedure, connections: number, depth: number) => ReadResult | undefined,
): readonly Aim[] {
  return PROCEDURES.filter((procedure) => procedure !== 'LIST').flatMap((procedure) =>
    DEPTHS.map((depth) => {
      const entries = [...(find(procedure, 8, depth)?.rates ?? [])]
      const [smallest = [0, 0]] = entries
      const [users, rate] = entries.at(-1) ?? [0, 0]
      const sizes = `${inThousands(users)} users, of that at ${inThousands(smallest[0])}`
      const what = `${procedure} at ${sizes}, 8 connections, ${depthText(depth)}`
      return { what, measured: rate / smallest[1], aim: 0.8, isAtLeast: true, digits: 2 }
    }),
  )
}

function optional(value: number | undefined): string {
  return value === undefined ? NONE : inThousands(value)
}
