/** Reads many directories: the children of one, or all below it. */
import { STATUS } from '../../directory/index.ts'
import type { Properties, Tree } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import { assertNoLoop } from './edit.ts'
import { isStatus } from './tool-exit.ts'

/** The property lists of all children, in order, in one call where the server allows it. */
export async function readChildren(handle: DomainHandle, object: number): Promise<readonly Properties[]> {
  try {
    return (await handle.listAll(object)).children
  } catch (error) {
    // The oldest servers let only root have all at once (protocol.md §8.4).
    if (!isStatus(error, STATUS.AUTHERROR)) throw error
  }
  const { objects } = await handle.children(object)
  const children: Properties[] = []
  for (const child of objects) children.push((await handle.read(child)).properties)
  return children
}

/** One directory as it is walked over. */
export interface Walked {
  readonly object: number
  readonly properties: Properties
  readonly children: readonly number[]
}

/** Directories asked for at once, on one connection: a walk then waits for the network once for so many. */
const BATCH = 32

export async function readDirectory(handle: DomainHandle, object: number): Promise<Walked> {
  const [{ properties }, { objects }] = await Promise.all([handle.read(object), handle.children(object)])
  return { object, properties, children: objects }
}

/** Directories in the order given. */
export async function* readEach(handle: DomainHandle, objects: readonly number[]): AsyncGenerator<Walked> {
  for (let start = 0; start < objects.length; start += BATCH)
    yield* await Promise.all(objects.slice(start, start + BATCH).map((object) => readDirectory(handle, object)))
}

/** A directory with all below it. */
export async function readTree(handle: DomainHandle, object: number): Promise<Tree> {
  return readBelow(handle, await readDirectory(handle, object), new Set())
}

async function readBelow(handle: DomainHandle, at: Walked, seen: Set<number>): Promise<Tree> {
  assertNoLoop(at.object, seen)
  seen.add(at.object)
  const children: Tree[] = []
  for await (const child of readEach(handle, at.children)) children.push(await readBelow(handle, child, seen))
  return { properties: at.properties, children }
}
