/**
 * Taking back an entry of the journal: the write that makes it as it was, or the reason why there is none.
 *
 * The journal keeps, of each property that changed, the values that went and those that came (directory/journal.ts). An entry can
 * be taken back as long as what came still stands where it was put, whatever else has changed since. What it does not keep is
 * lost: the place of a property or a directory among the others (both come back at the end), its number, and passwords.
 */
import { APPEND, SECRET_NAME, maskProperties } from '../../directory/index.ts'
import type { Caller, Domain, Id, JournalEntry, Properties, Property, PropertyChange } from '../../directory/index.ts'
import type { ServedDomain } from '../live/served-domains.ts'
import { isSameProperties, requireMaster } from './desk.ts'
import { DeskError } from './failure.ts'
import type { UndoRefusal } from './failure.ts'
import { explaining, isStale } from './outcome.ts'
import { journalIndexOf } from './journal-index.ts'
import type { JournalIndex } from './journal-index.ts'
import { childrenNamed, readJournalPath } from './paths.ts'

export type UndoPlan =
  | { readonly kind: 'destroy'; readonly object: number }
  | {
      readonly kind: 'create'
      readonly parent: number
      readonly properties: Properties
      /** Its password comes back as `*`, which lets nobody in. */
      readonly losesSecret: boolean
    }
  | { readonly kind: 'write'; readonly id: Id; readonly properties: Properties }

export interface UndoRefused {
  readonly kind: 'refused'
  readonly reason: UndoRefusal
  /** The later change that stands in the way, where one is known. */
  readonly by: JournalEntry | null
}

const TRIES_MAX = 5
const BY_NUMBER = /^dir:(\d{1,10})$/

/** Says of entries how they can be taken back, as things are when it is made. */
export class UndoDesk {
  readonly #domain: Domain
  readonly #index: JournalIndex

  constructor(domain: Domain) {
    this.#domain = domain
    this.#index = journalIndexOf(domain)
  }

  /** How an entry would be taken back now. */
  plan(entry: JournalEntry): UndoPlan | UndoRefused {
    if (entry.kind === 'replaceAll' || entry.revision <= this.#index.replacedAt) return refused('replaced')
    if (entry.revision <= this.#index.oldest) return refused('tooOld')
    if (entry.kind === 'destroy') return this.#planCreate(entry)
    const object = this.#objectOf(entry)
    if (typeof object !== 'number') return object
    return entry.kind === 'create' ? this.#planDestroy(entry, object) : this.#planWrite(entry, object)
  }

  /** The directory that an entry is about: by its number, or, where it went and came back, by its path. */
  #objectOf({ object, revision, path }: JournalEntry): number | UndoRefused {
    if (this.#index.endOf(object) <= revision && this.#domain.id(object) !== undefined) return object
    return this.#resolve(readJournalPath(path))
  }

  #resolve(names: readonly string[]): number | UndoRefused {
    let object = 0
    for (const name of names) {
      const found = childrenNamed(this.#domain, object, name)
      if (found.length > 1) return refused('ambiguous')
      const next = found[0] ?? this.#byNumber(object, name)
      if (next === undefined) return refused('gone')
      object = next
    }
    return object
  }

  #byNumber(parent: number, part: string): number | undefined {
    const object = Number(BY_NUMBER.exec(part)?.[1] ?? 0)
    return object !== 0 && this.#domain.parentOf(object) === parent ? object : undefined
  }

  #planCreate({ path, changes }: JournalEntry): UndoPlan | UndoRefused {
    const parent = this.#resolve(readJournalPath(path).slice(0, -1))
    if (typeof parent !== 'number') return parent
    const properties = changes.map(({ name, before }) => ({ name, values: before ?? [] }))
    const twins = nameIn(properties) === undefined ? this.#domain.childrenOf(parent) : this.#twinsOf(parent, properties)
    if (twins.some((each) => isSameProperties(this.#masked(each), properties))) return refused('isThere')
    const losesSecret = properties.some(({ name, values }) => name === SECRET_NAME && values.length > 0)
    return { kind: 'create', parent, properties, losesSecret }
  }

  #twinsOf(parent: number, properties: Properties): readonly number[] {
    return childrenNamed(this.#domain, parent, nameIn(properties) ?? '')
  }

  #masked(object: number): Properties {
    return maskProperties(this.#domain.read(object)?.properties ?? [])
  }

  #planDestroy({ changes }: JournalEntry, object: number): UndoPlan | UndoRefused {
    if ((this.#domain.childCount(object) ?? 0) > 0) return refused('hasChildren')
    const made = maskProperties(changes.map(({ name, after }) => ({ name, values: after ?? [] })))
    if (!isSameProperties(sorted(this.#masked(object)), sorted(made))) return this.#changed(object)
    return { kind: 'destroy', object }
  }

  #planWrite(entry: JournalEntry, object: number): UndoPlan | UndoRefused {
    const found = this.#domain.read(object)
    if (found === undefined) return refused('gone')
    if (entry.changes.some(({ name }) => name === SECRET_NAME)) return refused('secret')
    if (entry.changes.length === 0) return this.#changed(object)
    const properties = takeBack(found.properties, entry)
    if (properties === 'ambiguous') return refused('ambiguous')
    if (properties === 'changedSince') return this.#changed(object)
    return { kind: 'write', id: found.id, properties }
  }

  #changed(object: number): UndoRefused {
    return { kind: 'refused', reason: 'changedSince', by: this.#index.newestOf(object) }
  }
}

function refused(reason: UndoRefusal): UndoRefused {
  return { kind: 'refused', reason, by: null }
}

function nameIn(properties: Properties): string | undefined {
  return properties.find(({ name }) => name === 'name')?.values[0]
}

/** In the order of their names: an undo puts properties back at the end. */
function sorted(properties: Properties): Properties {
  return properties.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

type Fault = 'ambiguous' | 'changedSince'

function takeBack(now: Properties, { kind, changes }: JournalEntry): Properties | Fault {
  const [old, renamed] = changes
  if (kind === 'renameProperty' && old?.after === null && renamed?.before === null && changes.length === 2) {
    const index = placeOf(now, renamed)
    return typeof index === 'number' ? now.with(index, { name: old.name, values: now[index]?.values ?? [] }) : index
  }
  let properties = now
  for (const change of changes) {
    const next = takeBackOne(properties, change)
    if (typeof next === 'string') return next
    properties = next
  }
  return properties
}

function takeBackOne(now: Properties, change: PropertyChange): Properties | Fault {
  const { name, at, before, after } = change
  if (after === null) {
    if (before === null) return now
    return now.some((property) => property.name === name) ? 'changedSince' : [...now, { name, values: before }]
  }
  const index = placeOf(now, change)
  if (typeof index !== 'number') return index
  if (before === null) return now.toSpliced(index, 1)
  const values = now[index]?.values ?? []
  return now.with(index, { name, values: values.toSpliced(at, after.length, ...before) })
}

/** Where the property is that still has what the change put there. */
function placeOf(now: Properties, change: PropertyChange): number | Fault {
  const places = [...now.keys()].filter((index) => stands(now[index], change))
  const [first, second] = places
  if (first === undefined) return 'changedSince'
  return second === undefined ? first : 'ambiguous'
}

function stands(property: Property | undefined, { name, at, before, after }: PropertyChange): boolean {
  if (property?.name !== name || after === null) return false
  if (before === null && property.values.length !== after.length) return false
  return (
    property.values.length >= at + after.length && after.every((value, index) => property.values[at + index] === value)
  )
}

export interface Undone {
  /** The directory that came back, or was changed; null when it went. */
  readonly object: number | null
  readonly revision: number
}

/**
 * Takes back the entry of a revision.
 * @param acceptsLostSecret whether a directory may come back without its password
 * @throws DeskError
 */
export async function undoEntry(
  served: ServedDomain,
  revision: number,
  acceptsLostSecret: boolean,
  caller: Caller,
): Promise<Undone> {
  const domain = requireMaster(served)
  const entry = domain.entryAt(revision)
  if (entry === undefined) throw new DeskError({ kind: 'undo', reason: 'tooOld', by: null })
  return explaining(entry.path, async () => {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const plan = new UndoDesk(domain).plan(entry)
      if (plan.kind === 'refused') throw new DeskError({ ...plan, kind: 'undo' })
      if (plan.kind === 'create' && plan.losesSecret && !acceptsLostSecret)
        throw new DeskError({ kind: 'undo', reason: 'secret', by: null })
      try {
        return await carryOut(domain, plan, caller)
      } catch (error) {
        // Another was quicker: whether it can be taken back is to be seen anew.
        if (!isStale(error)) throw error
      }
    }
    throw new DeskError({ kind: 'busy' })
  })
}

async function carryOut(domain: Domain, plan: UndoPlan, caller: Caller): Promise<Undone> {
  if (plan.kind === 'write') {
    const { id, revision } = await domain.write({ kind: 'write', id: plan.id, properties: plan.properties }, caller)
    return { object: id.object, revision }
  }
  if (plan.kind === 'create') {
    const parent = requireId(domain, plan.parent)
    const operation = { kind: 'create', parent, properties: plan.properties, where: APPEND } as const
    const { child, revision } = await domain.write(operation, caller)
    return { object: child?.object ?? null, revision }
  }
  const child = requireId(domain, plan.object)
  const parent = requireId(domain, domain.parentOf(plan.object) ?? 0)
  const { revision } = await domain.write({ kind: 'destroy', parent, child }, caller)
  return { object: null, revision }
}

function requireId(domain: Domain, object: number): Id {
  const id = domain.id(object)
  if (id === undefined) throw new DeskError({ kind: 'undo', reason: 'gone', by: null })
  return id
}
