/** The language of a request: the first part of its path, else what the browser asks for. */
import type { MiddlewareHandler } from 'hono'
import type { WebEnv } from '../env.ts'
import { languageOf } from '../i18n/languages.ts'
import type { Language } from '../i18n/languages.ts'
import { negotiateLanguage } from '../i18n/negotiate.ts'
import type { Views } from '../i18n/view.ts'

/** `/bn/ports/973` as Bengali and `/ports/973`; a path without a language comes back as it is. */
export function splitLanguage(path: string): { readonly language: Language | undefined; readonly path: string } {
  const end = path.indexOf('/', 1)
  const first = end === -1 ? path.slice(1) : path.slice(1, end)
  const language = languageOf(first)
  if (language === undefined) return { language, path }
  return { language, path: end === -1 ? '/' : path.slice(end) }
}

/** The path of an address, as routes are found by it: without the language, and without what follows `?`. */
export function routePath(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  if (start === -1) return '/'
  const end = url.slice(start).search(/[?#]/)
  return splitLanguage(end === -1 ? url.slice(start) : url.slice(start, start + end)).path
}

/** Sets the view of each request. */
export function chooseLanguage(views: Views): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const { language } = splitLanguage(new URL(c.req.url).pathname)
    c.set(
      'view',
      language === undefined ? views.of(negotiateLanguage(c.req.header('accept-language'))) : views.of(language, true),
    )
    await next()
  }
}
