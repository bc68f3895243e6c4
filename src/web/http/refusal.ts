/** Answers that refuse a request before it comes to a page: a page in the visitor's language, or problem+json for programs. */
import { html } from 'hono/html'
import type { WebContext } from '../env.ts'
import type { MessageKey } from '../i18n/catalogue.ts'
import type { MessageValues } from '../i18n/messages.ts'
import { renderPage } from '../pages/layout.ts'
import type { WebServices } from '../services.ts'

export type Refusal = 'misdirected' | 'tooMany' | 'tooLarge' | 'crossSite' | 'badToken' | 'busy'

interface Kind {
  readonly status: 401 | 403 | 413 | 421 | 429 | 503
  readonly title: MessageKey
  readonly text: MessageKey
}

const KINDS: Readonly<Record<Refusal, Kind>> = {
  misdirected: { status: 421, title: 'account.refused.misdirected.title', text: 'account.refused.misdirected.text' },
  tooMany: { status: 429, title: 'common.error.tooMany.title', text: 'common.error.tooMany.text' },
  tooLarge: { status: 413, title: 'account.refused.tooLarge.title', text: 'account.refused.tooLarge.text' },
  crossSite: { status: 403, title: 'common.error.refused.title', text: 'common.error.refused.text' },
  badToken: { status: 401, title: 'account.refused.badToken.title', text: 'account.refused.badToken.text' },
  busy: { status: 503, title: 'account.refused.busy.title', text: 'account.refused.busy.text' },
}

/** `seconds` is after how long to try again, where that helps. */
export async function refuse(
  c: WebContext,
  { frame }: WebServices,
  refusal: Refusal,
  values: MessageValues & { readonly seconds?: number } = {},
): Promise<Response> {
  const { status, title, text } = KINDS[refusal]
  const view = c.get('view')
  const headers: Record<string, string> = { 'cache-control': 'no-store', vary: 'accept-language, cookie' }
  if (values.seconds !== undefined) headers['retry-after'] = String(values.seconds)
  if (refusal === 'badToken') headers['www-authenticate'] = 'Bearer realm="Portolan", error="invalid_token"'
  // What is left of the body is not read.
  if (refusal === 'tooLarge') headers['connection'] = 'close'
  const [heading, sentence] = [view.t(title), view.t(text, values)]
  if (isForProgram(c)) {
    const problem = { type: 'about:blank', title: heading, status, detail: sentence }
    return c.body(JSON.stringify(problem), status, { ...headers, 'content-type': 'application/problem+json' })
  }
  const main = html`<h1>${heading}</h1>
    <p>${sentence}</p>`
  const page = { title: heading, description: sentence, path: '/', part: 'none', main, isPrivate: true } as const
  return c.body(String(await renderPage(frame, view, page)), status, {
    ...headers,
    'content-type': 'text/html; charset=utf-8',
  })
}

/** Browsers name HTML when they go to a page. */
function isForProgram(c: WebContext): boolean {
  if (/^\/api(?:\/|$)/.test(c.req.path)) return true
  const accept = c.req.header('accept') ?? ''
  return accept.includes('json') && !accept.includes('text/html')
}
