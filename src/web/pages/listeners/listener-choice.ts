/** Which listeners a visitor asked to see, and in which order: the page and its island choose alike, so it has nothing of Node. */
import { toLatinDigits } from '../../i18n/digits.ts'
import { REACHES } from '../../live/reaches.ts'
import type { ListenerRow } from './listener-form.ts'

export const SORT_COLUMNS = ['port', 'address', 'service', 'process', 'user', 'since', 'reach', 'connections'] as const
export type SortColumn = (typeof SORT_COLUMNS)[number]

/** The fields of the form; empty for what is not asked. */
export interface ListenerWish {
  readonly port: string
  readonly text: string
  readonly user: string
  readonly transport: string
  readonly reach: string
  readonly sort: SortColumn
  readonly order: 'up' | 'down'
}

type Span = readonly [first: number, last: number]

const PORT_MAX = 65_535
/** Sorts after all names. */
const LAST = '\uffff'

const KEYS: Readonly<Record<SortColumn, (row: ListenerRow) => string | number>> = {
  port: ({ port }) => port,
  address: ({ address }) => address,
  service: ({ service }) => (service === '' ? LAST : service.toLowerCase()),
  process: ({ process }) => process?.toLowerCase() ?? LAST,
  user: ({ user }) => user ?? LAST,
  since: ({ startedMs }) => startedMs ?? Infinity,
  reach: ({ reach }) => REACHES.indexOf(reach),
  connections: ({ connections }) => -connections,
}

/** Ports and ranges between commas, in any digits: `22, 6000-6063`; null for what names none. */
export function readSpans(text: string): readonly Span[] | null {
  const spans = text
    .split(',')
    .filter((word) => word.trim() !== '')
    .map((word) => readOne(toLatinDigits(word.trim())))
  return spans.includes(null) ? null : spans.filter((span) => span !== null)
}

function readOne(word: string): Span | null {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(word)
  if (match === null) return null
  const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])]
  return first <= last && last <= PORT_MAX ? [first, last] : null
}

/** The rows that are asked for, in order; equal ones in the order of their ports. None where what stands for ports names none. */
export function chooseRows(rows: Iterable<ListenerRow>, wish: ListenerWish): readonly ListenerRow[] {
  const keyOf = KEYS[wish.sort]
  const sign = wish.order === 'down' ? -1 : 1
  return [...rows]
    .filter(makeTest(wish))
    .map((row) => ({ row, key: keyOf(row) }))
    .toSorted((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.row.port - b.row.port))
    .map(({ row }) => row)
}

function makeTest({ port, text, user, transport, reach }: ListenerWish): (row: ListenerRow) => boolean {
  const spans = readSpans(port)
  if (spans === null) return () => false
  const wanted = text.trim().toLowerCase()
  const name = user.trim()
  const has = (value: string | null): boolean => value !== null && value.toLowerCase().includes(wanted)
  return (row) =>
    (spans.length === 0 || spans.some(([first, last]) => first <= row.port && row.port <= last)) &&
    (wanted === '' || has(row.process) || has(row.command) || has(row.service) || String(row.pid) === wanted) &&
    (name === '' || row.user === name) &&
    (transport === '' || row.transport === transport) &&
    (reach === '' || row.reach === reach)
}
