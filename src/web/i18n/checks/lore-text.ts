/** Whether a sentence of the lore in another language says what the English one does, as far as a program can tell. */
import { toLatinDigits } from '../digits.ts'
import type { Language } from '../languages.ts'
import { endOf, styleProblems } from './text-style.ts'

/** A number after a Latin name is a part of it, and keeps its digits: `Mac OS X 10.4`, `version 5` of none. */
const NUMBER_OF_A_NAME = /(?<=[A-Za-z][\w.+-]* (?:v)?)\d[\d.x]*(?=$|[^\p{L}\d])/gu
/** Languages that count by ten thousands write it otherwise. */
const MILLIONS = /[\d.]+ million/g
/** Signs that part the digits of one number in some language: `10,000`, `10.000`, `10 000`. */
const GROUPING = /(?<=\d)[.,\u00A0\u202F\u066C٫](?=\d)/g

/** What is wrong with a translation, each in a few words; none for one that is well written. */
export function loreProblems(text: string, english: string, language: Language): readonly string[] {
  // A name may have an ampersand: it is written by a template, which escapes it.
  const words = (english.includes('&') ? text.replaceAll('&', '+') : text).replace(NUMBER_OF_A_NAME, 'x')
  const numbers = new Set(numbersOf(text))
  return [
    ...new Set([
      ...styleProblems(words, language),
      ...numbersOf(english.replace(MILLIONS, ''))
        .filter((each) => !numbers.has(each))
        .map((each) => `the number ${each} is missing`),
      ...(endOf(text) === endOf(english)
        ? []
        : [`it ends with ${endOf(text)}, the English one with ${endOf(english)}`]),
    ]),
  ]
}

function numbersOf(text: string): readonly string[] {
  return toLatinDigits(text).replace(GROUPING, '').match(/\d+/g) ?? []
}
