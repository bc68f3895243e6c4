/** Who may write (protocol.md §8.3): lists named `_writers`, never inherited; the superuser passes. */
import type { Caller } from './operation.ts'
import { findProperty, valuesOf } from './model.ts'
import type { Properties } from './model.ts'
import { DirectoryError, STATUS } from './status.ts'

const WRITERS = '_writers'
const LOCKED = '_locked'
const ANYONE = '*'

function isListed(properties: Properties, list: string, caller: Caller): boolean {
  const writers = valuesOf(properties, list)
  return writers.includes(ANYONE) || (caller.kind === 'user' && writers.includes(caller.name))
}

/**
 * For what changes a directory as a whole: CREATE and DESTROY (of the parent), WRITE, CREATEPROP, DESTROYPROP, RENAMEPROP.
 * @throws RDONLY where the directory is `_locked`, even for the superuser; PERM
 */
export function requireDirectoryAccess(properties: Properties, caller: Caller): void {
  if (findProperty(properties, LOCKED) !== undefined) throw new DirectoryError(STATUS.RDONLY)
  if (caller.kind !== 'superuser' && !isListed(properties, WRITERS, caller)) throw new DirectoryError(STATUS.PERM)
}

/**
 * For what changes the values of one property: WRITEPROP, CREATENAME, WRITENAME, DESTROYNAME. `_writers_<name>` is enough.
 * @throws RDONLY for WRITEPROP in a directory that is `_locked`; PERM
 */
export function requirePropertyAccess(
  properties: Properties,
  name: string,
  caller: Caller,
  isWholeProperty: boolean,
): void {
  // Line A stops WRITEPROP there, and lets the other three fall through to the property's own list (protocol.md §15.7).
  const isLocked = findProperty(properties, LOCKED) !== undefined
  if (isLocked && isWholeProperty) throw new DirectoryError(STATUS.RDONLY)
  if (caller.kind === 'superuser') return
  if (!isLocked && isListed(properties, WRITERS, caller)) return
  if (!isListed(properties, `${WRITERS}_${name}`, caller))
    throw new DirectoryError(isLocked ? STATUS.RDONLY : STATUS.PERM)
}
