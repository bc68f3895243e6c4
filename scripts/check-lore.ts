/** Checks lore files (all, or those named) and tells how many statements rest on a source that was read. */
import { readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { citesOf, parseLore } from '../src/registry/lore-schema.ts'

const folder = join(import.meta.dirname, '..', 'lore')
const named = process.argv.slice(2)
const files =
  named.length > 0
    ? named
    : readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(folder, name))
let statements = 0
let seen = 0
let wrong = 0
for (const file of files) {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    console.error(`${basename(file)}: ${error instanceof Error ? error.message : String(error)}`)
    wrong += 1
    continue
  }
  const { lore, problems } = parseLore(value, basename(file))
  for (const problem of problems) console.error(`${basename(file)}: ${problem}`)
  if (lore === null) {
    wrong += 1
    continue
  }
  for (const { cites } of citesOf(lore)) {
    statements += 1
    if (cites.some((cite) => cite.seen)) seen += 1
  }
}
console.log(
  `${files.length} files, ${wrong} wrong; ${statements} statements, ${seen} on a source that was read (${((100 * seen) / Math.max(1, statements)).toFixed(1)} %)`,
)
process.exitCode = wrong === 0 ? 0 : 1
