/** The protocol's statuses as what a page can explain. */
import { DirectoryError, STATUS } from '../../directory/index.ts'
import { DeskError } from './failure.ts'
import type { DeskFailure } from './failure.ts'

/** Whether a write came too late: another had changed the directory. */
export function isStale(error: unknown): boolean {
  return error instanceof DirectoryError && error.status === STATUS.STALE
}

/** The failure that a write's error is, about the directory at a path; undefined for what is no answer of a directory. */
export function failureOf(error: unknown, path: string): DeskFailure | undefined {
  if (error instanceof DeskError) return error.failure
  if (!(error instanceof DirectoryError)) return undefined
  switch (error.status) {
    case STATUS.PERM:
      return { kind: 'denied', path }
    case STATUS.RDONLY:
      return { kind: 'locked', path }
    case STATUS.NODIR:
    case STATUS.BADID:
    case STATUS.UNRELATED:
      return { kind: 'notFound', path }
    case STATUS.STALE:
    case STATUS.NOTEMPTY:
      return { kind: 'stale', current: null, since: [] }
    case STATUS.NOSPACE:
      return { kind: 'tooLarge', detail: error.message }
    default:
      return { kind: 'busy' }
  }
}

/**
 * Does some work, and says what a directory refused as the desk does.
 * @throws DeskError
 */
export async function explaining<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const failure = failureOf(error, path)
    throw failure === undefined ? error : new DeskError(failure)
  }
}
