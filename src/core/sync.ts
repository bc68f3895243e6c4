/** Making sure that what was written is on the disk, and that a new name is in its folder. */
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { systemCode } from './errors.ts'

/** Waits until all of a file is on the disk. */
export function syncFile(path: string): void {
  const descriptor = openSync(path, 'r+')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** A rename is on the disk only when the folder is. Windows has no such call, and does not need it. */
export function syncFolder(folder: string): void {
  let descriptor: number
  try {
    descriptor = openSync(folder, 'r')
  } catch {
    return
  }
  try {
    fsyncSync(descriptor)
  } catch (error) {
    if (systemCode(error) !== 'EPERM' && systemCode(error) !== 'EINVAL') throw error
  } finally {
    closeSync(descriptor)
  }
}
