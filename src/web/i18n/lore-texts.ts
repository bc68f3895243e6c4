/**
 * What the lore says, in the other languages: `locales/TAG/lore/CATEGORY.json`, each a table of the English sentence and what it is in
 * the language, or null where nobody has translated it. A sentence that is changed in the lore has no translation any more.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { localesFolder } from './catalogue.ts'
import type { Language } from './languages.ts'

const tableSchema = v.record(v.string(), v.nullable(v.string()))

export function loreFolder(tag: string): string {
  return join(localesFolder(), tag, 'lore')
}

/** One file's table. */
export function readLoreTable(tag: string, category: string): Readonly<Record<string, string | null>> {
  return v.parse(tableSchema, JSON.parse(readFileSync(join(loreFolder(tag), `${category}.json`), 'utf8')))
}

/** The names of a language's files without their ending; none for English, which the lore itself is. */
export function loreCategoriesOf(tag: string): readonly string[] {
  if (!existsSync(loreFolder(tag))) return []
  return readdirSync(loreFolder(tag)).map((name) => name.replace(/\.json$/, ''))
}

/** Names and options of programs in a sentence from right to left: `--listen`, `Mac OS X 10.4`, `::1`. */
const LATIN = /[-./:$~@#_]*\w(?:[\w.\-/:@+#$~=*]*[\w+/*])?(?: [-./:$~@#_]*\w(?:[\w.\-/:@+#$~=*]*[\w+/*])?)*/g

/** Each keeps its own direction (UAX #9, first strong isolate). */
function isolateLatin(text: string): string {
  return text.replace(LATIN, '\u2068$&\u2069')
}

/** The translated sentences of a language; read when the first is asked for, which takes some 10 ms. */
export class LoreTexts {
  readonly #language: Language
  #texts: ReadonlyMap<string, string> | null = null

  constructor(language: Language) {
    this.#language = language
  }

  /** Null where it is not translated. */
  of(english: string): string | null {
    this.#texts ??= this.#read()
    return this.#texts.get(english) ?? null
  }

  #read(): ReadonlyMap<string, string> {
    const texts = new Map<string, string>()
    const { tag, direction } = this.#language
    for (const category of loreCategoriesOf(tag))
      for (const [english, own] of Object.entries(readLoreTable(tag, category)))
        if (own !== null) texts.set(english, direction === 'rtl' ? isolateLatin(own) : own)
    return texts
  }
}
