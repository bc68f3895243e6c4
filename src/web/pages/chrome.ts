/**
 * What all pages of a language share: the head's constant lines, the header, the footer. Made once and then joined: of the time
 * that a port's page takes, it was a third.
 */
import { html, raw } from 'hono/html'
import type { Frame } from '../frame.ts'
import { LANGUAGES } from '../i18n/languages.ts'
import type { View } from '../i18n/view.ts'
import type { Visitor } from '../visitor.ts'
import { compact } from './compact.ts'
import { escapeHtml } from './escape.ts'
import type { Page } from './layout.ts'
import { rose } from './rose.ts'

export interface Chrome {
  /** From the doctype into the head. */
  readonly start: string
  /** From the end of the main part to that of the document. */
  readonly end: string
  /** Links to the same page in every language, for search engines; the plain address is for those whose language is none of them. */
  readonly languageLinks: (path: string) => string
  /** From the end of the head to the beginning of the main part. */
  readonly headerOf: (part: Page['part'], path: string, visitor: Visitor | null) => string
}

const PARTS = ['chart', 'ports', 'listeners', 'directory'] as const
const BY_VIEW: WeakMap<View, Chrome> = new WeakMap()

/** The chrome of a language; a view belongs to one server, and so to one frame. */
export function chromeOf(frame: Frame, view: View): Chrome {
  let chrome = BY_VIEW.get(view)
  if (chrome === undefined) {
    chrome = makeChrome(frame, view)
    BY_VIEW.set(view, chrome)
  }
  return chrome
}

function makeChrome(frame: Frame, view: View): Chrome {
  const beforeByPart = new Map<Page['part'], string>()
  const before = (part: Page['part']): string => {
    const made = beforeByPart.get(part) ?? headerStart(view, part)
    beforeByPart.set(part, made)
    return made
  }
  const languages = languageSwitch(view)
  return {
    start: headStart(frame, view),
    end: footer(frame, view),
    languageLinks: languageLinks(frame, view),
    headerOf: (part, path, visitor) => `${before(part)}${accountLink(view, visitor)}${languages(path)}`,
  }
}

/** An address of ours, without the part that is the page's own: that is set in by joining. */
function pathIn(tag: string, path: string): string {
  return `/${tag}${path === '/' ? '' : escapeHtml(path)}`
}

function headStart({ assets }: Frame, { language }: View): string {
  return compact(
    html`<!doctype html>
      <html lang="${language.tag}" dir="${language.direction}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <link rel="icon" href="${assets.href('rose.svg')}" type="image/svg+xml" />
          <link rel="search" href="/opensearch.xml" type="application/opensearchdescription+xml" title="Portolan" />
          <link rel="stylesheet" href="${assets.href('site.css')}" />
       `,
  )
}

function languageLinks({ origin }: Frame, { language }: View): (path: string) => string {
  const openings = LANGUAGES.map(({ tag }) => [tag, `<link rel="alternate" hreflang="${tag}" href="${origin}`] as const)
  return (path) =>
    `<link rel="canonical" href="${origin}${pathIn(language.tag, path)}" />\n${openings
      .map(([tag, opening]) => `${opening}${pathIn(tag, path)}" />\n`)
      .join('')}<link rel="alternate" hreflang="x-default" href="${origin}${escapeHtml(path)}" />\n`
}

function headerStart(view: View, current: Page['part']): string {
  const { t } = view
  return compact(
    html`</head>
      <body>
        <a class="skip" href="#content">${t('common.nav.skip')}</a>
        <header class="top">
          <a class="brand" href="${view.href('/')}">${rose}<span>${t('common.site.name')}</span></a>
          <nav aria-label="${t('common.nav.label')}">
            <ul>
              ${PARTS.map(
                (part) =>
                  html`<li>
                    <a href="${view.href(`/${part}`)}" ${part === current ? raw('aria-current="page"') : ''}
                      >${t(`common.nav.${part}`)}</a
                    >
                  </li> `,
              )}
            </ul>
          </nav>
          <form class="find" role="search" action="${view.href('/search')}">
            <label class="hidden" for="find">${t('common.find.label')}</label>
            <input
              id="find"
              name="q"
              type="search"
              placeholder="${t('common.find.placeholder')}"
              autocomplete="off"
              maxlength="200"
              data-suggest="${view.href('/search/suggest')}"
              data-suggest-label="${t('search.suggest.label')}"
            />
            <button type="submit">${t('common.find.button')}</button>
          </form>
       `,
  )
}

function accountLink(view: View, visitor: Visitor | null): string {
  const { t } = view
  const words = visitor === null ? t('common.nav.signIn') : t('common.nav.account', { name: visitor.name })
  return `<a class="account" href="${view.href('/account')}">${escapeHtml(words)}</a>\n`
}

function languageSwitch(view: View): (path: string) => string {
  const { language, t } = view
  const start = compact(
    html`<details class="languages">
      <summary aria-label="${t('common.nav.language')}: ${language.ownName}">${language.ownName}</summary>
      <ul></ul>
    </details> `,
  ).replace(/<\/ul>\s*<\/details>\s*$/, '')
  const entries = LANGUAGES.map(({ tag, ownName, direction }) => {
    const current = tag === language.tag ? ' aria-current="true"' : ''
    return [tag, `" lang="${tag}" dir="${direction}" hreflang="${tag}"${current}>${ownName}</a></li>\n`] as const
  })
  return (path) =>
    `${start}${entries.map(([tag, rest]) => `<li><a href="${pathIn(tag, path)}${rest}`).join('')}</ul>\n</details>\n</header>\n<main id="content">`
}

function footer({ version, source }: Frame, view: View): string {
  const { t } = view
  return compact(
    html`</main>
      <footer class="foot">
        <p>${t('common.foot.made', { version })}</p>
        <p>
          ${t('common.foot.source', { source: source.id, date: view.date(source.asOf) })}
          <a href="/api">${t('common.foot.api')}</a>
        </p>
      </footer>
      </body>
    </html> `,
  )
}
