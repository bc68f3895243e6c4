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

/** A directory with all below it. */
export function readTree(handle: DomainHandle, object: number): Promise<Tree> {
  return readBelow(handle, object, new Set())
}

async function readBelow(handle: DomainHandle, object: number, above: Set<number>): Promise<Tree> {
  assertNoLoop(object, above)
  above.add(object)
  const { properties } = await handle.read(object)
  const { objects } = await handle.children(object)
  const children: Tree[] = []
  for (const child of objects) children.push(await readBelow(handle, child, above))
  above.delete(object)
  return { properties, children }
}
