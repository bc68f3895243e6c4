/** JSON or other text as an answer: compressed as the client likes, and not sent at all where it has it already. */
import type { WebContext } from '../env.ts'
import { Body } from '../http/body.ts'
import { matches } from '../http/respond.ts'

export interface AnswerOptions {
  readonly status?: 200 | 201 | 503
  /** By default each use asks again whether it has changed. */
  readonly cacheControl?: string
  /** The state that the answer shows, without quotes; left out, the bytes decide. */
  readonly state?: string
  readonly headers?: Readonly<Record<string, string>>
}

export const NEVER_KEPT = 'no-store'
/** Registry and lore change when the server is started anew. */
export const KEPT_A_WHILE = 'public, max-age=300'

export function answerJson(c: WebContext, value: unknown, options: AnswerOptions = {}): Response {
  return answerText(c, JSON.stringify(value), 'application/json', options)
}

export function answerText(c: WebContext, text: string, type: string, options: AnswerOptions = {}): Response {
  const { status = 200, cacheControl = c.get('visitor') === null ? 'no-cache' : 'private, no-cache', state } = options
  const body = new Body(text)
  const coding = body.codingFor(c.req.header('accept-encoding'))
  const etag = state === undefined ? body.etag(coding) : etagOf(state, coding)
  const headers: Record<string, string> = {
    'content-type': type,
    'cache-control': cacheControl,
    vary: 'accept-encoding, cookie, authorization',
    ...options.headers,
  }
  if (cacheControl !== NEVER_KEPT || state !== undefined) headers['etag'] = etag
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (isRead && status === 200 && cacheControl !== NEVER_KEPT && matches(c.req.header('if-none-match'), etag))
    return c.body(null, 304, headers)
  if (coding !== 'identity') headers['content-encoding'] = coding
  const bytes = body.in(coding)
  headers['content-length'] = String(bytes.length)
  return c.body(bytes, status, headers)
}

/** A strong tag: each coding has its own (RFC 9110 §8.8.3.3). */
function etagOf(state: string, coding: string): string {
  return coding === 'identity' ? `"${state}"` : `"${state}-${coding}"`
}
