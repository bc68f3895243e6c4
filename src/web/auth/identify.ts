/** Who makes a request: by the cookie of a session, or by the token of a program. */
import { getCookie, setCookie } from 'hono/cookie'
import type { WebContext } from '../env.ts'
import type { Visitor } from '../visitor.ts'
import type { Access } from './access.ts'
import type { Account } from './accounts.ts'
import { deriveSecret } from './secrets.ts'
import { SESSION_MS } from './sessions.ts'
import type { FoundSession } from './sessions.ts'

const COOKIE = 'portolan-session'
const BEARER = /^Bearer +(?<token>\S+) *$/i
const CSRF = 'csrf'

/** The token in the Authorization header; undefined where there is none (RFC 6750 §2.1). */
export function bearerOf(c: WebContext): string | undefined {
  return BEARER.exec(c.req.header('authorization') ?? '')?.groups?.['token']
}

/** The visitor of a request; null where they have not signed in, or are not signed in any more. */
export function identify(c: WebContext, access: Access): Visitor | null {
  const bearer = bearerOf(c)
  const { address } = access.reach.clientOf(c)
  const from = address ?? 'local'
  if (bearer !== undefined) {
    const found = access.tokens.find(bearer, from)
    return found === null
      ? null
      : { name: found.account.name, caller: callerOf(found.account, from), scopes: found.scopes, csrf: '' }
  }
  const secret = sessionSecretOf(c, access)
  const found = secret === undefined ? null : access.sessions.find(secret)
  if (secret === undefined || found === null) return null
  const { account } = found
  return {
    name: account.name,
    caller: callerOf(account, from),
    scopes: account.scopes,
    csrf: deriveSecret(secret, CSRF),
  }
}

/** The session of a request's cookie, if it is still good. */
export function sessionOf(c: WebContext, access: Access): FoundSession | null {
  const secret = sessionSecretOf(c, access)
  return secret === undefined ? null : access.sessions.find(secret)
}

/** Begins a session, in place of the one that the browser brought: nobody can have chosen its secret for the visitor. */
export async function beginSession(c: WebContext, access: Access, account: Account): Promise<void> {
  const { address } = access.reach.clientOf(c)
  const before = sessionOf(c, access)
  const agent = c.req.header('user-agent') ?? ''
  const secret = await access.sessions.begin(account, { address: address ?? 'local', agent })
  if (before !== null) await access.sessions.end(before.id)
  setCookie(c, COOKIE, secret, { ...cookieOptions(c, access), maxAge: SESSION_MS / 1000 })
}

/** Ends the session of a request, and has the browser forget it. */
export async function endSession(c: WebContext, access: Access): Promise<void> {
  const session = sessionOf(c, access)
  if (session !== null) await access.sessions.end(session.id)
  setCookie(c, COOKIE, '', { ...cookieOptions(c, access), maxAge: 0 })
}

function callerOf({ isSuperuser, name }: Account, from: string): Visitor['caller'] {
  return { kind: isSuperuser ? 'superuser' : 'user', name, from }
}

function sessionSecretOf(c: WebContext, access: Access): string | undefined {
  if (c.req.header('cookie') === undefined) return undefined
  return isSecure(c, access) ? getCookie(c, COOKIE, 'host') : getCookie(c, COOKIE)
}

/** With `__Host-` no other host, and no page without TLS, can have set it (RFC 6265bis §4.1.3.2). */
function cookieOptions(c: WebContext, access: Access) {
  const plain = { path: '/', httpOnly: true, sameSite: 'Lax' } as const
  return isSecure(c, access) ? ({ ...plain, prefix: 'host', secure: true } as const) : plain
}

function isSecure(c: WebContext, { reach }: Access): boolean {
  return reach.clientOf(c).isSecure
}
