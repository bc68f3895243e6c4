/** What a visitor has said of a page before. */
import { getCookie } from 'hono/cookie'
import * as v from 'valibot'
import type { WebContext } from '../env.ts'
import type { WebServices } from '../services.ts'
import { isVisitorId } from './ballot-box.ts'
import { VERDICTS } from './verdict.ts'
import type { Verdict } from './verdict.ts'

/** Holds a random number, and is set with the first answer alone. */
export const BALLOT_COOKIE = 'portolan-visitor'

const verdictSchema = v.picklist(VERDICTS)

/** By the visitor's cookie, else by the address to which their answer led them; null where they have said nothing. */
export function answerGiven(c: WebContext, { feedback }: WebServices, port: number): Verdict | null {
  const { language } = c.get('view')
  const visitor = getCookie(c, BALLOT_COOKIE)
  const kept = isVisitorId(visitor) ? feedback.answerOf({ visitor, port, language }) : null
  if (kept !== null) return kept
  const told = v.safeParse(verdictSchema, c.req.query('answer'))
  return told.success ? told.output : null
}

/** Whether a request's page may show an answer; for all others the page of a port is the same. */
export function mayHaveAnswered(c: WebContext): boolean {
  return (c.req.header('cookie') ?? '').includes(`${BALLOT_COOKIE}=`) || c.req.url.includes('?answer=')
}
