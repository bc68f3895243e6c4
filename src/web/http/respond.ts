/** Answers with a body: compressed as the client likes it, not at all where it has it already. */
import type { WebContext } from '../env.ts'
import { Body } from './body.ts'
import type { Coding } from './body.ts'

export interface RespondOptions {
  readonly type: string
  /** `no-cache` (the default) lets a browser keep a page, and ask each time whether it is still the same. */
  readonly cacheControl?: string
  readonly status?: 200 | 400 | 403 | 404 | 409 | 410 | 412 | 413 | 422 | 429 | 500 | 503
  /** The headers of a request that another answer could depend on, besides Accept-Encoding. */
  readonly vary?: string
}

/** A page that is the same for everybody, but for its language. */
export const PAGE: RespondOptions = { type: 'text/html; charset=utf-8', vary: 'accept-language, cookie' }
/** A page of one visitor: nothing between us and the browser may keep it. */
export const PRIVATE_PAGE: RespondOptions = { type: 'text/html; charset=utf-8', cacheControl: 'no-store' }

export function respond(c: WebContext, content: string | Body, options: RespondOptions): Response {
  const body = typeof content === 'string' ? new Body(content) : content
  const coding = body.codingFor(c.req.header('accept-encoding'))
  const answer = answerWith(body, coding, c.req.header('if-none-match'), options)
  return answer.bytes === null
    ? c.body(null, answer.status, answer.headers)
    : c.body(answer.bytes, answer.status, answer.headers)
}

/** Without bytes where the client has them already. */
export type Answer = { readonly headers: Record<string, string> } & (
  | { readonly status: NonNullable<RespondOptions['status']>; readonly bytes: Buffer<ArrayBuffer> }
  | { readonly status: 304; readonly bytes: null }
)

/** What is to be sent, whoever sends it. */
export function answerWith(
  body: Body,
  coding: Coding,
  ifNoneMatch: string | undefined,
  { type, cacheControl = 'no-cache', status = 200, vary }: RespondOptions,
): Answer {
  const headers: Record<string, string> = {
    'content-type': type,
    'cache-control': cacheControl,
    vary: vary === undefined ? 'accept-encoding' : `accept-encoding, ${vary}`,
  }
  if (cacheControl !== 'no-store' && status === 200) {
    headers['etag'] = body.etag(coding)
    if (matches(ifNoneMatch, headers['etag'])) return { status: 304, bytes: null, headers }
  }
  if (coding !== 'identity') headers['content-encoding'] = coding
  const bytes = body.in(coding)
  headers['content-length'] = String(bytes.length)
  return { status, bytes, headers }
}

/** Whether a client has a version already (RFC 9110 §13.1.2, compared weakly). */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  return ifNoneMatch.split(',').some((each) => each.trim().replace(/^W\//, '') === etag)
}
