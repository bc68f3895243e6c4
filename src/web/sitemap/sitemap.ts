/** Sitemaps (sitemaps.org, protocol 0.9): a list of lists, one for each language and 10,000 ports. */
import { PORT_MAX } from '../../registry/index.ts'
import { LANGUAGES } from '../i18n/languages.ts'
import type { Language } from '../i18n/languages.ts'
import { escapeHtml } from '../pages/escape.ts'

/** A list may have 50,000 addresses; one of 10,000 is a megabyte. */
export const PORTS_EACH = 10_000
/** The pages that are not of one port. */
const OTHER_PATHS = ['', '/ports', '/chart'] as const

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
const NAMESPACE = 'http://www.sitemaps.org/schemas/sitemap/0.9'

export interface SitemapPart {
  readonly language: Language
  /** Which ten thousand. */
  readonly part: number
}

/** How many lists a language has. */
export const PARTS: number = Math.ceil((PORT_MAX + 1) / PORTS_EACH)

/** The list of lists; `asOf`: the day of the registry that they speak of. */
export function sitemapIndex(origin: string, asOf: string): string {
  const entries = LANGUAGES.flatMap(({ tag }) =>
    Array.from({ length: PARTS }, (_, part) => entry('sitemap', `${origin}/sitemap/${tag}-${part}.xml`, asOf)),
  )
  return `${HEAD}<sitemapindex xmlns="${NAMESPACE}">\n${entries.join('\n')}\n</sitemapindex>\n`
}

/** The pages of one language for 10,000 ports; the first list has its other pages, too. */
export function sitemapOf(origin: string, asOf: string, { language, part }: SitemapPart): string {
  const base = `${origin}/${language.tag}`
  const first = part * PORTS_EACH
  const count = Math.min(PORTS_EACH, PORT_MAX + 1 - first)
  const paths = [
    ...(part === 0 ? OTHER_PATHS : []),
    ...Array.from({ length: count }, (_, index) => `/ports/${first + index}`),
  ]
  const entries = paths.map((path) => entry('url', `${base}${path}`, asOf))
  return `${HEAD}<urlset xmlns="${NAMESPACE}">\n${entries.join('\n')}\n</urlset>\n`
}

function entry(kind: 'url' | 'sitemap', address: string, asOf: string): string {
  const day = /^\d{4}-\d\d-\d\d$/.test(asOf) ? `<lastmod>${asOf}</lastmod>` : ''
  return `<${kind}><loc>${escapeHtml(address)}</loc>${day}</${kind}>`
}

/** What robots may read (RFC 9309): all that stays, and nothing that changes while they look, or is one visitor's. */
export function robotsText(origin: string): string {
  const kept = ['account', 'api', 'directory', 'feedback', 'listeners', 'search']
  const rules = kept.flatMap((name) => [`Disallow: /${name}`, `Disallow: /*/${name}`])
  return ['User-agent: *', ...rules, `Sitemap: ${origin}/sitemap.xml`, ''].join('\n')
}
