/**
 * The lore in the other languages: every sentence of it is there, none is surplus or left in English without being a name, and each
 * is written as its language is, with the numbers of the English one.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import * as v from 'valibot'
import { readLoreFiles } from '../scripts/lore-files.ts'
import { localesFolder } from '../src/web/i18n/catalogue.ts'
import { loreSentences } from '../src/web/i18n/checks/lore-sentences.ts'
import { loreCategoriesOf, readLoreRows, readLoreTable } from '../src/web/i18n/checks/lore-tables.ts'
import { loreProblems } from '../src/web/i18n/checks/lore-text.ts'
import { ENGLISH, LANGUAGES } from '../src/web/i18n/languages.ts'
import { LoreTexts } from '../src/web/i18n/lore-texts.ts'

const files = loreSentences(readLoreFiles())
const others = LANGUAGES.filter((each) => each !== ENGLISH)
/** Entries may be added by somebody who does not speak sixteen languages: these are shown in English until somebody does. */
const UNTRANSLATED_MAX = 50
/** `names` stay as they are in every language that does not write them otherwise; `words` are the same in the languages listed. */
const kept = v.parse(
  v.object({ names: v.array(v.string()), words: v.record(v.string(), v.array(v.string())) }),
  JSON.parse(readFileSync(join(localesFolder(), 'lore-names.json'), 'utf8')),
)
const names = new Set(kept.names)

function mayStay(english: string, tag: string): boolean {
  return names.has(english) || kept.words[english]?.includes(tag) === true
}

function assertNone(problems: readonly string[]): void {
  assert.ok(problems.length === 0, `${problems.length} to mend (scripts/sync-lore-locales.ts):\n${problems.join('\n')}`)
}

test('English is the lore itself, and has no files', () => {
  assert.deepEqual(loreCategoriesOf(ENGLISH.tag), [])
  assert.equal(new LoreTexts(ENGLISH).of('web interface'), null)
})

for (const language of others) {
  const { tag } = language
  describe(`the lore in ${tag}`, () => {
    test('has every sentence in its file, in order, and no other', () => {
      assert.deepEqual(loreCategoriesOf(tag).toSorted(), [...files.keys()])
      for (const [category, sentences] of files)
        assert.deepEqual(Object.keys(readLoreTable(tag, category)), sentences, `${tag}/lore/${category}.json`)
    })

    test('is what the pages say', () => {
      const texts = new LoreTexts(language)
      for (const [english, own] of readLoreRows(tag))
        assert.equal(texts.of(english)?.replace(/[\u2068\u2069]/g, '') ?? null, own, english)
      assert.equal(texts.of('no sentence of the lore'), null)
    })

    test('is translated, but for names and what is new', (context) => {
      const rows = readLoreRows(tag)
      const missing = rows.filter(([, own]) => own === null).map(([english]) => english)
      for (const each of missing) context.diagnostic(`not translated yet: ${each}`)
      assertNone(missing.length > UNTRANSLATED_MAX ? missing : [])
      assertNone(
        rows
          .filter(([english, own]) => own === english && !mayStay(english, tag))
          .map(([english]) => `the same as in English: ${english}`),
      )
    })

    test('is written as the language is, with the numbers of the English', () => {
      assertNone(
        readLoreRows(tag).flatMap(([english, own]) =>
          own === null || own === english
            ? []
            : loreProblems(own, english, language).map((problem) => `${problem}: ${own}`),
        ),
      )
    })
  })
}

test('every name and word that may stay as it is does so', () => {
  const stays = new Map(
    others.map(({ tag }) => [
      tag,
      new Set(
        readLoreRows(tag)
          .filter(([english, own]) => english === own)
          .map(([english]) => english),
      ),
    ]),
  )
  assertNone([
    ...[...names].filter((name) => others.every(({ tag }) => stays.get(tag)?.has(name) !== true)),
    ...Object.entries(kept.words).flatMap(([word, tags]) =>
      tags.filter((tag) => stays.get(tag)?.has(word) !== true).map((tag) => `${word} in ${tag}`),
    ),
  ])
})

test('from right to left, Latin names and options keep their direction, and nothing else is marked', () => {
  for (const language of others.filter(({ direction }) => direction === 'rtl')) {
    const texts = new LoreTexts(language)
    for (const sentence of [...files.values()].flat()) {
      const own = texts.of(sentence) ?? ''
      for (const [, inner = ''] of own.matchAll(/\u2068([^\u2069]*)\u2069/g)) assert.match(inner, /^[!-~ ]+$/)
      assert.doesNotMatch(own.replace(/\u2068[^\u2069]*\u2069/g, ''), /[A-Za-z]/, own)
    }
  }
})
