/** Bringing trees of text into a domain: what is missing is created, what is there gets the new properties. */
import type { Domain } from './domain.ts'
import type { Tree } from './formats/index.ts'
import { APPEND, firstValue } from './model.ts'
import type { Properties } from './model.ts'
import type { Caller } from './operation.ts'
import { DirectoryError, STATUS } from './status.ts'

/** Creates that are under way at once: they become one batch on disk. */
const CREATES_AT_ONCE = 500

/** What was done to a domain. */
export interface PutCounts {
  readonly created: number
  readonly changed: number
}

/**
 * Puts a tree below a directory. A child is the same when its first name is; its other children stay.
 * @throws DirectoryError
 */
export function putTree(domain: Domain, parent: number, tree: Tree, caller: Caller): Promise<PutCounts> {
  return putTrees(domain, parent, [tree], caller)
}

/** Of several with one first name, as `/services` has them, the first is the first that is there, and so on. */
async function putTrees(domain: Domain, parent: number, trees: readonly Tree[], caller: Caller): Promise<PutCounts> {
  const fresh: Tree[] = []
  const used = new Set<number>()
  let counts = NOTHING
  for (const tree of trees) {
    const name = firstValue(tree.properties, 'name')
    const found = name === undefined ? undefined : findNamed(domain, parent, name, used)
    if (found === undefined) {
      fresh.push(tree)
      continue
    }
    used.add(found)
    const changed = await putProperties(domain, found, tree.properties, caller)
    counts = sum(counts, { created: 0, changed: changed ? 1 : 0 })
    counts = sum(counts, await putTrees(domain, found, tree.children, caller))
  }
  return fresh.length === 0 ? counts : sum(counts, await putNewChildren(domain, parent, fresh, caller))
}

function findNamed(domain: Domain, parent: number, name: string, used: ReadonlySet<number>): number | undefined {
  return domain
    .find(parent, 'name', name)
    .find((object) => !used.has(object) && firstValue(domain.read(object)?.properties ?? [], 'name') === name)
}

/** Replaces a directory's properties unless they are the same; whether they were not. */
async function putProperties(domain: Domain, object: number, properties: Properties, caller: Caller): Promise<boolean> {
  const found = domain.read(object)
  if (found === undefined || isSame(found.properties, properties)) return false
  await domain.write({ kind: 'write', id: found.id, properties }, caller)
  return true
}

async function putNewChildren(
  domain: Domain,
  parent: number,
  trees: readonly Tree[],
  caller: Caller,
): Promise<PutCounts> {
  const objects = await createChildren(
    domain,
    parent,
    trees.map(({ properties }) => properties),
    caller,
  )
  let counts: PutCounts = { created: trees.length, changed: 0 }
  for (const [index, { children }] of trees.entries()) {
    const object = objects[index]
    if (object !== undefined && children.length > 0)
      counts = sum(counts, await putNewChildren(domain, object, children, caller))
  }
  return counts
}

/**
 * Creates children at the end of a directory, in order, many in one batch.
 * @returns their object numbers
 */
export async function createChildren(
  domain: Domain,
  parent: number,
  all: readonly Properties[],
  caller: Caller,
): Promise<readonly number[]> {
  const objects: number[] = []
  for (let start = 0; start < all.length; start += CREATES_AT_ONCE)
    objects.push(...(await createSome(domain, parent, all.slice(start, start + CREATES_AT_ONCE), caller)))
  return objects
}

async function createSome(
  domain: Domain,
  parent: number,
  some: readonly Properties[],
  caller: Caller,
): Promise<readonly number[]> {
  const id = domain.id(parent)
  if (id === undefined) throw new DirectoryError(STATUS.NODIR)
  const create = (properties: Properties, instance: number): Promise<number> =>
    domain
      .write({ kind: 'create', parent: { object: parent, instance }, properties, where: APPEND }, caller)
      .then(({ child }) => child?.object ?? 0)
  // Each create raises the parent's instance by one, so the next one's is known before it is done.
  const tries = await Promise.allSettled(some.map((properties, index) => create(properties, id.instance + index)))
  const objects: number[] = []
  for (const [index, each] of tries.entries()) {
    if (each.status === 'fulfilled') objects.push(each.value)
    else objects.push(await createWhenFresh(domain, parent, some[index] ?? [], caller, each.reason))
  }
  return objects
}

/** Another writer came between: once more, on what there is now. */
async function createWhenFresh(
  domain: Domain,
  parent: number,
  properties: Properties,
  caller: Caller,
  reason: unknown,
): Promise<number> {
  if (!(reason instanceof DirectoryError) || reason.status !== STATUS.STALE) throw reason
  for (;;) {
    const id = domain.id(parent)
    if (id === undefined) throw new DirectoryError(STATUS.NODIR)
    try {
      const { child } = await domain.write({ kind: 'create', parent: id, properties, where: APPEND }, caller)
      return child?.object ?? 0
    } catch (error) {
      if (!(error instanceof DirectoryError) || error.status !== STATUS.STALE) throw error
    }
  }
}

const NOTHING: PutCounts = { created: 0, changed: 0 }

function sum(a: PutCounts, b: PutCounts): PutCounts {
  return { created: a.created + b.created, changed: a.changed + b.changed }
}

function isSame(a: Properties, b: Properties): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
