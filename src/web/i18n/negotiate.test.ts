import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LANGUAGES } from './languages.ts'
import { negotiateLanguage } from './negotiate.ts'

function assertChosen(expected: string, ...headers: readonly string[]): void {
  for (const header of headers) assert.equal(negotiateLanguage(header).tag, expected, header)
}

test('each of our languages is chosen by its own tag, in any case of letters', () => {
  for (const { tag } of LANGUAGES) assertChosen(tag, tag, tag.toLowerCase(), tag.toUpperCase())
})

test('of Chinese, the region decides on the script', () => {
  assertChosen('zh-Hans', 'zh', 'zh-CN', 'zh-SG', 'zh-Hans-TW')
  assertChosen('zh-Hant', 'zh-TW', 'zh-HK', 'zh-MO', 'zh-Hant-CN')
})

test('a region that is not ours is served by the language', () => {
  assertChosen('pt-BR', 'pt', 'pt-PT', 'pt-AO')
  assertChosen('en', 'en-GB', 'en-US')
  assertChosen('es', 'es-419', 'es-MX')
  assertChosen('bn', 'bn-IN')
  assertChosen('fa', 'fa-AF')
  assertChosen('id', 'in', 'id-ID')
})

test('a language that is none of ours gives way to the next, and at the end to English', () => {
  assertChosen('en', 'no', 'nb', 'nb-NO', 'fi', 'sr-Latn', 'hi-Latn')
  assertChosen('sv', 'nb, sv;q=0.5, en;q=0.4')
})

test('the best weight wins, and a weight of nothing refuses', () => {
  assertChosen('de', 'en;q=0.4, de;q=0.9, fr;q=0.8')
  assertChosen('fr', 'de;q=0, fr;q=0.1')
  assertChosen('en', 'de;q=0')
  assertChosen('ja', 'ja, *;q=0.5')
  assertChosen('en', '*')
})

test('a header that is missing, empty, rubbish or of no end gives English', () => {
  assert.equal(negotiateLanguage(undefined).tag, 'en')
  assertChosen('en', '', ',', ';q=1', 'q=1', '\u0000', '../../etc', 'de'.repeat(300), 'x-klingon', '-', 'de_DE_@euro')
})

test('whatever a client sends, one of our languages comes out', () => {
  const rubbish = fc.string({ unit: 'binary', maxLength: 600 })
  const likely = fc
    .array(fc.tuple(fc.constantFrom(...LANGUAGES.map(({ tag }) => tag), 'nb', '*', 'x'), fc.double({ min: 0, max: 1 })))
    .map((ranges) => ranges.map(([tag, weight]) => `${tag};q=${weight}`).join(', '))
  fc.assert(
    fc.property(fc.oneof(rubbish, likely), (header) => {
      assert.ok(LANGUAGES.includes(negotiateLanguage(header)))
    }),
    { numRuns: 500 },
  )
})
