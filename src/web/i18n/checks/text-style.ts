/** Whether a text is written as its language is: scripts, digits, quotation marks, punctuation, blanks. */
import { DIGITS } from '../digits.ts'
import type { Language } from '../languages.ts'
import { HABITS, REFUSED_EVERYWHERE } from './habits.ts'
import type { Habits } from './habits.ts'
import { PLACE } from './readings.ts'

const QUOTES = /[“”„‟‘’‚‛«»‹›「」『』〝〞]/gu
/** Names and addresses keep their letters, digits and punctuation in every language: `argon2id`, `RFC 6335`, `[::1]:53`. */
const NAMES =
  /RFC \d+|[\w./:@+#-]*[A-Za-z][\w./:@+#-]*(?<![.:])|\[?[\da-f]*::[\da-f:]*\]?(?::\d+)?|\d+(?:\.\d+){2,}[\d:/]*/gu

const SCRIPTS: Readonly<Record<Habits['script'], RegExp>> = {
  Latin: /\p{Script_Extensions=Latin}/u,
  Arabic: /\p{Script_Extensions=Arabic}/u,
  Bengali: /\p{Script_Extensions=Bengali}/u,
  Cyrillic: /\p{Script_Extensions=Cyrillic}/u,
  Devanagari: /\p{Script_Extensions=Devanagari}/u,
  Hangul: /\p{Script_Extensions=Hangul}/u,
  Japanese: /[\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}]/u,
  Han: /\p{Script_Extensions=Han}/u,
}

/** The signs that end a sentence, by what they say. */
const ENDS: readonly (readonly [signs: string, end: string])[] = [
  ['.。।۔', 'full stop'],
  ['?？؟', 'question mark'],
  ['!！', 'exclamation mark'],
  ['…⋯', 'ellipsis'],
  [':：', 'colon'],
]

/** What is wrong with a reading's text, each in a few words; none for a text that is well written. */
export function styleProblems(text: string, { tag, digits }: Language): readonly string[] {
  const habits = HABITS[tag]
  if (habits === undefined) return [`src/web/i18n/checks/habits.ts says nothing of ${tag}`]
  const words = text.replace(NAMES, PLACE)
  return [
    ...REFUSED_EVERYWHERE.filter(([pattern]) => pattern.test(text)).map(([, why]) => why),
    ...habits.refused.flatMap(([pattern, why]) => {
      const found = pattern.exec(words)
      return found === null ? [] : [`${why} (${found[0].replaceAll(PLACE, '').slice(-1)})`]
    }),
    ...(text.match(QUOTES) ?? [])
      .filter((each) => !habits.quotes.includes(each))
      .map((each) => `the quotation mark ${each}`),
    ...strangeLetters(text, habits).map((each) => `the letter ${each} of another script`),
    ...strangeDigits(words, DIGITS[digits]).map((each) => `the digit ${each}`),
    ...(text === text.normalize('NFC') ? [] : ['letters that are not composed (NFC)']),
  ]
}

function strangeLetters(text: string, { script }: Habits): readonly string[] {
  return (text.match(/\p{L}/gu) ?? []).filter((each) => !SCRIPTS[script].test(each) && !SCRIPTS.Latin.test(each))
}

function strangeDigits(words: string, own: string): readonly string[] {
  return (words.match(/\p{Nd}/gu) ?? []).filter((each) => !own.includes(each))
}

/** How a text ends: `full stop`, `question mark`, … or `nothing`. */
export function endOf(text: string): string {
  const last = text.replace(/[”’»」』)）]+$/u, '').slice(-1)
  return ENDS.find(([signs]) => last !== '' && signs.includes(last))?.[1] ?? 'nothing'
}
