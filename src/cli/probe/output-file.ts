/** Files that a scan writes: whole or not at all, and known to be writable before the first probe. */
import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { PortolanError, bytesOf, messageOf, syncFile } from '../../core/index.ts'
import type { Context } from '../command.ts'
import type { Write } from '../output.ts'

export interface OutputFile {
  readonly write: Write
  /** Puts the file in its place. */
  readonly finish: () => void
  /** Leaves what was there before; nothing happens to a file that is finished. */
  readonly abandon: () => void
}

/**
 * Begins a file beside the one that it will replace; `-` is standard output.
 * @throws ERR_PORTOLAN_WRITE_FAILED, here and when it is written
 */
export function beginFile(path: string, { out }: Pick<Context, 'out'>): OutputFile {
  if (path === '-') return { write: out, finish: () => undefined, abandon: () => undefined }
  const temporary = `${path}.${process.pid}.tmp`
  const attempt = <Result>(act: () => Result): Result => {
    try {
      return act()
    } catch (error) {
      throw new PortolanError('ERR_PORTOLAN_WRITE_FAILED', `${path} cannot be written: ${messageOf(error)}`, {
        hint: 'Name a file in a folder that is there and that you may write to.',
        cause: error,
      })
    }
  }
  const there = statSync(path, { throwIfNoEntry: false })
  if (there?.isDirectory() === true)
    throw new PortolanError('ERR_PORTOLAN_WRITE_FAILED', `${path} is a folder`, { hint: 'Name a file in it.' })
  // A pipe or a device is written to as it is.
  const isReplaced = there === undefined || there.isFile()
  const descriptor = attempt(() => (isReplaced ? openSync(temporary, 'wx', 0o666) : openSync(path, 'w')))
  let isOpen = true
  const close = (): void => {
    if (isOpen) closeSync(descriptor)
    isOpen = false
  }
  return {
    write: (text) => {
      const bytes = bytesOf(text)
      for (let offset = 0; offset < bytes.length;) offset += attempt(() => writeSync(descriptor, bytes, offset))
    },
    finish: () => {
      close()
      if (!isReplaced) return
      attempt(() => {
        syncFile(temporary)
        renameSync(temporary, path)
      })
    },
    abandon: () => {
      if (isOpen && isReplaced) rmSync(temporary, { force: true })
      close()
    },
  }
}
