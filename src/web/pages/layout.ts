/** The frame of every page: head, header, footer. What all pages of a language share is made once (chrome.ts). */
import { raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Frame } from '../frame.ts'
import type { View } from '../i18n/view.ts'
import type { Visitor } from '../visitor.ts'
import { chromeOf } from './chrome.ts'
import { escapeHtml } from './escape.ts'

/** HTML that is ready, or will be when what it waits for is. */
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

/** The whole document. */
export async function renderPage(
  frame: Frame,
  view: View,
  page: Page,
  visitor: Visitor | null = null,
): Promise<HtmlEscapedString> {
  const { main, head = '' } = page
  return raw(`${beforeMain(frame, view, page, String(await head), visitor)}${await main}${chromeOf(frame, view).end}`)
}

/** A page whose main part waits for nothing, as what stands before that part, the part, and what stands after it. */
export interface PageParts {
  readonly before: string
  readonly main: string
  readonly after: string
}

/** The same in three parts, for who keeps the second alone. */
export function renderParts(frame: Frame, view: View, page: Page): PageParts {
  const { main, head = '' } = page
  if (main instanceof Promise || head instanceof Promise) throw new Error(`the page ${page.path} has parts to wait for`)
  return {
    before: beforeMain(frame, view, page, String(head), null),
    main: String(main),
    after: chromeOf(frame, view).end,
  }
}

function beforeMain(frame: Frame, view: View, page: Page, head: string, visitor: Visitor | null): string {
  const chrome = chromeOf(frame, view)
  const { t } = view
  const siteName = t('common.site.name')
  const title = page.title === siteName ? siteName : `${page.title} · ${siteName}`
  const links = page.isPrivate === true ? '<meta name="robots" content="noindex" />' : chrome.languageLinks(page.path)
  const islands = ['site', ...(page.islands ?? [])].map(
    (name) => `<script type="module" src="${frame.assets.href(`${name}.js`)}"></script>`,
  )
  return [
    chrome.start,
    `<title>${escapeHtml(title)}</title>\n<meta name="description" content="${escapeHtml(page.description)}" />\n`,
    links,
    head,
    islands.join(''),
    chrome.headerOf(page.part, page.path, visitor),
  ].join('')
}
