import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LIMITS } from '../../core/index.ts'
import { makeTestWeb, visitorWith } from '../../../test/support/web-services.ts'
import type { TestWeb } from '../../../test/support/web-services.ts'

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const HOST = '127.0.0.1:9730'

interface Sent {
  readonly path?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

async function send({ app }: TestWeb, { path = '/en/ports/973/feedback', body = 'verdict=yes', headers }: Sent = {}) {
  return app.request(`http://${HOST}${path}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      host: HOST,
      origin: `http://${HOST}`,
      'user-agent': BROWSER,
      ...headers,
    },
  })
}

function cookieOf(answer: Response): string {
  return /^[^;]*/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? ''
}

function totalOf({ services }: TestWeb): number {
  return [...services.feedback.counts()].reduce((sum, { yes, partly, no }) => sum + yes + partly + no, 0)
}

test('an answer leads back to the page, which thanks and shows it', async (context) => {
  const web = await makeTestWeb(context)
  const answer = await send(web, { body: 'verdict=partly' })
  assert.equal(answer.status, 303)
  const location = answer.headers.get('location') ?? ''
  assert.equal(location, '/en/ports/973?answer=partly#helpful')
  assert.match(
    answer.headers.get('set-cookie') ?? '',
    /^portolan-visitor=[\w-]{22}; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/,
  )
  const page = await web.app.request(`http://${HOST}/en/ports/973`, { headers: { cookie: cookieOf(answer) } })
  assert.equal(page.headers.get('cache-control'), 'no-store')
  const text = await page.text()
  assert.match(text, /value="partly"\s+aria-pressed="true"/)
  assert.match(text, /role="status">Thank you/)
  // Without the cookie the address alone says it, to whom it was given.
  const told = await (await web.app.request(`http://${HOST}${location}`)).text()
  assert.match(told, /value="partly"\s+aria-pressed="true"/)
})

test('a page that nobody has answered sets no cookie and presses no face', async (context) => {
  const web = await makeTestWeb(context)
  const page = await web.app.request(`http://${HOST}/en/ports/973`)
  assert.equal(page.headers.get('set-cookie'), null)
  assert.doesNotMatch(await page.text(), /aria-pressed/)
})

test('a double click is one answer, with a cookie and without', async (context) => {
  const web = await makeTestWeb(context)
  const [first, second] = await Promise.all([send(web), send(web)])
  assert.equal(cookieOf(first), cookieOf(second))
  await send(web, { headers: { cookie: cookieOf(first) } })
  assert.equal(totalOf(web), 1)
})

test('who thinks again replaces the first answer', async (context) => {
  const web = await makeTestWeb(context)
  const first = await send(web)
  await send(web, { body: 'verdict=no', headers: { cookie: cookieOf(first) } })
  assert.deepEqual([...web.services.feedback.counts()], [{ port: 973, language: 'en', yes: 0, partly: 0, no: 1 }])
})

test('an answer that is sent a hundred times counts once', async (context) => {
  const web = await makeTestWeb(context)
  for (let index = 0; index < 100; index += 1) await send(web)
  assert.equal(totalOf(web), 1)
})

test('robots, other sites and who fell into the trap are thanked, and not counted', async (context) => {
  const web = await makeTestWeb(context)
  const uncounted: readonly Sent[] = [
    { headers: { 'user-agent': 'curl/8.14.1' } },
    { headers: { 'user-agent': '' } },
    { headers: { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' } },
    { body: 'verdict=yes&website=http%3A%2F%2Fexample.com' },
    { headers: { origin: 'http://example.com' } },
    { headers: { origin: 'null' } },
  ]
  for (const sent of uncounted) {
    const answer = await send(web, sent)
    assert.ok(answer.status === 303 || answer.status === 403, JSON.stringify(sent))
    assert.equal(answer.headers.get('set-cookie'), null)
  }
  assert.equal(totalOf(web), 0)
})

test('what is no answer is refused with a page that says so', async (context) => {
  const web = await makeTestWeb(context)
  for (const body of ['', 'verdict=maybe', 'verdict=', 'verdict=yes&verdict=no&verdict', 'x=1']) {
    const answer = await send(web, { body })
    assert.ok(answer.status === 400 || answer.status === 303, body)
  }
  assert.equal((await send(web, { body: 'verdict=maybe' })).status, 400)
  assert.equal((await send(web, { path: '/ports/65536/feedback' })).status, 404)
  assert.equal((await send(web, { body: `verdict=yes&website=${'x'.repeat(LIMITS.feedbackFormBytes)}` })).status, 413)
  const multipart = { 'content-type': 'multipart/form-data' }
  assert.equal((await send(web, { body: 'x', headers: multipart })).status, 400)
})

test('whatever is sent, the answer is a page', async (context) => {
  const web = await makeTestWeb(context)
  const sent = fc.record({
    body: fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.constant('verdict=no')),
    type: fc.constantFrom('application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', 'x'),
    cookie: fc.stringMatching(/^(portolan-visitor=)?[a-z=;, %"-]{0,40}$/),
    port: fc.oneof(fc.nat(70_000).map(String), fc.constantFrom('-1', '%00', '..%2f', '9 73')),
  })
  await fc.assert(
    fc.asyncProperty(sent, async ({ body, type, cookie, port }) => {
      const path = `/ports/${port}/feedback`
      const answer = await send(web, { path, body, headers: { 'content-type': type, cookie } })
      assert.ok([303, 400, 404, 413].includes(answer.status), `${answer.status}`)
    }),
    { numRuns: 200 },
  )
  assert.deepEqual(web.logged, [])
})

test('only an operator sees what was said, the least helpful first, as a page and as CSV', async (context) => {
  const web = await makeTestWeb(context)
  await send(web)
  await send(web, { path: '/bn/ports/22/feedback', body: 'verdict=no' })
  for (const path of ['/en/feedback', '/en/feedback.csv']) {
    web.signIn(null)
    assert.equal((await web.app.request(`http://${HOST}${path}`)).status, 403)
    web.signIn(visitorWith(['read', 'write', 'probe']))
    assert.equal((await web.app.request(`http://${HOST}${path}`)).status, 403)
  }
  web.signIn(visitorWith(['operate']))
  const csv = await web.app.request(`http://${HOST}/feedback.csv`)
  assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8; header=present')
  assert.equal(await csv.text(), 'port,language,yes,partly,no\r\n22,bn,0,0,1\r\n973,en,1,0,0\r\n')
  const page = await (await web.app.request(`http://${HOST}/en/feedback`)).text()
  assert.ok(page.indexOf('/bn/ports/22') < page.indexOf('/en/ports/973'))
  assert.equal((await web.app.request(`http://${HOST}/feedback?page=0`)).status, 404)
})

test("a visitor who has signed in sends their form's mark along", async (context) => {
  const web = await makeTestWeb(context, { visitor: visitorWith(['read']) })
  const page = await (await web.app.request(`http://${HOST}/en/ports/973`)).text()
  assert.match(page, /name="_csrf" value="csrf-of-the-test"/)
  assert.doesNotMatch(page, /href="\/en\/feedback"/)
  web.signIn(visitorWith(['operate']))
  const operators = await (await web.app.request(`http://${HOST}/en/ports/973`)).text()
  assert.match(operators, /href="\/en\/feedback"/)
})
