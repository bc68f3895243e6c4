/** What a reader sees of a directory: passwords masked, the way to it, its children a page at a time. */
import { ROOT_OBJECT, firstValue, maskProperties } from '../../directory/index.ts'
import type { Domain, Id, JournalEntry, Properties } from '../../directory/index.ts'
import { journalIndexOf } from './journal-index.ts'
import { stepsTo } from './paths.ts'
import type { PathStep } from './paths.ts'

export interface DeskDirectory {
  readonly object: number
  /** A write must name it; it goes up with each change of the directory or of its list of children. */
  readonly instance: number
  /** The domain's revision at which this was read. */
  readonly revision: number
  /** `/users/pia`, as the journal writes it. */
  readonly path: string
  readonly steps: readonly PathStep[]
  /** Null for one without a name, as the root is. */
  readonly name: string | null
  /** Masked. */
  readonly properties: Properties
  /** Null for the root. */
  readonly parent: number | null
  readonly childCount: number
}

export interface ChildRow {
  readonly object: number
  readonly instance: number
  readonly name: string | null
  /** What stands for it in an address, not yet encoded. */
  readonly part: string
  /** Masked. */
  readonly properties: Properties
  readonly childCount: number
}

export interface ChildPage {
  readonly rows: readonly ChildRow[]
  /** How many fit the filter; all, without one. */
  readonly matched: number
  readonly total: number
  /** The place of the first row among those that fit. */
  readonly from: number
}

export interface ChildQuery {
  readonly from?: number
  readonly limit: number
  /** In any letter case, somewhere in one of the names. */
  readonly filter?: string
}

/** Undefined where there is no such directory. */
export function readDirectory(domain: Domain, object: number): DeskDirectory | undefined {
  const found = domain.read(object)
  const steps = stepsTo(domain, object)
  if (found === undefined || steps === undefined) return undefined
  const parent = object === ROOT_OBJECT ? null : (domain.parentOf(object) ?? null)
  return {
    object,
    instance: found.id.instance,
    revision: domain.revision(),
    path: domain.pathOf(object),
    steps,
    name: firstValue(found.properties, 'name') ?? null,
    properties: maskProperties(found.properties),
    parent,
    childCount: domain.childCount(object) ?? 0,
  }
}

/** The names of the children of a directory, as the filter looks through them; kept until the domain changes. */
interface NameTable {
  readonly revision: number
  readonly objects: readonly number[]
  /** All names of each in small letters, a line break between them. */
  readonly names: readonly string[]
}

/** Tables kept: one a reader who pages through a filter. */
const TABLES_MAX = 8
/** Fewer are read as quickly as looked up. */
const KEPT_FROM = 500
const tables = new WeakMap<Domain, Map<number, NameTable>>()

export function listChildren(domain: Domain, object: number, { from = 0, limit, filter = '' }: ChildQuery): ChildPage {
  const needle = filter.toLowerCase()
  const all = domain.childrenOf(object)
  const matching = needle === '' ? all : matchingIn(nameTable(domain, object, all), needle)
  const start = Math.min(Math.max(0, from), Math.max(0, matching.length - 1))
  const rows = matching.slice(start, start + limit).flatMap((child) => readRow(domain, object, child) ?? [])
  return { rows, matched: matching.length, total: all.length, from: start }
}

function matchingIn({ objects, names }: NameTable, needle: string): readonly number[] {
  return objects.filter((_, index) => names[index]?.includes(needle) === true)
}

function nameTable(domain: Domain, object: number, objects: readonly number[]): NameTable {
  const revision = domain.revision()
  const kept = tables.get(domain) ?? new Map<number, NameTable>()
  const found = kept.get(object)
  if (found?.revision === revision) return found
  const names = objects.map((child) =>
    (domain.read(child)?.properties.find(({ name }) => name === 'name')?.values ?? []).join('\n').toLowerCase(),
  )
  const table = { revision, objects, names }
  kept.delete(object)
  if (objects.length >= KEPT_FROM) kept.set(object, table)
  for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - TABLES_MAX))) kept.delete(oldest)
  tables.set(domain, kept)
  return table
}

function readRow(domain: Domain, parent: number, object: number): ChildRow | undefined {
  const found = domain.read(object)
  if (found === undefined) return undefined
  const name = firstValue(found.properties, 'name') ?? null
  const part = stepsTo(domain, object)?.at(-1)?.part ?? `dir:${object}`
  const childCount = domain.parentOf(object) === parent ? (domain.childCount(object) ?? 0) : 0
  const { instance }: Id = found.id
  return { object, instance, name, part, properties: maskProperties(found.properties), childCount }
}

/** What the newest of the journal has of a directory's present life, the newest first. */
export function historyOf(domain: Domain, object: number, limit: number): readonly JournalEntry[] {
  return journalIndexOf(domain).entriesOf(object, limit)
}
