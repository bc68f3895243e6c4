/** What a visitor asked to see of the listeners, and in which order: read from the address, and put back into one. */
import * as v from 'valibot'
import { readSpan } from '../../../registry/index.ts'
import type { PortSpan } from '../../../registry/index.ts'
import { toLatinDigits } from '../../i18n/digits.ts'
import type { ListenerRow } from './listener-rows.ts'

export const SORT_COLUMNS = ['port', 'address', 'service', 'process', 'user', 'since', 'reach', 'connections'] as const
export type SortColumn = (typeof SORT_COLUMNS)[number]

export const REACHES = ['everywhere', 'network', 'namespace', 'machine'] as const

const TEXT_CHARS_MAX = 100
const words = v.optional(v.pipe(v.string(), v.trim(), v.maxLength(TEXT_CHARS_MAX)), '')

const querySchema = v.object({
  port: words,
  text: words,
  user: words,
  transport: v.optional(v.fallback(v.picklist(['', 'tcp', 'udp']), ''), ''),
  reach: v.optional(v.fallback(v.picklist(['', ...REACHES]), ''), ''),
  sort: v.optional(v.fallback(v.picklist(SORT_COLUMNS), 'port'), 'port'),
  order: v.optional(v.fallback(v.picklist(['up', 'down']), 'up'), 'up'),
})

export type ListenerQuery = v.InferOutput<typeof querySchema>

export interface ReadQuery {
  readonly query: ListenerQuery
  readonly spans: readonly PortSpan[]
  /** False where what stands for ports names none. */
  readonly isGood: boolean
}

/** Whatever an address says; what makes no sense asks for nothing. */
export function readQuery(parameters: Readonly<Record<string, string>>): ReadQuery {
  const read = v.safeParse(querySchema, parameters)
  const query = read.success ? read.output : v.parse(querySchema, {})
  const named = query.port.split(',').filter((word) => word.trim() !== '')
  const spans = named.map((word) => readSpan(toLatinDigits(word.trim())))
  return { query, spans: spans.filter((span) => span !== null), isGood: read.success && !spans.includes(null) }
}

export function isAsked({ query, spans, isGood }: ReadQuery, row: ListenerRow): boolean {
  const wanted = query.text.toLowerCase()
  const has = (value: string | null): boolean => value !== null && value.toLowerCase().includes(wanted)
  return (
    isGood &&
    (spans.length === 0 || spans.some(({ first, last }) => first <= row.port && row.port <= last)) &&
    (wanted === '' || has(row.process) || has(row.command) || has(row.service) || String(row.pid) === wanted) &&
    (query.user === '' || row.user === query.user) &&
    (query.transport === '' || row.transport === query.transport) &&
    (query.reach === '' || row.reach === query.reach)
  )
}

const KEYS: Readonly<Record<SortColumn, (row: ListenerRow) => string | number>> = {
  port: ({ port }) => port,
  address: ({ address }) => address,
  service: ({ service }) => (service === '' ? '\uffff' : service.toLowerCase()),
  process: ({ process }) => process?.toLowerCase() ?? '\uffff',
  user: ({ user }) => user ?? '\uffff',
  since: ({ startedMs }) => startedMs ?? Infinity,
  reach: ({ reach }) => REACHES.indexOf(reach),
  connections: ({ connections }) => -connections,
}

/** Equal ones stay in the order of their ports. */
export function sortRows(rows: readonly ListenerRow[], { sort, order }: ListenerQuery): readonly ListenerRow[] {
  const keyOf = KEYS[sort]
  const sign = order === 'up' ? 1 : -1
  return rows
    .map((row) => ({ row, key: keyOf(row) }))
    .toSorted((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.row.port - b.row.port))
    .map(({ row }) => row)
}

/** The part of an address after `?`; what is as usual is left out. */
export function queryText(query: Partial<ListenerQuery>): string {
  const usual: Readonly<Record<string, string>> = { sort: 'port', order: 'up' }
  const asked = Object.entries(query).filter(([name, value]) => value !== '' && value !== usual[name])
  const text = new URLSearchParams(asked).toString()
  return text === '' ? '' : `?${text}`
}
