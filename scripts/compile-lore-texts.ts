/** Packs the translations of the lore into data/lore-texts/, where the pages read them (src/web/i18n/lore-texts.ts). */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { loreSentences } from '../src/web/i18n/checks/lore-sentences.ts'
import { readLoreRows } from '../src/web/i18n/checks/lore-tables.ts'
import { ENGLISH, LANGUAGES } from '../src/web/i18n/languages.ts'
import { loreTextsFolder } from '../src/web/i18n/lore-texts.ts'
import { readLoreFiles } from './lore-files.ts'
import { putFile } from './put-file.ts'

/** The best but two: a tenth of the time, and 2 % more bytes. */
const QUALITY = 9

const folder = loreTextsFolder()

function put(tag: string, list: readonly (string | null)[]): void {
  const params = { [constants.BROTLI_PARAM_QUALITY]: QUALITY }
  putFile(join(folder, `${tag}.br`), brotliCompressSync(JSON.stringify(list), { params }))
}

const sentences = [...loreSentences(readLoreFiles()).values()].flat()
mkdirSync(folder, { recursive: true })
for (const { tag } of LANGUAGES.filter((each) => each !== ENGLISH)) {
  const known = new Map(readLoreRows(tag))
  put(
    tag,
    sentences.map((each) => known.get(each) ?? null),
  )
}
// Last, for set-up looks at its time.
put(ENGLISH.tag, sentences)
