/** A language as a page uses it: its messages, its numbers and dates, and the addresses of its pages. */
import { DIGITS } from './digits.ts'
import { ENGLISH } from './languages.ts'
import type { Language } from './languages.ts'
import { Messages, localeOf } from './messages.ts'

/** The registry and the lore name some 3,000 days; formatting one takes 5 µs. */
const DAYS_KEPT = 5000

export class View {
  readonly language: Language
  /** A message as plain text. */
  readonly t: Messages['t']
  /** A message whose tags become HTML. */
  readonly rich: Messages['rich']
  /** What the lore says in English, in the reader's language; null where it is not translated. */
  readonly lore: Messages['lore']
  /** Whether the language stands in the address; where it does not, it was negotiated. */
  readonly isNamed: boolean
  readonly #numbers: Intl.NumberFormat
  readonly #dates: Intl.DateTimeFormat
  readonly #months: Intl.DateTimeFormat
  readonly #moments: Intl.DateTimeFormat
  readonly #shortMoments: Intl.DateTimeFormat
  readonly #lists: Intl.ListFormat
  readonly #days: Map<string, string> = new Map()

  constructor(messages: Messages, isNamed: boolean) {
    this.language = messages.language
    this.t = (key, values) => messages.t(key, values)
    this.rich = (key, tags, values) => messages.rich(key, tags, values)
    this.lore = (english) => messages.lore(english)
    this.isNamed = isNamed
    const locale = localeOf(messages.language)
    this.#numbers = new Intl.NumberFormat(locale)
    this.#dates = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })
    this.#months = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long', timeZone: 'UTC' })
    this.#lists = new Intl.ListFormat(messages.language.tag, { type: 'conjunction' })
    this.#shortMoments = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'short' })
    this.#moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' })
  }

  /** The address of a page of ours in this language: `/ports/973` or `/bn/ports/973`. */
  href(path: string): string {
    return this.isNamed ? `/${this.language.tag}${path === '/' ? '' : path}` : path
  }

  /** A count with the reader's digits and grouping: 65,536. */
  count(value: number): string {
    return this.#numbers.format(value)
  }

  /** A port, a year, a version: the reader's digits, and nothing between them. */
  digits(value: number | string): string {
    const digits = DIGITS[this.language.digits]
    if (this.language.digits === 'latn') return String(value)
    return String(value).replace(/[0-9]/g, (each) => digits[Number(each)] ?? each)
  }

  get hasOwnDigits(): boolean {
    return this.language.digits !== 'latn'
  }

  /** A day (YYYY-MM-DD) or a month (YYYY-MM), spelt out; any other text as it is. */
  date(day: string): string {
    let text = this.#days.get(day)
    if (text === undefined) {
      text = this.#spellOut(day)
      if (this.#days.size < DAYS_KEPT) this.#days.set(day, text)
    }
    return text
  }

  #spellOut(day: string): string {
    const parts = /^\d{4}-\d\d(-\d\d)?$/.exec(day)
    const time = parts === null ? Number.NaN : Date.parse(`${day}${parts[1] === undefined ? '-01' : ''}T00:00:00Z`)
    if (parts === null || Number.isNaN(time)) return this.digits(day)
    return (parts[1] === undefined ? this.#months : this.#dates).format(time)
  }

  /** A name within a sentence, which keeps its own direction: `<bdi>` for plain text (UAX #9, first strong isolate). */
  isolate(name: string): string {
    return this.language.direction === 'ltr' ? name : `\u2068${name}\u2069`
  }

  /** Names one after another, as the language joins them, each with its own direction. */
  list(names: readonly string[]): string {
    return this.#lists.format(names.map((name) => this.isolate(name)))
  }

  /** Short items in a row, without an “and”: `TCP, UDP`. */
  items(texts: readonly string[]): string {
    return texts.join(this.language.comma)
  }

  /** A moment as short as the language writes it: for tables. */
  shortMoment(timeMs: number): string {
    return this.#shortMoments.format(timeMs)
  }

  /** A moment in this machine's time zone; milliseconds since 1970. */
  moment(timeMs: number): string {
    return this.#moments.format(timeMs)
  }
}

/** The views of all languages, each made when it is first asked for. */
export class Views {
  readonly #views: Map<string, View> = new Map()
  readonly #messages: Map<Language, Messages> = new Map()

  of(language: Language = ENGLISH, isNamed = false): View {
    const key = `${language.tag} ${isNamed}`
    let view = this.#views.get(key)
    if (view === undefined) {
      view = new View(this.#messagesOf(language), isNamed)
      this.#views.set(key, view)
    }
    return view
  }

  #messagesOf(language: Language): Messages {
    let messages = this.#messages.get(language)
    if (messages === undefined) {
      messages = new Messages(language)
      this.#messages.set(language, messages)
    }
    return messages
  }
}
