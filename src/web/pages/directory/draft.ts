/**
 * A directory as it stands in a form: a row for each property, its values as text. What was typed stays what was typed, until it
 * is saved; so a form can come back with a word about what is wrong, or with one row more.
 */
import * as v from 'valibot'
import { MASK, SECRET_NAME, findProperty, hashPassword } from '../../../directory/index.ts'
import type { DirectoryDescription, Properties, Property } from '../../../directory/index.ts'
import { PASSWORD_CHARS_MIN } from '../../auth/set-password.ts'
import { PASSWORD_CHARS_MAX } from '../../auth/sign-in.ts'
import { formatValue, formatValues, parseValue, parseValues } from '../../directory/values-text.ts'

export interface DraftRow {
  /** Described rows have a label and stay; free ones have a name that can be changed; the secret one is the password. */
  readonly kind: 'described' | 'free' | 'secret'
  readonly name: string
  readonly text: string
}

export const PASSWORD_CHOICES = ['keep', 'set', 'lock'] as const
export type PasswordChoice = (typeof PASSWORD_CHOICES)[number]

export interface Draft {
  readonly rows: readonly DraftRow[]
  readonly password: PasswordChoice
  /** Never put back into a form. */
  readonly newPassword: string
}

/** What was there when the form was made. */
export interface Base {
  readonly object: number
  readonly instance: number
  readonly revision: number
  /** Masked. */
  readonly properties: Properties
}

export type DraftProblem =
  | { readonly kind: 'noName' | 'passwordLong' | 'passwordShort' }
  | { readonly kind: 'rowName'; readonly row: number }
  | { readonly kind: 'required'; readonly name: string }

/** Lets nobody in (shadow(5)); a mask would stand for the password that is there. */
export const LOCKED = '!'
const ROW = /^([nvk])\.(\d{1,5})$/
const NO_ROWS = { n: '', v: '', k: 'free' }

/** The rows of an entry: its properties in their order, then what is described and missing, then an empty one. */
export function draftOf(properties: Properties, description: DirectoryDescription | undefined, isNew: boolean): Draft {
  const described = new Set((description?.properties ?? []).map(({ name }) => name))
  const seen = new Set<string>()
  const own = properties.map((property): DraftRow => {
    const isFirst = !seen.has(property.name)
    seen.add(property.name)
    return rowOf(property, isFirst && described.has(property.name), isFirst && property.name === SECRET_NAME)
  })
  const missing = [...described]
    .filter((name) => !seen.has(name))
    .map((name) => rowOf({ name, values: [] }, true, name === SECRET_NAME))
  const hasSecret = seen.has(SECRET_NAME)
  return {
    rows: [...own, ...missing, { kind: 'free', name: '', text: '' }],
    password: isNew && !hasSecret ? 'lock' : 'keep',
    newPassword: '',
  }
}

/** The rows of single properties, for who may write no more: they can neither be renamed nor removed, nor others be added. */
export function draftOfValues(properties: Properties, names: ReadonlySet<string>): Draft {
  const seen = new Set<string>()
  const rows = properties.flatMap((property) => {
    const { name } = property
    if (!names.has(name) || seen.has(name)) return []
    seen.add(name)
    return [rowOf(property, true, name === SECRET_NAME)]
  })
  return { rows, password: 'keep', newPassword: '' }
}

/** A list with the values of single properties taken from another; what that one lacks has no values then. */
export function withValuesOf(before: Properties, changed: Properties, names: ReadonlySet<string>): Properties {
  const seen = new Set<string>()
  return before.map((property) => {
    const { name } = property
    if (!names.has(name) || seen.has(name)) return property
    seen.add(name)
    return findProperty(changed, name) ?? { name, values: [] }
  })
}

function rowOf({ name, values }: Property, isDescribed: boolean, isSecret: boolean): DraftRow {
  if (isSecret) return { kind: 'secret', name, text: '' }
  // niload makes one empty value of an empty field: in a field with a label that is nothing.
  const isBlank = isDescribed && values.every((value) => value === '')
  return {
    kind: isDescribed ? 'described' : 'free',
    name: isDescribed ? name : formatValue(name),
    text: isBlank ? '' : formatValues(values),
  }
}

const choiceSchema = v.fallback(v.picklist(PASSWORD_CHOICES), 'keep')
const kindSchema = v.fallback(v.picklist(['described', 'free', 'secret']), 'free')
const baseSchema = v.object({
  object: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_fffe)),
  instance: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff)),
  revision: v.pipe(v.number(), v.integer(), v.minValue(0)),
  properties: v.array(v.object({ name: v.string(), values: v.array(v.string()) })),
})

/** The texts of a form by their names; files are passed over, and of a name that comes twice the last counts. */
export type Fields = ReadonlyMap<string, string>

export function readDraft(fields: Fields): Draft {
  const rows = new Map<number, { n: string; v: string; k: string }>()
  for (const [key, value] of fields) {
    const [, part, digits] = ROW.exec(key) ?? []
    if (part !== 'n' && part !== 'v' && part !== 'k') continue
    const row = rows.get(Number(digits)) ?? { ...NO_ROWS }
    row[part] = value
    rows.set(Number(digits), row)
  }
  const inOrder = [...rows].toSorted(([a], [b]) => a - b)
  return {
    rows: inOrder.map(([, row]) => ({ kind: v.parse(kindSchema, row.k), name: row.n, text: row.v })),
    password: v.parse(choiceSchema, fields.get('password')),
    newPassword: fields.get('newPassword') ?? '',
  }
}

/** What a form says was there; null where it is not whole. */
export function readBase(text: string | undefined): Base | null {
  try {
    const result = v.safeParse(baseSchema, JSON.parse(text ?? ''))
    return result.success ? result.output : null
  } catch {
    return null
  }
}

export function formatBase({ object, instance, revision, properties }: Base): string {
  return JSON.stringify({ object, instance, revision, properties })
}

/** A row added, removed or moved, as the buttons of a form without JavaScript ask: `add`, `remove-3`, `up-3`, `down-3`. */
export function changeRows(draft: Draft, action: string): Draft {
  const [, verb = '', digits = ''] = /^(add|remove|up|down)(?:-(\d{1,5}))?$/.exec(action) ?? []
  const index = Number(digits)
  const { rows } = draft
  const row = rows[index]
  if (verb === 'add') return { ...draft, rows: [...rows, { kind: 'free', name: '', text: '' }] }
  if (digits === '' || row === undefined) return draft
  if (verb === 'remove') return { ...draft, rows: rows.toSpliced(index, 1) }
  const other = verb === 'up' ? index - 1 : index + 1
  const neighbour = rows[other]
  return neighbour === undefined ? draft : { ...draft, rows: rows.with(index, neighbour).with(other, row) }
}

/** The properties that a draft means, or what is wrong with it. A password that is kept is a mask. */
export async function propertiesOf(
  draft: Draft,
  before: Properties,
  required: readonly string[],
): Promise<{ readonly properties: Properties } | { readonly problem: DraftProblem }> {
  const problem = problemOf(draft, required)
  if (problem !== null) return { problem }
  const secret = await secretOf(draft, before)
  const properties = draft.rows.flatMap((row): readonly Property[] => {
    if (row.kind === 'secret') return secret
    return row.kind === 'described' ? describedProperty(row, before) : freeProperty(row)
  })
  return { properties }
}

function problemOf({ rows, password, newPassword }: Draft, required: readonly string[]): DraftProblem | null {
  const nameless = rows.findIndex((row) => row.kind === 'free' && row.name === '' && parseValues(row.text).length > 0)
  if (nameless !== -1) return { kind: 'rowName', row: nameless + 1 }
  if (password === 'set' && newPassword.length < PASSWORD_CHARS_MIN) return { kind: 'passwordShort' }
  if (newPassword.length > PASSWORD_CHARS_MAX) return { kind: 'passwordLong' }
  const missing = required.find((name) => rows.every((row) => row.name !== name || parseValues(row.text).length === 0))
  if (missing === undefined) return null
  return missing === 'name' ? { kind: 'noName' } : { kind: 'required', name: missing }
}

async function secretOf({ password, newPassword }: Draft, before: Properties): Promise<readonly Property[]> {
  const old = findProperty(before, SECRET_NAME)
  if (password === 'set') return [{ name: SECRET_NAME, values: [await hashPassword(newPassword)] }]
  if (password === 'lock') return [{ name: SECRET_NAME, values: [old === undefined ? MASK : LOCKED] }]
  return old === undefined ? [] : [old]
}

function describedProperty({ name, text }: DraftRow, before: Properties): readonly Property[] {
  const old = findProperty(before, name)
  const values = parseValues(text)
  if (values.length > 0) return [{ name, values }]
  return old?.values.length === 1 && old.values[0] === '' ? [old] : []
}

function freeProperty({ name, text }: DraftRow): readonly Property[] {
  return name === '' ? [] : [{ name: parseValue(name), values: parseValues(text) }]
}
