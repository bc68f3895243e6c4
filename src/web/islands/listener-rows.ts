/** The rows of the live table: what there is, what of it is asked for, and in which order. */
import { toLatinDigits } from '../i18n/digits.ts'

/** As the server sends it (pages/listeners/listener-rows.ts). */
export interface Row {
  readonly id: string
  readonly port: number
  readonly transport: string
  readonly address: string
  readonly service: string
  readonly process: string | null
  readonly pid: number | null
  readonly command: string | null
  readonly user: string | null
  readonly startedMs: number | null
  readonly reach: string
  readonly isDeclared: boolean
  readonly connections: number
}

export interface Wish {
  readonly port: string
  readonly text: string
  readonly user: string
  readonly transport: string
  readonly reach: string
  readonly sort: string
  readonly order: string
}

const REACHES = ['everywhere', 'network', 'namespace', 'machine']
const LAST = '\uffff'

const KEYS: Readonly<Record<string, (row: Row) => string | number>> = {
  port: ({ port }) => port,
  address: ({ address }) => address,
  service: ({ service }) => (service === '' ? LAST : service.toLowerCase()),
  process: ({ process }) => process?.toLowerCase() ?? LAST,
  user: ({ user }) => user ?? LAST,
  since: ({ startedMs }) => startedMs ?? Infinity,
  reach: ({ reach }) => REACHES.indexOf(reach),
  connections: ({ connections }) => -connections,
}

/** The rows that are asked for, in order; equal ones in the order of their ports. */
export function choose(rows: Iterable<Row>, wish: Wish): readonly Row[] {
  const isAsked = testOf(wish)
  const keyOf = KEYS[wish.sort] ?? (({ port }: Row) => port)
  const sign = wish.order === 'down' ? -1 : 1
  return [...rows]
    .filter(isAsked)
    .map((row) => ({ row, key: keyOf(row) }))
    .toSorted((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.row.port - b.row.port))
    .map(({ row }) => row)
}

function testOf({ port, text, user, transport, reach }: Wish): (row: Row) => boolean {
  const spans = toLatinDigits(port)
    .split(',')
    .map((word) => /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(word))
    .flatMap((match) => (match === null ? [] : [[Number(match[1]), Number(match[2] ?? match[1])] as const]))
  const wanted = text.trim().toLowerCase()
  const has = (value: string | null): boolean => value !== null && value.toLowerCase().includes(wanted)
  return (row) =>
    (port.trim() === '' || spans.some(([first, last]) => first <= row.port && row.port <= last)) &&
    (wanted === '' || has(row.process) || has(row.command) || has(row.service) || String(row.pid) === wanted) &&
    (user.trim() === '' || row.user === user.trim()) &&
    (transport === '' || row.transport === transport) &&
    (reach === '' || row.reach === reach)
}

/** Checks what came, as far as the table relies on it. */
export function isRow(value: unknown): value is Row {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'port' in value &&
    typeof value.port === 'number' &&
    'connections' in value &&
    typeof value.connections === 'number'
  )
}
