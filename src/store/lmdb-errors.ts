/** What LMDB and the disk say when there is no room. */
import { statfsSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname } from 'node:path'
import { PortolanError, messageOf, systemCode } from '../core/index.ts'

/** LMDB's errors have the system's numbers, or its own: MDB_MAP_FULL (lmdb.h). */
const FULL_CODES: ReadonlySet<unknown> = new Set([
  constants.errno.ENOSPC,
  constants.errno.EDQUOT,
  constants.errno.EFBIG,
  -30_792,
])
/** A disk with less is full: a page has up to 64 KiB. */
const NO_ROOM_BYTES = 64 * 1024

/** An error that says so, where the disk was full; every other as it is. */
export function asFull(file: string, error: unknown): unknown {
  if (error instanceof PortolanError || !isFull(file, error)) return error
  return new PortolanError('ERR_PORTOLAN_STORE_FULL', `${file}: ${messageOf(error)}`, {
    hint: 'Make room on the disk; what was written before is safe.',
    cause: error,
  })
}

function isFull(file: string, error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (typeof code !== 'number') return systemCode(error) === 'ENOSPC' || systemCode(error) === 'EDQUOT'
  if (FULL_CODES.has(code)) return true
  // LMDB calls it an error of input and output when only a part of a page found room.
  return code === constants.errno.EIO && freeBytesAt(file) < NO_ROOM_BYTES
}

function freeBytesAt(file: string): number {
  const { bavail, bsize } = statfsSync(dirname(file))
  return bavail * bsize
}
