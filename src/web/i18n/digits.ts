/** The digits of the readers' languages: written from numbers, and read where somebody types them. */
import type { Language } from './languages.ts'

/** Ten digits in order, by CLDR's name of the numbering system. */
export const DIGITS: Readonly<Record<Language['digits'], string>> = {
  latn: '0123456789',
  beng: '০১২৩৪৫৬৭৮৯',
  arab: '٠١٢٣٤٥٦٧٨٩',
  arabext: '۰۱۲۳۴۵۶۷۸۹',
}

const VALUES: ReadonlyMap<string, string> = new Map(
  Object.values(DIGITS).flatMap((digits) => Array.from(digits, (digit, value) => [digit, String(value)] as const)),
)

const OTHER_DIGITS = new RegExp(`[${DIGITS.beng}${DIGITS.arab}${DIGITS.arabext}]`, 'g')

/** What a reader typed, with the digits that programs read: `৯৭৩` becomes `973`; all else stays. */
export function toLatinDigits(text: string): string {
  return text.replace(OTHER_DIGITS, (digit) => VALUES.get(digit) ?? digit)
}
