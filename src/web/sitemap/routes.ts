/** `/robots.txt`, `/sitemap.xml` and the lists that it names. */
import type { WebApp } from '../env.ts'
import { respond } from '../http/respond.ts'
import { languageOf } from '../i18n/languages.ts'
import { errorPage } from '../pages/error-page.ts'
import type { WebServices } from '../services.ts'
import { PARTS, robotsText, sitemapIndex, sitemapOf } from './sitemap.ts'
import type { SitemapPart } from './sitemap.ts'

/** The registry changes by the week. */
const DAILY = 'public, max-age=86400'
const XML = { type: 'application/xml; charset=utf-8', cacheControl: DAILY } as const

export function addSitemaps(app: WebApp, services: WebServices): void {
  const { frame } = services
  app.get('/robots.txt', (c) =>
    respond(c, robotsText(frame.origin), { type: 'text/plain; charset=utf-8', cacheControl: DAILY }),
  )
  app.get('/sitemap.xml', (c) => respond(c, sitemapIndex(frame.origin, frame.source.asOf), XML))
  app.get('/sitemap/:file', (c) => {
    const part = readFile(c.req.param('file'))
    if (part === null) return errorPage(c, services, 'notFound')
    return Promise.resolve(respond(c, sitemapOf(frame.origin, frame.source.asOf, part), XML))
  })
}

/** `pt-BR-3.xml`; null for anything else. */
function readFile(file: string): SitemapPart | null {
  const { tag = '', number = '' } = /^(?<tag>[A-Za-z-]{2,10})-(?<number>\d)\.xml$/.exec(file)?.groups ?? {}
  const language = languageOf(tag)
  const part = Number(number)
  return language === undefined || part >= PARTS ? null : { language, part }
}
