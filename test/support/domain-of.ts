/** A domain in a store of its own, filled from a short description. */
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { APPEND, Domain } from '../../src/directory/index.ts'
import type { Caller, Id } from '../../src/directory/index.ts'
import { LmdbStore } from '../../src/store/index.ts'
import { atEnd } from './at-end.ts'
import { tempFolder } from './temp-folder.ts'

/** A directory: `at` are its children; every other key is a property with one value or several. */
export interface Plan {
  readonly at?: readonly Plan[]
  readonly [property: string]: string | readonly string[] | readonly Plan[] | undefined
}

export const ROOT_CALLER: Caller = { kind: 'superuser', name: 'root', from: 'test' }

export async function domainOf(context: Pick<TestContext, 'after'>, tag: string, plan: Plan): Promise<Domain> {
  const store = LmdbStore.open(join(tempFolder(context), 'domain.mdb'))
  const domain = await Domain.open(store, { tag })
  atEnd(context, () => domain.close())
  await domain.write({ kind: 'write', id: idOf(domain, 0), properties: propertiesOf(plan) }, ROOT_CALLER)
  await fill(domain, 0, plan)
  return domain
}

/** Adds a directory with all below it. */
export async function addTo(domain: Domain, parent: number, plan: Plan): Promise<Id> {
  const operation = {
    kind: 'create',
    parent: idOf(domain, parent),
    properties: propertiesOf(plan),
    where: APPEND,
  } as const
  const { child } = await domain.write(operation, ROOT_CALLER)
  if (child === undefined) throw new Error('nothing was created')
  await fill(domain, child.object, plan)
  return child
}

/** The newest id of a directory. */
export function idOf(domain: Domain, object: number): Id {
  const id = domain.id(object)
  if (id === undefined) throw new Error(`there is no directory ${object}`)
  return id
}

/** The directory at a path of names; an error where there is none. */
export function objectAt(domain: Domain, ...names: readonly string[]): number {
  const object = domain.findPath(names.map((name) => ['name', name] as const))
  if (object === undefined) throw new Error(`there is no /${names.join('/')}`)
  return object
}

/** Overwrites the first property of a name, or adds it. */
export async function setProperty(domain: Domain, object: number, name: string, ...values: string[]): Promise<void> {
  const index = domain.read(object)?.properties.findIndex((property) => property.name === name) ?? -1
  const id = idOf(domain, object)
  if (index >= 0) await domain.write({ kind: 'writeProperty', id, index, values }, ROOT_CALLER)
  else await domain.write({ kind: 'createProperty', id, property: { name, values }, where: APPEND }, ROOT_CALLER)
}

async function fill(domain: Domain, parent: number, plan: Plan): Promise<void> {
  for (const child of plan.at ?? []) await addTo(domain, parent, child)
}

function propertiesOf(plan: Plan): { name: string; values: string[] }[] {
  return Object.entries(plan).flatMap(([name, value]) => {
    if (name === 'at' || value === undefined) return []
    const values = typeof value === 'string' ? [value] : value.filter((each) => typeof each === 'string')
    return [{ name, values }]
  })
}
