import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { IntlMessageFormat } from 'intl-messageformat'
import { AREAS, readCatalogue } from './catalogue.ts'
import type { MessageKey } from './catalogue.ts'
import { readingsOf } from './checks/readings.ts'
import { ENGLISH, LANGUAGES, languageOf } from './languages.ts'
import type { Language } from './languages.ts'
import { Messages, localeOf } from './messages.ts'
import type { MessageValues } from './messages.ts'

const ISOLATES = /[\u2068\u2069]/g

function isKey(key: string): key is MessageKey {
  return AREAS.some((area) => key.startsWith(`${area}.`))
}

const keys = [...readCatalogue(ENGLISH.tag).keys()].filter(isKey)
const of = (tag: string): Messages => new Messages(languageOf(tag) ?? ENGLISH)

/** A value for everything that a message asks for, and a way for each of its tags. */
function fill(
  message: string,
  language: Language,
  count: number,
  word: string,
): { values: MessageValues; tags: string[] } {
  const readings = readingsOf(message, language.tag)
  const names = [...new Set(readings.flatMap(({ values }) => values))]
  return {
    values: Object.fromEntries(
      names.map((each) => {
        const [name = '', kind] = each.split(':')
        return [
          name,
          kind === undefined || kind === 'select' ? word : kind === 'date' || kind === 'time' ? new Date(0) : count,
        ]
      }),
    ),
    tags: [...new Set(readings.flatMap(({ tags }) => tags))],
  }
}

test('every message of every language comes out as the library formats it', () => {
  for (const language of LANGUAGES) {
    const messages = new Messages(language)
    const english = readCatalogue(ENGLISH.tag)
    const own = readCatalogue(language.tag)
    for (const key of keys) {
      const text = own.get(key) ?? english.get(key) ?? ''
      const format = new IntlMessageFormat(text, localeOf(language))
      for (const count of [0, 1, 2, 3, 11, 1234]) {
        const { values, tags } = fill(text, language, count, 'nginx')
        const through = Object.fromEntries(tags.map((tag) => [tag, (chunks: readonly unknown[]) => chunks.join('')]))
        const expected = [format.format({ ...values, ...through })].flat().join('')
        if (tags.length === 0)
          assert.equal(messages.t(key, values).replace(ISOLATES, ''), expected, `${language.tag} ${key}`)
        const asIs = Object.fromEntries(tags.map((tag) => [tag, (content: string) => content]))
        assert.equal(String(messages.rich(key, asIs, values)).replace(ISOLATES, ''), expected, `${language.tag} ${key}`)
      }
    }
  }
})

test('no value of any message of any language becomes HTML', () => {
  const word = '<script>&"\''
  for (const language of LANGUAGES) {
    const messages = new Messages(language)
    const english = readCatalogue(ENGLISH.tag)
    const own = readCatalogue(language.tag)
    for (const key of keys) {
      const { values, tags } = fill(own.get(key) ?? english.get(key) ?? '', language, 5, word)
      const handlers = Object.fromEntries(tags.map((tag) => [tag, (content: string) => `[${content}]`]))
      assert.doesNotMatch(String(messages.rich(key, handlers, values)), /[<>"']/, `${language.tag} ${key}`)
    }
  }
})

test('values are escaped in rich text, whatever they are, and left alone in plain text', () => {
  const messages = of('en')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      assert.equal(messages.t('common.nav.account', { name }), `Signed in as ${name}`)
      assert.doesNotMatch(String(messages.rich('common.nav.account', {}, { name })), /[<>"']/)
    }),
  )
})

test('tags become what their makers make of them', () => {
  const rich = of('en').rich('port.meaning.assigned', { b: (content) => `<strong>${content}</strong>` })
  assert.match(String(rich), /^<strong>Assigned<\/strong> means/)
})

test('numbers of plurals have the digits and the cases of the language', () => {
  const seconds = (tag: string, count: number): string => of(tag).t('common.error.tooMany.text', { seconds: count })
  assert.match(seconds('en', 1), /1 second,/)
  assert.match(seconds('en', 1234), /1,234 seconds,/)
  assert.match(seconds('bn', 12), /১২/)
  assert.match(seconds('ar', 12), /١٢/)
  assert.match(seconds('fa', 12), /۱۲/)
  assert.match(seconds('hi', 12), /12/)
})

test('from right to left, names and addresses are isolated, and words and own digits are not', () => {
  const name = (tag: string, text: string): string => of(tag).t('common.nav.account', { name: text })
  assert.match(name('ar', 'root'), /\u2068root\u2069/)
  assert.match(name('fa', '127.0.0.1'), /\u2068127\.0\.0\.1\u2069/)
  assert.doesNotMatch(name('ar', '\u2068ssh\u2069 و\u2068http\u2069'), /\u2068\u2068/)
  assert.doesNotMatch(name('ar', 'مدير'), ISOLATES)
  assert.doesNotMatch(name('fa', '۹۷۳'), ISOLATES)
  assert.doesNotMatch(name('de', 'root'), ISOLATES)
})

test('a value or a tag that is not given is a mistake that names the message', () => {
  assert.throws(() => of('en').t('common.nav.account'), /common\.nav\.account wants a value for name/)
  assert.throws(() => of('en').rich('port.meaning.assigned', {}), /port\.meaning\.assigned wants the tag b/)
})
