/** What a visitor asked to see of the listeners: read from the address, and put back into one. */
import * as v from 'valibot'
import { REACHES } from '../../live/reaches.ts'
import { SORT_COLUMNS, readSpans } from './listener-choice.ts'

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
  /** False where what stands for ports names none. */
  readonly isGood: boolean
}

/** Whatever an address says; what makes no sense asks for nothing. */
export function readQuery(parameters: Readonly<Record<string, string>>): ReadQuery {
  const read = v.safeParse(querySchema, parameters)
  const query = read.success ? read.output : v.parse(querySchema, {})
  return { query, isGood: read.success && readSpans(query.port) !== null }
}

/** The part of an address after `?`; what is as usual is left out. */
export function queryText(query: Partial<ListenerQuery>): string {
  const usual: Readonly<Record<string, string>> = { sort: 'port', order: 'up' }
  const asked = Object.entries(query).filter(([name, value]) => value !== '' && value !== usual[name])
  const text = new URLSearchParams(asked).toString()
  return text === '' ? '' : `?${text}`
}
