/**
 * Whether a request that changes something was made by a page of ours (cross-site request forgery).
 *
 * Browsers say where a request comes from in Sec-Fetch-Site and Origin, which no page can change. A request with neither is of a
 * program, not of a browser of these years; it carries no cookie of a session then, or it is refused as well.
 */
import type { WebContext } from '../env.ts'
import { isSameSecret } from '../auth/secrets.ts'
import type { Visitor } from '../visitor.ts'
import type { Reach } from './reach.ts'

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
/** What a form of another site can send without asking us first (Fetch standard, CORS-safelisted). */
const FORM_TYPES = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(?:;|$)/i
export const CSRF_FIELD = '_csrf'
const CSRF_HEADER = 'x-csrf-token'

/** Whether a method only reads (RFC 9110 §9.2.1). */
export function isSafeMethod(method: string): boolean {
  return SAFE.has(method)
}

export function isFromOurPage(c: WebContext, reach: Reach, isSecure: boolean): boolean {
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  if (site !== undefined && site !== 'same-origin') return false
  if (origin !== undefined) return reach.isOwnOrigin(origin, hostOf(c), isSecure)
  return site !== undefined || c.req.header('cookie') === undefined
}

/**
 * Whether the request brings what only a page made for this visitor has: as a field of the form, or as a header. A body of JSON
 * needs none: no form can send it, and a script of another site only after asking, which we never allow.
 */
export async function bringsCsrf(c: WebContext, { csrf }: Visitor): Promise<boolean> {
  const header = c.req.header(CSRF_HEADER)
  if (header !== undefined) return isSameSecret(header, csrf)
  const type = c.req.header('content-type')
  if (type !== undefined && !FORM_TYPES.test(type)) return true
  if (type === undefined || /^text\/plain/i.test(type)) return false
  const field = await fieldOf(c)
  return field !== null && isSameSecret(field, csrf)
}

/** Hono keeps the body that was read, for who reads it again. */
async function fieldOf(c: WebContext): Promise<string | null> {
  try {
    const body = await c.req.parseBody()
    const field = body[CSRF_FIELD]
    return typeof field === 'string' ? field : null
  } catch {
    return null
  }
}

/** The Host header, or what stands for it where there is no server. */
export function hostOf(c: WebContext): string {
  return c.req.header('host') ?? new URL(c.req.url).host
}
