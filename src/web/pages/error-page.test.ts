import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hono } from 'hono'
import { makeTestWeb } from '../../../test/support/web-services.ts'
import type { WebEnv } from '../env.ts'
import { LANGUAGES } from '../i18n/languages.ts'
import { errorPage } from './error-page.ts'
import type { PageError } from './error-page.ts'

const STATUSES: Readonly<Record<PageError, number>> = {
  notFound: 404,
  invalid: 400,
  forbidden: 403,
  tooLarge: 413,
  tooMany: 429,
  failed: 500,
}

function readError(text: string): PageError {
  return Object.keys(STATUSES).find((error): error is PageError => error === text) ?? 'notFound'
}

test('every error has its status, a page in every language, and a way on', async (context) => {
  const { services } = await makeTestWeb(context)
  for (const language of LANGUAGES) {
    const app = new Hono<WebEnv>()
    app.use(async (c, next) => {
      c.set('view', services.views.of(language, true))
      c.set('visitor', null)
      await next()
    })
    app.get('/:error', (c) => errorPage(c, services, readError(c.req.param('error')), { seconds: 7 }))
    for (const [error, status] of Object.entries(STATUSES)) {
      const answer = await app.request(`/${error}?x=1`)
      const text = await answer.text()
      assert.equal(answer.status, status)
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      assert.equal(answer.headers.get('retry-after'), error === 'tooMany' ? '7' : null)
      assert.match(text, new RegExp(`href="/${language.tag}/ports"`))
      assert.match(text, /<meta name="robots" content="noindex" \/>/)
      assert.equal(text.match(/<h1>/g)?.length, 1)
      const isLed = text.includes(
        `href="/${language.tag}/sign-in?next=${encodeURIComponent(`/${language.tag}/forbidden?x=1`)}"`,
      )
      assert.equal(isLed, error === 'forbidden')
    }
  }
})
