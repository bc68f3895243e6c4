/** Replaces a file whole: whoever reads it, and whenever this is killed, finds the old bytes or the new, never a part. */
import {
  linkSync,
  mkdirSync,
  openSync,
  closeSync,
  copyFileSync,
  fsyncSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { PortolanError, messageOf, syncFolder, systemCode } from '../core/index.ts'

const HOUR_MS = 3_600_000

/**
 * Writes bytes to a path, keeping what was there under another name in the same folder.
 * @throws ERR_PORTOLAN_WRITE_FAILED; what was there is untouched then.
 */
export function replaceFile(path: string, bytes: Uint8Array, previous: string): void {
  const folder = dirname(path)
  const mark = `.${process.pid}.${Date.now()}.tmp`
  const temporary = path + mark
  try {
    mkdirSync(folder, { recursive: true })
    removeLeftovers(folder, basename(path))
    const file = openSync(temporary, 'wx', 0o644)
    try {
      writeFileSync(file, bytes)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    keepPrevious(path, join(folder, previous), mark)
    renameSync(temporary, path)
    syncFolder(folder)
  } catch (error) {
    removeQuietly(temporary)
    throw new PortolanError('ERR_PORTOLAN_WRITE_FAILED', `${path} cannot be written: ${messageOf(error)}`, {
      hint: 'Make room or give this user the right to write there, or set PORTOLAN_DATA to another folder. Nothing was replaced.',
      cause: error,
    })
  }
}

/** Gives what is at `path` a second name, so that the rename that follows cannot lose it. */
function keepPrevious(path: string, previous: string, mark: string): void {
  const second = previous + mark
  try {
    linkSync(path, second)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return
    copyFileSync(path, second)
  }
  try {
    renameSync(second, previous)
  } catch (error) {
    removeQuietly(second)
    throw error
  }
}

/** For a file that may not be there, in a folder that may be none: what went wrong before is what the caller is told. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Nothing more can be done about it.
  }
}

/** A run that was killed leaves its temporary file; one that is under way now is younger than an hour. */
function removeLeftovers(folder: string, name: string): void {
  for (const each of readdirSync(folder)) {
    if (!each.startsWith(name.replace(/\.bin$/, '')) || !each.endsWith('.tmp')) continue
    const path = join(folder, each)
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > HOUR_MS) rmSync(path, { force: true })
  }
}
