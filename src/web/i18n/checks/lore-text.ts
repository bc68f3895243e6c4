/** Whether a sentence of the lore in another language says what the English one does, as far as a program can tell. */
import { toLatinDigits } from '../digits.ts'
import type { Language } from '../languages.ts'
import { endOf, styleProblems } from './text-style.ts'

/** A number after a Latin name is a part of it, and keeps its digits: `Mac OS X 10.4`, `version 5` of none. */
const NUMBER_OF_A_NAME = /(?<=[A-Za-z][\w.+-]* (?:v)?)\d[\d.x]*(?=$|[^\p{L}\d])/gu
/** Languages that count by ten thousands write these otherwise. */
const LARGE = /[\d.]+ million|\d+,000\b|\d+0000\b/g
/** Names with signs of their own: `FRITZ!Box`, `SAT>IP`, `Backup & Replication`, `Grand Theft Auto: Vice City`. */
const SIGNED_NAME = /[A-Z][\w.]*(?:[!>&]| &|:)\s?[A-Z]\w*/g
/** Signs that part the digits of one number in some language: `10,000`, `10.000`, `10 000`. */
const GROUPING = /(?<=\d)[.,\u00A0\u202F\u066C٫](?=\d)/g

/** What is wrong with a translation, each in a few words; none for one that is well written. */
export function loreProblems(text: string, english: string, language: Language): readonly string[] {
  const names = english.match(SIGNED_NAME) ?? []
  const words = names.reduce((rest, name) => rest.replaceAll(name, 'x'), text).replace(NUMBER_OF_A_NAME, 'x')
  const numbers = new Set(numbersOf(text))
  return [
    ...new Set([
      ...styleProblems(words, language),
      ...numbersOf(english.replace(LARGE, ''))
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
