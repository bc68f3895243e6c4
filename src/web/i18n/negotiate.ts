/** Which of our languages a reader's browser asks for (RFC 9110 §12.5.4). */
import { parseAccept } from 'hono/utils/accept'
import { ENGLISH, LANGUAGES, languageOf } from './languages.ts'
import type { Language } from './languages.ts'

/** A browser sends ten at most; more is nobody's. */
const RANGES_MAX = 20
const HEADER_CHARS_MAX = 512

/** The best of our languages for an `Accept-Language`; English where it names none of them. */
export function negotiateLanguage(header: string | undefined): Language {
  if (header === undefined || header.length > HEADER_CHARS_MAX) return ENGLISH
  const ranges = parseAccept(header)
    .filter(({ q }) => q > 0)
    .slice(0, RANGES_MAX)
  for (const { type } of ranges) {
    const found = type === '*' ? ENGLISH : closestTo(type)
    if (found !== undefined) return found
  }
  return ENGLISH
}

/** `pt` and `pt-PT` are served by `pt-BR`; of Chinese, the script that is likely for the region decides. */
function closestTo(range: string): Language | undefined {
  const exact = languageOf(range)
  if (exact !== undefined) return exact
  const likely = maximized(range)
  if (likely === undefined) return undefined
  return LANGUAGES.find(({ tag }) => {
    const own = maximized(tag)
    return own?.language === likely.language && own.script === likely.script
  })
}

function maximized(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(tag).maximize()
  } catch {
    // Not a tag at all: what a client sends is not to be trusted.
    return undefined
  }
}
