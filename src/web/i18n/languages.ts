/** The languages of the pages, and what each asks of them besides its words. */

export interface Language {
  /** BCP 47, as it stands in the address (`/bn/ports/973`) and in `lang`. */
  readonly tag: string
  readonly direction: 'ltr' | 'rtl'
  /** The language's name in itself, for the switch. */
  readonly ownName: string
  /** The digits that its readers expect (CLDR numbering system). */
  readonly digits: 'latn' | 'beng' | 'arab' | 'arabext'
  /** What stands between short items. */
  readonly comma: ', ' | '، ' | '、'
}

const latin = (tag: string, ownName: string, comma: Language['comma'] = ', '): Language => ({
  tag,
  ownName,
  direction: 'ltr',
  digits: 'latn',
  comma,
})

/** English first: it is what a reader gets who asks for none of them. */
export const LANGUAGES: readonly [Language, ...Language[]] = [
  latin('en', 'English'),
  { tag: 'ar', ownName: 'العربية', direction: 'rtl', digits: 'arab', comma: '، ' },
  { tag: 'bn', ownName: 'বাংলা', direction: 'ltr', digits: 'beng', comma: ', ' },
  latin('de', 'Deutsch'),
  latin('es', 'Español'),
  { tag: 'fa', ownName: 'فارسی', direction: 'rtl', digits: 'arabext', comma: '، ' },
  latin('fr', 'Français'),
  latin('hi', 'हिन्दी'),
  latin('id', 'Bahasa Indonesia'),
  latin('ja', '日本語', '、'),
  latin('ko', '한국어'),
  latin('pt-BR', 'Português (Brasil)'),
  latin('ru', 'Русский'),
  latin('sv', 'Svenska'),
  latin('tr', 'Türkçe'),
  latin('zh-Hans', '简体中文', '、'),
  latin('zh-Hant', '繁體中文', '、'),
]

export const [ENGLISH] = LANGUAGES

const BY_TAG: ReadonlyMap<string, Language> = new Map(LANGUAGES.map((each) => [each.tag.toLowerCase(), each]))

/** The language of a tag in any case of letters; undefined where there is none. */
export function languageOf(tag: string): Language | undefined {
  return BY_TAG.get(tag.toLowerCase())
}
