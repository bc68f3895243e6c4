/**
 * Brings the translations of the lore in line with the lore: sentences that are gone go, new ones are added with null, which shows
 * them in English until somebody translates them, and all stand in the order of the entries.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loreSentences } from '../src/web/i18n/checks/lore-sentences.ts'
import { ENGLISH, LANGUAGES } from '../src/web/i18n/languages.ts'
import { loreFolder, readLoreRows } from '../src/web/i18n/checks/lore-tables.ts'
import { readLoreFiles } from './lore-files.ts'

const files = loreSentences(readLoreFiles())
for (const { tag } of LANGUAGES.filter((each) => each !== ENGLISH)) {
  const known = new Map(readLoreRows(tag))
  mkdirSync(loreFolder(tag), { recursive: true })
  let missing = 0
  for (const [category, sentences] of files) {
    const table = sentences.map((each) => [each, known.get(each) ?? null] as const)
    missing += table.filter(([, own]) => own === null).length
    writeFileSync(join(loreFolder(tag), `${category}.json`), `${JSON.stringify(Object.fromEntries(table), null, 2)}\n`)
  }
  console.log(`${tag}: ${missing} sentences stay English`)
}
