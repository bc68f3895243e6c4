/** Compiles the registry and the lore into data/, where every run of Portolan reads them. */
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildIndex } from '../src/registry/index-build.ts'
import { buildLore } from '../src/registry/lore-build.ts'
import { parseLore } from '../src/registry/lore-schema.ts'
import { tableOfPackages } from '../src/registry/npm-packages.ts'

const root = join(import.meta.dirname, '..')
const target = join(root, 'data')
const loreFolder = join(root, 'lore')

function put(name: string, bytes: Buffer): void {
  const temporary = join(target, `${name}.${process.pid}.tmp`)
  writeFileSync(temporary, bytes)
  renameSync(temporary, join(target, name))
}

const problems: string[] = []
const entries = readdirSync(loreFolder)
  .filter((name) => name.endsWith('.json'))
  .toSorted()
  .flatMap((name) => {
    const { lore, problems: found } = parseLore(JSON.parse(readFileSync(join(loreFolder, name), 'utf8')), name)
    problems.push(...found.map((problem) => `lore/${name}: ${problem}`))
    return lore === null ? [] : [lore]
  })
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
mkdirSync(target, { recursive: true })
put('registry.bin', buildIndex(tableOfPackages(), new Date().toISOString()))
put('lore.bin', buildLore(entries))
