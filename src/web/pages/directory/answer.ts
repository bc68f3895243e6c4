/** How the directory's pages answer: a page, a step to another page, or why something was not done. */
import { html } from 'hono/html'
import { DeskError } from '../../directory/failure.ts'
import type { DeskFailure } from '../../directory/failure.ts'
import type { WebContext } from '../../env.ts'
import { PRIVATE_PAGE, respond } from '../../http/respond.ts'
import type { RespondOptions } from '../../http/respond.ts'
import { renderPage } from '../layout.ts'
import type { Markup, Page } from '../layout.ts'
import { failureText } from './failure-text.ts'
import { barNote, crumbs } from './parts.ts'
import type { Site } from './place.ts'

type PageStatus = NonNullable<RespondOptions['status']>

const STATUS: Readonly<Record<DeskFailure['kind'], PageStatus>> = {
  notFound: 404,
  clone: 403,
  stale: 409,
  denied: 403,
  locked: 403,
  tooMany: 413,
  countChanged: 409,
  misplaced: 422,
  tooLarge: 413,
  unreadable: 422,
  busy: 503,
  partly: 409,
  undo: 409,
}

/** No page of the directory is kept by a browser: it changes under it, and says who is signed in. */
export async function answerPage(
  c: WebContext,
  { services, view, visitor }: Pick<Site, 'services' | 'view' | 'visitor'>,
  page: Page,
  status: PageStatus = 200,
): Promise<Response> {
  const main = html`<div class="directory-pages">${page.main}</div>`
  const document = await renderPage(services.frame, view, { ...page, main }, visitor)
  return respond(c, String(document), { ...PRIVATE_PAGE, status })
}

export function statusOf({ kind }: DeskFailure): PageStatus {
  return STATUS[kind]
}

/** After a form was done: the browser loads the page anew, and a reload does not send the form again. */
export function seeOther(c: WebContext, { view }: Pick<Site, 'view'>, path: string): Response {
  return c.redirect(view.href(path), 303)
}

export function failureNote(site: Site, failure: DeskFailure): Markup {
  return html`<div class="note" role="alert">
    <p><b>${site.view.t('directory.failed.title')}</b></p>
    <p>${failureText(site.view, failure)}</p>
  </div>`
}

/** The failure that an error is. */
export function requireFailure(error: unknown): DeskFailure {
  if (error instanceof DeskError) return error.failure
  throw error
}

/** A page that only says why something was not done, with a way back. */
export function answerFailure(c: WebContext, site: Site, failure: DeskFailure, back: string): Promise<Response> {
  return answerPage(c, site, messagePage(site, failureNote(site, failure), back), statusOf(failure))
}

/** For who sends a form and may not: their sign-in has ended, or they never had one. */
export function answerBarred(c: WebContext, site: Site, back: string): Promise<Response> {
  return answerPage(c, site, messagePage(site, html`<div class="note">${barNote(site, back)}</div>`, back), 403)
}

function messagePage(site: Site, message: Markup, back: string): Page {
  const { view } = site
  const title = view.t('directory.failed.title')
  return {
    title,
    description: title,
    path: back,
    part: 'directory',
    isPrivate: true,
    main: html`${crumbs(site, view, [])}
      <h1>${title}</h1>
      ${message}
      <p><a href="${view.href(back)}">${view.t('directory.failed.back')}</a></p>`,
  }
}
