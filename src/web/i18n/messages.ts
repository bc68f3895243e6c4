/**
 * The messages of one language: ICU MessageFormat, read from `locales/TAG/AREA.json`, asked for by `area.name`.
 *
 * Most messages have no plural and no number to format; of those the parts are joined here, which is some fifty times as quick
 * as the library's general way. All others are the library's.
 */
import { IntlMessageFormat } from 'intl-messageformat'
import { raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { escapeHtml } from '../pages/escape.ts'
import { readCatalogue } from './catalogue.ts'
import type { MessageKey } from './catalogue.ts'
import { ENGLISH } from './languages.ts'
import type { Language } from './languages.ts'
import { LoreTexts } from './lore-texts.ts'

export type MessageValues = Readonly<Record<string, string | number | Date>>
/** For each tag of a message (`<code>…</code>`), what is made of what stands in it; both are HTML. */
export type Tags = Readonly<Record<string, (content: string) => string>>

type Element = ReturnType<IntlMessageFormat['getAst']>[number]

/** The kinds of the parser's elements that are joined here (its enum is not exported as values). */
const LITERAL = 0
const ARGUMENT = 1
const TAG = 8

const FIRST_STRONG_ISOLATE = '\u2068'
const POP_ISOLATE = '\u2069'

type Part =
  | { readonly kind: 'text'; readonly text: string; readonly html: string }
  | { readonly kind: 'argument'; readonly name: string }
  | { readonly kind: 'tag'; readonly name: string; readonly parts: readonly Part[] }

interface Compiled {
  readonly format: IntlMessageFormat
  /** Null: it has a plural, a choice or a number, and is the library's to format. */
  readonly parts: readonly Part[] | null
}

export class Messages {
  readonly language: Language
  readonly #texts: ReadonlyMap<string, string>
  readonly #compiled: Map<string, Compiled> = new Map()
  readonly #lore: LoreTexts

  constructor(language: Language) {
    this.language = language
    this.#texts = readCatalogue(language.tag)
    this.#lore = new LoreTexts(language)
  }

  /** A message as plain text; templates escape it like any other. */
  t(key: MessageKey, values: MessageValues = {}): string {
    const { format, parts } = this.#compile(key)
    const placed = this.#placed(values)
    if (parts === null) return String(format.format(placed))
    return parts.map((part) => plainText(part, placed, key)).join('')
  }

  /** What the lore says in English, in this language; null where it is not translated. */
  lore(english: string): string | null {
    return this.#lore.of(english)
  }

  /** A message whose tags become HTML; its own words and all values are escaped. */
  rich(key: MessageKey, tags: Tags, values: MessageValues = {}): HtmlEscapedString {
    const { format, parts } = this.#compile(key)
    const placed = this.#placed(values)
    if (parts !== null) return raw(parts.map((part) => htmlText(part, placed, tags, key)).join(''))
    // The library hands the words of a tag on as they are: they are escaped here, by the tags and around them.
    const escaped = Object.fromEntries(
      Object.entries(placed).map(([name, value]) => [name, typeof value === 'string' ? escapeHtml(value) : value]),
    )
    const handlers = Object.fromEntries(
      Object.entries(tags).map(([name, make]) => [name, (chunks: readonly unknown[]) => make(chunks.join(''))]),
    )
    return raw([format.format({ ...escaped, ...handlers })].flat().join(''))
  }

  /** The values as they stand in a sentence of this language. */
  #placed(values: MessageValues): MessageValues {
    if (this.language.direction === 'ltr') return values
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, isolate(value)]))
  }

  #compile(key: MessageKey): Compiled {
    let compiled = this.#compiled.get(key)
    if (compiled === undefined) {
      // The catalogues are complete (a test compares them); were there a gap, English is better than no page.
      const text = this.#texts.get(key) ?? readCatalogue(ENGLISH.tag).get(key)
      if (text === undefined) throw new Error(`no catalogue has the message ${key}`)
      const format = new IntlMessageFormat(text, localeOf(this.language))
      compiled = { format, parts: partsOf(format.getAst()) }
      this.#compiled.set(key, compiled)
    }
    return compiled
  }
}

/** The locale with the digits of its readers, for all that `Intl` formats. */
export function localeOf({ tag, digits }: Language): string {
  return `${tag}-u-nu-${digits}`
}

/**
 * In a sentence from right to left the parts of a name or an address would change places with what stands beside it; an isolate
 * keeps them together (Unicode Standard Annex #9, FSI and PDI).
 */
function isolate<Value extends string | number | Date>(value: Value): Value | string {
  // A list of names (View.list) has isolated each by itself already.
  const isToIsolate = typeof value === 'string' && /[A-Za-z0-9]/.test(value) && !value.includes(FIRST_STRONG_ISOLATE)
  return isToIsolate ? `${FIRST_STRONG_ISOLATE}${value}${POP_ISOLATE}` : value
}

function partsOf(elements: readonly Element[]): readonly Part[] | null {
  const parts: Part[] = []
  for (const element of elements) {
    // The enum of the parser is of types alone here: the numbers are its own.
    const type: number = element.type
    if (type === LITERAL && 'value' in element) {
      parts.push({ kind: 'text', text: element.value, html: escapeHtml(element.value) })
    } else if (type === ARGUMENT && 'value' in element) parts.push({ kind: 'argument', name: element.value })
    else if (type === TAG && 'children' in element && 'value' in element) {
      const inner = partsOf(element.children)
      if (inner === null) return null
      parts.push({ kind: 'tag', name: element.value, parts: inner })
    } else return null
  }
  return parts
}

function valueOf(name: string, values: MessageValues, key: string): string {
  const value = values[name]
  if (value === undefined) throw new Error(`the message ${key} wants a value for ${name}`)
  return String(value)
}

function plainText(part: Part, values: MessageValues, key: string): string {
  if (part.kind === 'text') return part.text
  if (part.kind === 'argument') return valueOf(part.name, values, key)
  return part.parts.map((each) => plainText(each, values, key)).join('')
}

function htmlText(part: Part, values: MessageValues, tags: Tags, key: string): string {
  if (part.kind === 'text') return part.html
  if (part.kind === 'argument') return escapeHtml(valueOf(part.name, values, key))
  const make = tags[part.name]
  if (make === undefined) throw new Error(`the message ${key} wants the tag ${part.name}`)
  return make(part.parts.map((each) => htmlText(each, values, tags, key)).join(''))
}
