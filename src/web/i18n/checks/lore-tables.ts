/** The translations of the lore as they are written: `locales/TAG/lore/CATEGORY.json`, each a table of English sentence and own one. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { localesFolder } from '../catalogue.ts'

const tableSchema = v.record(v.string(), v.nullable(v.string()))

export function loreFolder(tag: string): string {
  return join(localesFolder(), tag, 'lore')
}

/** One file's table; null stands where nobody has translated a sentence. */
export function readLoreTable(tag: string, category: string): Readonly<Record<string, string | null>> {
  return v.parse(tableSchema, JSON.parse(readFileSync(join(loreFolder(tag), `${category}.json`), 'utf8')))
}

/** The names of a language's files without their ending; none for English, which the lore itself is. */
export function loreCategoriesOf(tag: string): readonly string[] {
  if (!existsSync(loreFolder(tag))) return []
  return readdirSync(loreFolder(tag)).map((name) => name.replace(/\.json$/, ''))
}

/** Each sentence with its translation, of all files of a language. */
export function readLoreRows(tag: string): readonly (readonly [english: string, own: string | null])[] {
  return loreCategoriesOf(tag).flatMap((category) => Object.entries(readLoreTable(tag, category)))
}
