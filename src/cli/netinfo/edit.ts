/** Changes to directories that take more than one call of the protocol. */
import { STATUS } from '../../directory/index.ts'
import type { Id, Properties } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import { objectOf, readPath } from './paths.ts'
import type { PathStep } from './paths.ts'
import { ToolError, exitOfStatus, isStatus } from './tool-exit.ts'

/** A directory with its properties as they were at one moment: a write by this id fails when another came between. */
export interface Snapshot {
  readonly id: Id
  readonly properties: Properties
}

export async function readAt(handle: DomainHandle, path: string): Promise<Snapshot> {
  const { object } = await handle.resolve(path)
  return handle.read(object)
}

/** The children that a step leads to, none where there is none, and the directory's newest id. */
export async function findChildren(
  handle: DomainHandle,
  parent: Id,
  { key, value }: PathStep,
): Promise<{ readonly objects: readonly number[]; readonly id: Id }> {
  try {
    return await handle.lookup(parent.object, key, value)
  } catch (error) {
    if (isStatus(error, STATUS.NODIR)) return { objects: [], id: parent }
    throw error
  }
}

/** The first child that a step leads to; null where there is none. */
export async function findChild(handle: DomainHandle, object: number, step: PathStep): Promise<number | null> {
  const { objects } = await findChildren(handle, { object, instance: 0 }, step)
  return objects[0] ?? null
}

/**
 * The directory at a path, which is created when it is missing, with all that is missing above it. A step `key=value` makes a
 * directory with that property instead of a name.
 */
export async function createPath(handle: DomainHandle, path: string): Promise<Id> {
  const object = objectOf(path)
  if (object !== null) return handle.self(object)
  let at = await handle.root()
  for (const step of readPath(path)) {
    const child = await findChild(handle, at.object, step)
    if (child !== null) at = await handle.self(child)
    else ({ child: at } = await handle.create(at, [{ name: step.key, values: [step.value] }]))
  }
  return at
}

/** Destroys a directory and all below it, children first. */
export async function destroyTree(handle: DomainHandle, object: number): Promise<void> {
  if (object === 0) throw new ToolError(exitOfStatus(STATUS.UNRELATED), 'the root directory cannot be destroyed')
  const { parent } = await handle.parent(object)
  const parentId = await handle.self(parent)
  await destroyChild(handle, parentId, object, new Set([parent]))
}

/** Destroys all below a directory. @returns its id after that */
export async function destroyChildren(handle: DomainHandle, object: number): Promise<Id> {
  return emptyDirectory(handle, object, new Set())
}

async function destroyChild(handle: DomainHandle, parent: Id, object: number, above: Set<number>): Promise<Id> {
  const id = await emptyDirectory(handle, object, above)
  return handle.destroy(parent, id)
}

async function emptyDirectory(handle: DomainHandle, object: number, above: Set<number>): Promise<Id> {
  assertNoLoop(object, above)
  const { objects, id } = await handle.children(object)
  above.add(object)
  let own = id
  for (const child of objects) own = await destroyChild(handle, own, child, above)
  above.delete(object)
  return own
}

/** A tree that its server has damaged would be walked for ever. */
export function assertNoLoop(object: number, above: ReadonlySet<number>): void {
  if (above.has(object))
    throw new ToolError(exitOfStatus(STATUS.SERIAL), `directory ${object} is below itself: the domain is damaged`)
}
