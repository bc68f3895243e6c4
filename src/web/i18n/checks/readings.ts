/** Every way in which a message may come out: one reading for each choice of its plurals and selections. */
import { IntlMessageFormat } from 'intl-messageformat'

/** Stands in a reading's text where a value, or what is inside a tag of code, will stand. */
export const PLACE = '\uFFFC'

export interface Choice {
  readonly kind: 'cardinal' | 'ordinal' | 'select'
  readonly argument: string
  /** `one`, `=0`, `other`, or a value of a selection. */
  readonly branch: string
}

export interface Reading {
  readonly choices: readonly Choice[]
  /** The words, with PLACE for every value. */
  readonly text: string
  /** Names of values with their kinds (`port`, `when:date`), in order of their letters, each once. */
  readonly values: readonly string[]
  /** Names of tags in order of their letters, as often as they occur. */
  readonly tags: readonly string[]
  /** Whether the number of a plural is written out (`#`). */
  readonly hasNumber: boolean
}

type Element = ReturnType<IntlMessageFormat['getAst']>[number]

/** A message is short, and has one plural or two; more readings than this are a mistake of who wrote it. */
const READINGS_MAX = 256
/** Their content is of the machine, not of the language: its digits and punctuation stay. */
const CODE_TAGS: ReadonlySet<string> = new Set(['code', 'kbd', 'samp'])
/** Kinds of the parser's elements that have nothing but a name to tell them apart (its enum is not exported as values). */
const FORMATS: ReadonlyMap<number, string> = new Map([
  [2, 'number'],
  [3, 'date'],
  [4, 'time'],
])
const LITERAL = 0
const PLURAL = 6
const POUND = 7

const EMPTY: Reading = { choices: [], text: '', values: [], tags: [], hasNumber: false }

/** All readings of a message; throws what the parser throws where it is ill-formed. */
export function readingsOf(message: string, locale: string): readonly Reading[] {
  return readElements(new IntlMessageFormat(message, locale).getAst())
}

function readElements(elements: readonly Element[]): readonly Reading[] {
  let readings: readonly Reading[] = [EMPTY]
  for (const element of elements) {
    const next = readElement(element)
    if (readings.length * next.length > READINGS_MAX) throw new Error(`it has more than ${READINGS_MAX} readings`)
    readings = readings.flatMap((reading) => next.map((each) => join(reading, each)))
  }
  return readings
}

function join(left: Reading, right: Reading): Reading {
  return {
    choices: [...left.choices, ...right.choices],
    text: left.text + right.text,
    values: [...new Set([...left.values, ...right.values])].toSorted(),
    tags: [...left.tags, ...right.tags].toSorted(),
    hasNumber: left.hasNumber || right.hasNumber,
  }
}

function readElement(element: Element): readonly Reading[] {
  // The enum of the parser is of types alone here: the numbers are its own.
  const type: number = element.type
  if (type === POUND || !('value' in element)) return [{ ...EMPTY, text: PLACE, hasNumber: true }]
  const name = element.value
  if (type === LITERAL) return [{ ...EMPTY, text: name }]
  if ('children' in element) {
    const inner = CODE_TAGS.has(name) ? [{ ...EMPTY, text: PLACE }] : readElements(element.children)
    return inner.map((each) => join({ ...EMPTY, tags: [name] }, each))
  }
  if ('options' in element) {
    const kind = 'pluralType' in element ? (element.pluralType ?? 'cardinal') : 'select'
    const values = [`${name}:${type === PLURAL ? 'plural' : 'select'}`]
    return Object.entries(element.options).flatMap(([branch, { value }]) =>
      readElements(value).map((each) => join({ ...EMPTY, values, choices: [{ kind, argument: name, branch }] }, each)),
    )
  }
  const format = FORMATS.get(type)
  return [{ ...EMPTY, text: PLACE, values: [format === undefined ? name : `${name}:${format}`] }]
}
