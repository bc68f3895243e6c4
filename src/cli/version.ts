import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageFolder } from '../core/index.ts'

/** `portolan 0.1.0`. */
export function versionText(): string {
  return `portolan ${versionNumber()}\n`
}

/** `0.1.0`, from the package's own description. */
export function versionNumber(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8'))
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : 'unknown'
  return String(version)
}
