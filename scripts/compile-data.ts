/** Compiles the registry and the lore into data/, where every run of Portolan reads them. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { buildIndex } from '../src/registry/index-build.ts'
import { buildLore } from '../src/registry/lore-build.ts'
import { tableOfPackages } from '../src/registry/npm-packages.ts'
import { readLoreFiles } from './lore-files.ts'
import { putFile } from './put-file.ts'

const root = join(import.meta.dirname, '..')
const target = join(root, 'data')

mkdirSync(target, { recursive: true })
putFile(join(target, 'registry.bin'), buildIndex(tableOfPackages(), new Date().toISOString()))
putFile(join(target, 'lore.bin'), buildLore(readLoreFiles()))
