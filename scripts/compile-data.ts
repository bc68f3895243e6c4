/** Compiles the registry and the lore into data/, where every run of Portolan reads them. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildIndex } from '../src/registry/index-build.ts'
import { buildLore } from '../src/registry/lore-build.ts'
import { tableOfPackages } from '../src/registry/npm-packages.ts'
import { readLoreFiles } from './lore-files.ts'

const root = join(import.meta.dirname, '..')
const target = join(root, 'data')

function put(name: string, bytes: Buffer): void {
  const temporary = join(target, `${name}.${process.pid}.tmp`)
  writeFileSync(temporary, bytes)
  renameSync(temporary, join(target, name))
}

mkdirSync(target, { recursive: true })
put('registry.bin', buildIndex(tableOfPackages(), new Date().toISOString()))
put('lore.bin', buildLore(readLoreFiles()))
