/**
 * The messages of all languages: none is missing, surplus, unused, left in English without a reason, ill-formed, or other than
 * the English one in its values and tags; and each is written as its language is. What is asked of a text in each language is
 * in src/web/i18n/checks/habits.ts.
 */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { AREAS, localesFolder, readCatalogue } from '../src/web/i18n/catalogue.ts'
import { hasWords, messageProblems } from '../src/web/i18n/checks/check-message.ts'
import { HABITS } from '../src/web/i18n/checks/habits.ts'
import { keyUseOf } from '../src/web/i18n/checks/key-use.ts'
import { maySame, readSameAsEnglish } from '../src/web/i18n/checks/same-as-english.ts'
import { ENGLISH, LANGUAGES } from '../src/web/i18n/languages.ts'

const root = join(import.meta.dirname, '..')
const english = readCatalogue(ENGLISH.tag)
const same = readSameAsEnglish()
const others = LANGUAGES.filter((each) => each !== ENGLISH)

function pageSources(): readonly string[] {
  const web = join(root, 'src', 'web')
  return readdirSync(web, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith(join('i18n', 'checks')))
    .map((name) => readFileSync(join(web, name), 'utf8'))
}

function assertNone(problems: readonly string[]): void {
  assert.ok(problems.length === 0, `${problems.length} to mend:\n${problems.join('\n')}`)
}

test('every language has a folder and habits, and nothing else lies there', () => {
  const tags = LANGUAGES.map(({ tag }) => tag).toSorted()
  const folders = readdirSync(localesFolder(), { withFileTypes: true }).filter((each) => each.isDirectory())
  assert.deepEqual(folders.map(({ name }) => name).toSorted(), tags)
  assert.deepEqual(Object.keys(HABITS).toSorted(), tags)
  for (const tag of tags) {
    const files = readdirSync(join(localesFolder(), tag)).toSorted()
    const lore = tag === ENGLISH.tag ? [] : ['lore']
    assert.deepEqual(files, [...AREAS.map((area) => `${area}.json`), ...lore].toSorted(), tag)
  }
})

test('every English message is named by a page', () => {
  const use = keyUseOf(pageSources())
  assertNone([...english.keys()].filter((key) => !use.has(key)))
})

for (const language of LANGUAGES) {
  const { tag } = language
  const texts = readCatalogue(tag)
  describe(tag, () => {
    test('every English message is there, and no other', () => {
      assertNone([
        ...[...english.keys()].filter((key) => !texts.has(key)).map((key) => `missing: ${key}`),
        ...[...texts.keys()].filter((key) => !english.has(key)).map((key) => `surplus: ${key}`),
      ])
    })

    test('every message is well-formed, well-written, and has the values and tags of the English one', () => {
      assertNone(
        [...texts].flatMap(([key, text]) =>
          messageProblems(text, english.get(key) ?? text, language).map((problem) => `${key}: ${problem}: ${text}`),
        ),
      )
    })

    test('no message is left in English without a reason', () => {
      assertNone(
        tag === ENGLISH.tag
          ? []
          : [...texts]
              .filter(([key, text]) => text === english.get(key) && hasWords(text) && !maySame(same, key, tag))
              .map(([key, text]) => `${key}: ${text}`),
      )
    })
  })
}

test('every reason for being the same as in English is still needed', () => {
  const catalogues = new Map(others.map(({ tag }) => [tag, readCatalogue(tag)]))
  assertNone(
    Object.entries(same).flatMap(([key, { languages }]) => {
      const isSame = (tag: string): boolean => catalogues.get(tag)?.get(key) === english.get(key)
      if (!english.has(key)) return [`${key}: there is no such message`]
      if (languages === undefined) return others.some(({ tag }) => isSame(tag)) ? [] : [`${key}: it differs everywhere`]
      return languages.filter((tag) => !isSame(tag)).map((tag) => `${key}: it differs in ${tag}`)
    }),
  )
})
