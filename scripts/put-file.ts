/** Files of data/, which are whole or not there: a build that is broken off leaves the old ones. */
import { renameSync, writeFileSync } from 'node:fs'

export function putFile(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, bytes)
  renameSync(temporary, path)
}
