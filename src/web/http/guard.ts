/**
 * What stands in front of every page, in this order: is the request for us, does its client ask too often, who is it, is its body too
 * large, and was it made by a page of ours.
 */
import { bodyLimit } from 'hono/body-limit'
import type { MiddlewareHandler } from 'hono'
import { LIMITS } from '../../core/index.ts'
import { bearerOf } from '../auth/identify.ts'
import { hasScope } from '../auth/policy.ts'
import type { WebContext, WebEnv } from '../env.ts'
import type { WebServices } from '../services.ts'
import { rateKindOf } from './rate-limits.ts'
import { refuse } from './refusal.ts'
import { bringsCsrf, hostOf, isFromOurPage, isSafeMethod } from './request-origin.ts'

/** Where whole trees are brought, by those who may write. */
const IMPORTS = /^\/(?:directory|api\/v1\/domains)(?:\/|$)/
/** A year: what RFC 6797 §6.1.1 shows, and less is hardly worth it. */
const HSTS = 'max-age=31536000'

export function guard(services: WebServices): MiddlewareHandler<WebEnv> {
  const { access } = services
  const { reach } = access
  const limitBody = (maxSize: number): MiddlewareHandler =>
    bodyLimit({ maxSize, onError: (c: WebContext) => refuse(c, services, 'tooLarge') })
  const limits = [limitBody(LIMITS.webBodyBytes), limitBody(LIMITS.webImportBytes)] as const
  const limitOf = (c: WebContext): MiddlewareHandler => {
    const [small, large] = limits
    return IMPORTS.test(c.req.path) && hasScope(c, 'write') ? large : small
  }
  return async (c, next) => {
    if (!reach.allowsHost(hostOf(c))) return refuse(c, services, 'misdirected')
    const client = reach.clientOf(c)
    if (client.isSecure && reach.publicOrigin?.startsWith('https:') === true)
      c.header('strict-transport-security', HSTS)
    const kind = rateKindOf(c.req.method, c.req.path)
    // A program of this machine can keep it busy without us.
    if (client.address !== null && !(client.isLocal && kind === 'page')) {
      const seconds = access.rates.take(kind, client.key)
      if (seconds > 0) return refuse(c, services, 'tooMany', { seconds })
    }
    const visitor = await services.identify(c)
    c.set('visitor', visitor)
    const isProgram = bearerOf(c) !== undefined
    if (isProgram && visitor === null) return refuse(c, services, 'badToken')
    if (isSafeMethod(c.req.method)) {
      await next()
      return undefined
    }
    if (!isProgram && !isFromOurPage(c, reach, client.isSecure)) return refuse(c, services, 'crossSite')
    let refusal: Response | undefined
    const tooLarge = await limitOf(c)(c, async () => {
      if (!isProgram && visitor !== null && !(await bringsCsrf(c, visitor)))
        refusal = await refuse(c, services, 'crossSite')
      else await next()
    })
    return tooLarge ?? refusal
  }
}
