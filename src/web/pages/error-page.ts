/** The page that says that something is not there, or went wrong. */
import { html } from 'hono/html'
import { PORT_MAX } from '../../registry/index.ts'
import type { WebContext } from '../env.ts'
import { respond } from '../http/respond.ts'
import type { WebServices } from '../services.ts'
import { renderPage } from './layout.ts'

export type PageError = 'notFound' | 'failed' | 'refused'

const STATUS = { notFound: 404, failed: 500, refused: 403 } as const

export async function errorPage(c: WebContext, { frame }: WebServices, error: PageError): Promise<Response> {
  const view = c.get('view')
  const title = view.t(`common.error.${error}.title`)
  const text = view.t(`common.error.${error}.text`, { first: view.digits(0), last: view.digits(PORT_MAX) })
  const main = html`<h1>${title}</h1>
    <p>${text}</p>`
  const page = renderPage(
    frame,
    view,
    { title, description: text, path: '/', part: 'none', main, isPrivate: true },
    c.get('visitor'),
  )
  return respond(c, String(await page), {
    type: 'text/html; charset=utf-8',
    cacheControl: 'no-store',
    status: STATUS[error],
  })
}
