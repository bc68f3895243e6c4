/** Paths inside a domain (protocol.md §7.5), as the tools need them: as steps, or as the number of a directory. */
import { parsePath } from '../../netinfo/index.ts'
import type { PathComponent } from '../../netinfo/index.ts'

export { escapePath as escapeName } from '../../netinfo/index.ts'

export type PathStep = PathComponent

/** The steps of a path from the root; none for `/` and for the number of a directory. */
export function readPath(path: string): readonly PathStep[] {
  const parsed = parsePath(path)
  return parsed.kind === 'components' ? parsed.components : []
}

/**
 * The number of a directory, where the path is one; null where it is not.
 * @throws DirectoryError NODIR for a number that no directory can have
 */
export function objectOf(path: string): number | null {
  const parsed = parsePath(path)
  return parsed.kind === 'object' ? parsed.object : null
}
