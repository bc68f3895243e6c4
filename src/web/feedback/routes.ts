/**
 * `POST /ports/973/feedback`: an answer to "Was this page helpful?". Whoever answers is thanked by the page itself; what a robot
 * or a trap's victim sends is thanked just so, and not counted.
 */
import { bodyLimit } from 'hono/body-limit'
import { getCookie, setCookie } from 'hono/cookie'
import * as v from 'valibot'
import { LIMITS } from '../../core/index.ts'
import type { WebApp, WebContext } from '../env.ts'
import { readPort } from '../pages/port/read-port.ts'
import { errorPage } from '../pages/error-page.ts'
import type { WebServices } from '../services.ts'
import { BALLOT_COOKIE } from './answer-given.ts'
import { BallotBox } from './ballot-box.ts'
import { addFeedbackCounts } from './counts-routes.ts'
import { isRobot } from './robots.ts'
import { VERDICTS } from './verdict.ts'

const DAY_SECONDS = 86_400

const formSchema = v.object({
  verdict: v.picklist(VERDICTS),
  /** The trap: nobody sees the field, so only a program fills it. */
  website: v.optional(v.pipe(v.string(), v.maxLength(LIMITS.feedbackFormBytes)), ''),
})

export function addFeedback(app: WebApp, services: WebServices): void {
  const { access, feedback, now } = services
  const { reach } = access
  const box = new BallotBox(now)
  app.post(
    '/ports/:port/feedback',
    bodyLimit({ maxSize: LIMITS.feedbackFormBytes, onError: (c: WebContext) => errorPage(c, services, 'tooLarge') }),
    async (c) => {
      const port = readPort(c.req.param('port'))
      if (port === null) return errorPage(c, services, 'notFound')
      const form = await readForm(c)
      if (form === null) return errorPage(c, services, 'invalid')
      const view = c.get('view')
      const path = `/ports/${port}`
      const userAgent = c.req.header('user-agent') ?? ''
      const client = reach.clientOf(c)
      // Browsers say with each form from which site it comes (RFC 6454 §7).
      const isOwnPage = reach.isOwnOrigin(c.req.header('origin') ?? '', c.req.header('host') ?? '', client.isSecure)
      if (form.website === '' && isOwnPage && !isRobot(userAgent)) {
        const page = `/${view.language.tag}${path}`
        const visitor = box.visitorOf(getCookie(c, BALLOT_COOKIE), { address: client.address ?? '', userAgent, page })
        await feedback.put({ visitor, port, language: view.language }, form.verdict)
        setCookie(c, BALLOT_COOKIE, visitor, {
          path: '/',
          maxAge: LIMITS.feedbackDays * DAY_SECONDS,
          httpOnly: true,
          sameSite: 'Lax',
          secure: client.isSecure,
        })
      }
      return c.redirect(`${view.href(path)}?answer=${form.verdict}#helpful`, 303)
    },
  )
  addFeedbackCounts(app, services)
}

async function readForm(c: WebContext): Promise<v.InferOutput<typeof formSchema> | null> {
  try {
    const form = v.safeParse(formSchema, await c.req.parseBody())
    return form.success ? form.output : null
  } catch {
    // Not a form at all: `multipart` without a boundary, or cut off.
    return null
  }
}
