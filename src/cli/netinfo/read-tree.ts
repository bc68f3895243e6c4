/** Reads many directories: the children of one, or all below it. */
import { MODEL_LIMITS, STATUS } from '../../directory/index.ts'
import type { Properties, Tree } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import { assertNoLoop } from './edit.ts'
import { ToolError, exitOfStatus, isStatus } from './tool-exit.ts'

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
  for await (const { properties } of readEach(handle, objects)) children.push(properties)
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

/** Directories in the order given, but for those that someone has destroyed since they were named. */
export async function* readEach(handle: DomainHandle, objects: readonly number[]): AsyncGenerator<Walked> {
  for (let start = 0; start < objects.length; start += BATCH) {
    const batch = objects
      .slice(start, start + BATCH)
      .map((object) => unlessMissing(() => readDirectory(handle, object)))
    for (const found of await Promise.all(batch)) if (found !== null) yield found
  }
}

/** Null where the directory is not there: old and newer servers say it in different words (protocol.md §2.1). */
export async function unlessMissing<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (isStatus(error, STATUS.NODIR) || isStatus(error, STATUS.BADID)) return null
    throw error
  }
}

/**
 * The way of a walk through a domain. That a directory is met again elsewhere need not be damage: it may have been destroyed and
 * its number given away meanwhile. Below itself it cannot be, and more directories than the protocol allows there are not.
 */
export class Way {
  readonly #above = new Set<number>()
  #count = 0

  /** @throws ToolError when the domain is damaged */
  async goInto(object: number, walk: () => Promise<void>): Promise<void> {
    assertNoLoop(object, this.#above)
    this.#count += 1
    if (this.#count > MODEL_LIMITS.ids)
      throw new ToolError(exitOfStatus(STATUS.SERIAL), `there are more than ${MODEL_LIMITS.ids} directories`)
    this.#above.add(object)
    await walk()
    this.#above.delete(object)
  }
}

/** A directory with all below it. */
export async function readTree(handle: DomainHandle, object: number): Promise<Tree> {
  return readBelow(handle, await readDirectory(handle, object), new Way())
}

async function readBelow(handle: DomainHandle, at: Walked, way: Way): Promise<Tree> {
  const children: Tree[] = []
  await way.goInto(at.object, async () => {
    for await (const child of readEach(handle, at.children)) children.push(await readBelow(handle, child, way))
  })
  return { properties: at.properties, children }
}
