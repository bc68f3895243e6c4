/** The files of lore/, read and checked. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseLore } from '../src/registry/lore-schema.ts'
import type { Lore } from '../src/registry/lore-schema.ts'

const folder = join(import.meta.dirname, '..', 'lore')

/** All entries, in the order of their files; throws with all that is wrong with them. */
export function readLoreFiles(): readonly Lore[] {
  const problems: string[] = []
  const entries = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .flatMap((name) => {
      const { lore, problems: found } = parseLore(JSON.parse(readFileSync(join(folder, name), 'utf8')), name)
      problems.push(...found.map((problem) => `lore/${name}: ${problem}`))
      return lore === null ? [] : [lore]
    })
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return entries
}
