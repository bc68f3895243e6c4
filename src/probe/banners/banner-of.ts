/** How a banner is made: each text that a peer sent is printable and bounded before anybody sees it. */
import { DecodeError, LIMITS, printable } from '../../core/index.ts'
import type { Banner, TlsFacts } from '../model.ts'

/** What a parser found; texts as the peer sent them. An undefined, null or empty one is left out. */
export interface BannerParts {
  readonly product?: string | null | undefined
  readonly version?: string | null | undefined
  readonly text?: string | null | undefined
  readonly tls?: TlsFacts | null
  readonly details?: Readonly<Record<string, string | null | undefined>>
}

/** A banner of parts; `service` is ours, never the peer's word. */
export function makeBanner(service: string | null, parts: BannerParts): Banner {
  const details: Record<string, string> = {}
  for (const [name, value] of Object.entries(parts.details ?? {})) {
    const clean = cleanText(value, LIMITS.bannerDetailChars)
    if (clean !== null) details[name] = clean
  }
  return {
    service,
    product: cleanText(parts.product),
    version: cleanText(parts.version),
    text: cleanText(parts.text),
    tls: parts.tls ?? null,
    details,
  }
}

/** A peer's text on one line, harmless to a terminal, and no longer than allowed; null where nothing is left of it. */
export function cleanText(text: string | null | undefined, charsMax: number = LIMITS.bannerTextChars): string | null {
  if (text === null || text === undefined) return null
  // What is cut off first need not be escaped: a flood costs no more than what is kept.
  const line = text
    .slice(0, charsMax)
    .replace(/[\t\r\n ]+/g, ' ')
    .trim()
  const clean = printable(line).slice(0, charsMax).toWellFormed()
  return clean === '' ? null : clean
}

/**
 * The lines of what a peer sent, of whatever bytes, without their ends; never more than `linesMax`. A line that no greeting needs so
 * long is cut: what looks for patterns in it may take the square of its length.
 */
export function linesOf(bytes: Buffer, linesMax: number): string[] {
  const text = bytes.toString('utf8', 0, LIMITS.bannerBytes)
  return text.split(/\r?\n/, linesMax).map((line) => line.slice(0, LIMITS.bannerDetailChars))
}

/** What a parser makes of bytes from outside; null where they are not what it reads (`DecodeError`, or a read past the end). */
export function parseOrNull<T>(parse: () => T | null): T | null {
  try {
    return parse()
  } catch (error) {
    if (error instanceof DecodeError || error instanceof RangeError) return null
    throw error
  }
}

/** The product and the version of a text of the form `nginx/1.22.1` or `OpenSSH_9.2p1`; the version is null where it has none. */
export function splitProduct(text: string): { readonly product: string; readonly version: string | null } {
  const found = /^([^\s/]*?[A-Za-z][^\s/]*?)[/_-]v?(\d[^\s;,()]*)/.exec(text.slice(0, LIMITS.bannerTextChars))
  if (found === null) return { product: text.split(/[\s(]/, 1)[0] ?? '', version: null }
  return { product: found[1] ?? '', version: found[2] ?? null }
}
