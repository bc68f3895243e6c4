/** The page that says that something is not there, or went wrong, and where to go on. */
import { html } from 'hono/html'
import { PORT_MAX } from '../../registry/index.ts'
import type { WebContext } from '../env.ts'
import { respond } from '../http/respond.ts'
import type { WebServices } from '../services.ts'
import { renderPage } from './layout.ts'
import { signInHref } from './sign-in-href.ts'

/**
 * - `notFound`: nothing is at this address.
 * - `invalid`: what was sent is not what the form asks for.
 * - `forbidden`: whoever asks may not do that; who has not signed in is led there.
 * - `tooLarge`, `tooMany`: more than a client is given.
 * - `failed`: the mistake is ours.
 */
export type PageError = 'notFound' | 'invalid' | 'forbidden' | 'tooLarge' | 'tooMany' | 'failed'

const STATUS = {
  notFound: 404,
  invalid: 400,
  forbidden: 403,
  tooLarge: 413,
  tooMany: 429,
  failed: 500,
} as const satisfies Record<PageError, number>

/** `seconds`: after which time to try again, for `tooMany`. */
export async function errorPage(
  c: WebContext,
  { frame }: WebServices,
  error: PageError,
  { seconds = 1 }: { readonly seconds?: number } = {},
): Promise<Response> {
  const view = c.get('view')
  const title = view.t(`common.error.${error}.title`)
  const text = view.t(`common.error.${error}.text`, { first: view.digits(0), last: view.digits(PORT_MAX), seconds })
  const maySignIn = error === 'forbidden' && c.get('visitor') === null && c.req.method === 'GET'
  const back = `${c.req.path}${new URL(c.req.url).search}`
  const main = html`<h1>${title}</h1>
    <p>${text}</p>
    <ul class="ways">
      ${maySignIn ? html`<li><a href="${signInHref(view, back)}">${view.t('common.nav.signIn')}</a></li>` : ''}
      <li><a href="${view.href('/')}">${view.t('common.site.name')}</a></li>
      <li><a href="${view.href('/ports')}">${view.t('common.nav.ports')}</a></li>
      <li><a href="${view.href('/chart')}">${view.t('common.nav.chart')}</a></li>
    </ul>`
  const page = renderPage(
    frame,
    view,
    { title, description: text, path: '/', part: 'none', main, isPrivate: true },
    c.get('visitor'),
  )
  if (error === 'tooMany') c.header('retry-after', String(seconds))
  return respond(c, String(await page), {
    type: 'text/html; charset=utf-8',
    cacheControl: 'no-store',
    status: STATUS[error],
  })
}
