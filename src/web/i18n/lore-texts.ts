/**
 * What the lore says, in the other languages, as scripts/compile-lore-texts.ts packs it: `data/lore-texts/en.br` is a list of English
 * sentences, `TAG.br` a list of the same length with what each is in the language, or null; JSON, packed with Brotli (RFC 7932).
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import * as v from 'valibot'
import { packagedDataFolder } from '../../core/index.ts'
import { ENGLISH } from './languages.ts'
import type { Language } from './languages.ts'

const listSchema = v.array(v.nullable(v.string()))
/** What a file may unpack to: ten times what the longest does. */
const UNPACKED_BYTES_MAX = 16 << 20

/** Names and options of programs in a sentence from right to left: `--listen`, `Mac OS X 10.4`, `::1`. */
const LATIN = /[-./:$~@#_]*\w(?:[\w.\-/:@+#$~=*]*[\w+/*])?(?: [-./:$~@#_]*\w(?:[\w.\-/:@+#$~=*]*[\w+/*])?)*/g

/** Each keeps its own direction (UAX #9, first strong isolate). */
function isolateLatin(text: string): string {
  return text.replace(LATIN, '\u2068$&\u2069')
}

export function loreTextsFolder(): string {
  return join(packagedDataFolder(), 'lore-texts')
}

let english: readonly (string | null)[] | null = null

/** Empty where the language has none. */
function readList(tag: string): readonly (string | null)[] {
  const file = join(loreTextsFolder(), `${tag}.br`)
  if (!existsSync(file)) return []
  const bytes = brotliDecompressSync(readFileSync(file), { maxOutputLength: UNPACKED_BYTES_MAX })
  return v.parse(listSchema, JSON.parse(bytes.toString('utf8')))
}

/** The translated sentences of a language; read when the first is asked for, which takes some 10 ms. */
export class LoreTexts {
  readonly #language: Language
  #texts: ReadonlyMap<string, string> | null = null

  constructor(language: Language) {
    this.#language = language
  }

  /** Null where it is not translated. */
  of(sentence: string): string | null {
    this.#texts ??= this.#read()
    return this.#texts.get(sentence) ?? null
  }

  #read(): ReadonlyMap<string, string> {
    const { tag, direction } = this.#language
    const texts = new Map<string, string>()
    if (tag === ENGLISH.tag) return texts
    // All languages share these strings.
    english ??= readList(ENGLISH.tag)
    const list = readList(tag)
    if (list.length !== english.length)
      throw new Error(
        `data/lore-texts/${tag}.br has ${list.length} sentences and en.br ${english.length}: npm run build`,
      )
    for (const [index, sentence] of english.entries()) {
      const own = list[index] ?? null
      if (sentence !== null && own !== null) texts.set(sentence, direction === 'rtl' ? isolateLatin(own) : own)
    }
    return texts
  }
}
