/** The frame of every page: head, header, footer. */
import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { MessageKey } from '../i18n/catalogue.ts'
import { LANGUAGES } from '../i18n/languages.ts'
import type { View } from '../i18n/view.ts'
import type { Frame } from '../frame.ts'
import type { Visitor } from '../visitor.ts'
import { rose } from './rose.ts'

/** HTML that is ready: templates with nothing to wait for. */
export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

export interface Page {
  readonly title: string
  readonly description: string
  /** Without the language: `/ports/973`. */
  readonly path: string
  /** Which part of the site it belongs to. */
  readonly part: 'ports' | 'chart' | 'listeners' | 'directory' | 'search' | 'account' | 'none'
  readonly main: Markup
  /** More for the head: structured data, an image for previews. */
  readonly head?: Markup
  /** The islands that it wants besides the site's own: `chart` for `assets/chart.js`. */
  readonly islands?: readonly string[]
  /** Not for search engines, and without links to other languages: a page of one visitor. */
  readonly isPrivate?: boolean
}

const PARTS = ['chart', 'ports', 'listeners', 'directory'] as const

/** The whole document. */
export function renderPage(frame: Frame, view: View, page: Page, visitor: Visitor | null = null): Markup {
  const { language } = view
  const { t } = view
  return html`<!doctype html>
    <html lang="${language.tag}" dir="${language.direction}">
      <head>
        <meta charset="utf-8" />
        <title>${page.title === t('common.site.name') ? page.title : `${page.title} · ${t('common.site.name')}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="description" content="${page.description}" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="${frame.assets.href('rose.svg')}" type="image/svg+xml" />
        <link rel="stylesheet" href="${frame.assets.href('site.css')}" />
        ${page.isPrivate === true ? raw('<meta name="robots" content="noindex" />') : languageLinks(frame, view, page)}
        ${page.head ?? ''}
        ${['site', ...(page.islands ?? [])].map(
          (name) => html`<script type="module" src="${frame.assets.href(`${name}.js`)}"></script>`,
        )}
      </head>
      <body>
        <a class="skip" href="#content">${t('common.nav.skip')}</a>
        ${header(view, page, visitor)}
        <main id="content">${page.main}</main>
        ${footer(frame, view)}
      </body>
    </html> `
}

/** The same page in every language, for search engines; the plain address is for those whose language is none of them. */
function languageLinks(frame: Frame, view: View, { path }: Page): Markup {
  const at = (tag: string): string => `${frame.origin}/${tag}${path === '/' ? '' : path}`
  return html`<link rel="canonical" href="${at(view.language.tag)}" />${LANGUAGES.map(
      ({ tag }) => html`<link rel="alternate" hreflang="${tag}" href="${at(tag)}" />`,
    )}<link rel="alternate" hreflang="x-default" href="${frame.origin}${path}" />`
}

function header(view: View, page: Page, visitor: Visitor | null): Markup {
  const { t } = view
  const link = (part: (typeof PARTS)[number]): Markup => {
    const key: MessageKey = `common.nav.${part}`
    return html`<li>
      <a href="${view.href(`/${part}`)}" ${page.part === part ? raw('aria-current="page"') : ''}>${t(key)}</a>
    </li>`
  }
  return html`<header class="top">
    <a class="brand" href="${view.href('/')}">${rose}<span>${t('common.site.name')}</span></a>
    <nav aria-label="${t('common.nav.label')}">
      <ul>
        ${PARTS.map(link)}
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
      />
      <button>${t('common.find.button')}</button>
    </form>
    <a class="account" href="${view.href('/account')}"
      >${visitor === null ? t('common.nav.signIn') : t('common.nav.account', { name: visitor.name })}</a
    >
    ${languageSwitch(view, page)}
  </header>`
}

function languageSwitch(view: View, { path }: Page): Markup {
  return html`<details class="languages">
    <summary aria-label="${view.t('common.nav.language')}: ${view.language.ownName}">${view.language.ownName}</summary>
    <ul>
      ${LANGUAGES.map(
        ({ tag, ownName, direction }) =>
          html`<li>
            <a
              href="/${tag}${path === '/' ? '' : path}"
              lang="${tag}"
              dir="${direction}"
              hreflang="${tag}"
              ${tag === view.language.tag ? raw('aria-current="true"') : ''}
              >${ownName}</a
            >
          </li>`,
      )}
    </ul>
  </details>`
}

function footer(frame: Frame, view: View): Markup {
  const { t } = view
  const { source } = frame
  return html`<footer class="foot">
    <p>${t('common.foot.made', { version: frame.version })}</p>
    <p>
      ${t('common.foot.source', { source: source.id, date: view.date(source.asOf) })}
      <a href="/api">${t('common.foot.api')}</a>
    </p>
  </footer>`
}
