/** Puts a raw tree into a directory, as niload -r does (tools.md §3.2). */
import type { Id, Tree } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import { createPath, destroyChildren } from './edit.ts'

/** Gives the directory at a path these properties and these children, instead of those it had. The path is made when missing. */
export async function loadTree(
  master: DomainHandle,
  path: string,
  tree: Tree,
  tell: (line: string) => void,
): Promise<void> {
  const id = await master.write(await createPath(master, path), tree.properties)
  tell(`wrote the properties of ${path}`)
  const emptied = await destroyChildren(master, id.object)
  tell(`destroyed what was below ${path}`)
  await createBelow(master, emptied, tree.children)
  tell(`created what is below ${path}`)
}

async function createBelow(master: DomainHandle, parent: Id, trees: readonly Tree[]): Promise<void> {
  let newest = parent
  for (const tree of trees) {
    const created = await master.create(newest, tree.properties)
    newest = created.parent
    await createBelow(master, created.child, tree.children)
  }
}
