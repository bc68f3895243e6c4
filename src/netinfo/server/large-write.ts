/**
 * What a large write must pass before its strings are read: a hundred thousand of them take others' time, also where the write
 * is refused in the end.
 *
 * Garbage is told first, as of every call (protocol.md §12): the arguments are gone through without their strings. Only then
 * its sender is authenticated, and asked for the right to write there.
 */
import { XdrReader } from '../../core/index.ts'
import { DirectoryError, STATUS, requireDirectoryAccess, requirePropertyAccess } from '../../directory/index.ts'
import type { Caller, Domain, WriteKind, WriteOperation } from '../../directory/index.ts'
import { decodeWrite } from '../codec-write.ts'

/** Smaller arguments are decoded at once, in 2 ms at most; nothing but lists of values can be larger. */
const LARGE_BYTES = 128 * 1024

/** Sees that strings are whole, and makes none of them. */
class StringSkipper extends XdrReader {
  override text(place: string, maxBytes: number): string {
    this.skipOpaque(place, maxBytes)
    return ''
  }
}

export function isLargeWrite(args: XdrReader): boolean {
  return args.left > LARGE_BYTES
}

/**
 * The operation with empty strings; the reader stays where it is.
 * @throws DecodeError where `decodeWrite` would
 */
export function skimWrite(kind: WriteKind, { bytes, offset, end }: XdrReader): WriteOperation {
  return decodeWrite(kind, new StringSkipper(bytes, offset, end))
}

/**
 * Refuses a write that the domain as it is now would refuse, whatever strings are in it.
 * @throws DirectoryError NODIR, STALE, NOPROP, RDONLY or PERM
 */
export function requireWritable(domain: Pick<Domain, 'read'>, operation: WriteOperation, caller: Caller): void {
  const { object, instance } = 'parent' in operation ? operation.parent : operation.id
  const found = domain.read(object)
  if (found === undefined) throw new DirectoryError(STATUS.NODIR)
  if (found.id.instance !== instance) throw new DirectoryError(STATUS.STALE)
  if (operation.kind !== 'writeProperty') {
    requireDirectoryAccess(found.properties, caller)
    return
  }
  const property = found.properties[operation.index]
  if (property === undefined) throw new DirectoryError(STATUS.NOPROP)
  requirePropertyAccess(found.properties, property.name, caller, true)
}
