/** `/feedback`, for the operator: what visitors said of each page, the least helpful first; and the same as CSV. */
import { html } from 'hono/html'
import * as v from 'valibot'
import type { WebApp, WebContext } from '../env.ts'
import { PRIVATE_PAGE, respond } from '../http/respond.ts'
import { languageOf } from '../i18n/languages.ts'
import type { View } from '../i18n/view.ts'
import { errorPage } from '../pages/error-page.ts'
import { renderPage } from '../pages/layout.ts'
import type { Markup } from '../pages/layout.ts'
import type { WebServices } from '../services.ts'
import type { FeedbackCount } from './feedback-book.ts'
import { orderWorstFirst } from './worst-first.ts'

/** A page of the table. */
const ROWS = 100

const pageSchema = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,4}$/),
  v.transform((text) => Number(text)),
)

export function addFeedbackCounts(app: WebApp, services: WebServices): void {
  const { feedback, frame } = services
  app.get('/feedback', async (c) => {
    if (!mayOperate(c)) return errorPage(c, services, 'forbidden')
    const asked = v.safeParse(pageSchema, c.req.query('page') ?? '1')
    if (!asked.success) return errorPage(c, services, 'notFound')
    const view = c.get('view')
    const title = view.t('port.feedback.title')
    const main = countsPart(view, orderWorstFirst(feedback.counts()), asked.output)
    const page = { title, description: title, path: '/feedback', part: 'account', main, isPrivate: true } as const
    return respond(c, String(await renderPage(frame, view, page, c.get('visitor'))), PRIVATE_PAGE)
  })
  app.get('/feedback.csv', (c) => {
    if (!mayOperate(c)) return errorPage(c, services, 'forbidden')
    c.header('content-disposition', 'attachment; filename="feedback.csv"')
    return Promise.resolve(
      respond(c, csvOf(orderWorstFirst(feedback.counts())), {
        type: 'text/csv; charset=utf-8; header=present',
        cacheControl: 'no-store',
      }),
    )
  })
}

function mayOperate(c: WebContext): boolean {
  return c.get('visitor')?.scopes.has('operate') === true
}

/** RFC 4180; numbers and language tags alone, of which nothing has to be quoted, and which no spreadsheet takes for a formula. */
function csvOf(counts: readonly FeedbackCount[]): string {
  const rows = counts.map(({ port, language, yes, partly, no }) => [port, language, yes, partly, no].join(','))
  return ['port,language,yes,partly,no', ...rows, ''].join('\r\n')
}

function countsPart(view: View, counts: readonly FeedbackCount[], page: number): Markup {
  const { t } = view
  const shown = counts.slice((page - 1) * ROWS, page * ROWS)
  const way = (to: number, key: 'port.feedback.previous' | 'port.feedback.next', rel: string): Markup =>
    html`<a rel="${rel}" href="${view.href(`/feedback?page=${to}`)}">${t(key)}</a>`
  return html`<h1>${t('port.feedback.title')}</h1>
    <p>${t('port.feedback.lead')} <a href="${view.href('/feedback.csv')}" download>${t('port.feedback.csv')}</a></p>
    ${
      shown.length === 0
        ? html`<p>${t('port.feedback.none')}</p>`
        : html`<div class="wide" tabindex="0" role="region" aria-label="${t('port.feedback.title')}">
            <table class="counts">
              <thead>
                <tr>
                  <th scope="col">${t('port.feedback.page')}</th>
                  <th scope="col">${t('common.nav.language')}</th>
                  <th scope="col">${t('port.helpful.yes')}</th>
                  <th scope="col">${t('port.helpful.partly')}</th>
                  <th scope="col">${t('port.helpful.no')}</th>
                </tr>
              </thead>
              <tbody>
                ${shown.map((each) => countRow(view, each))}
              </tbody>
            </table>
          </div>`
    }
    <nav class="neighbours" aria-label="${t('port.feedback.pages')}">
      ${page > 1 ? way(page - 1, 'port.feedback.previous', 'prev') : ''}
      ${page * ROWS < counts.length ? way(page + 1, 'port.feedback.next', 'next') : ''}
    </nav>`
}

function countRow(view: View, { port, language, yes, partly, no }: FeedbackCount): Markup {
  const known = languageOf(language)
  return html`<tr>
    <th scope="row">
      <a href="/${language}/ports/${port}">${view.t('port.title', { port: view.digits(port) })}</a>
    </th>
    <td>
      ${known === undefined ? language : html`<span lang="${known.tag}" dir="${known.direction}">${known.ownName}</span>`}
    </td>
    <td>${view.count(yes)}</td>
    <td>${view.count(partly)}</td>
    <td>${view.count(no)}</td>
  </tr>`
}
