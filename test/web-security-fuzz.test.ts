/** Random requests, with sessions and without: nothing they send makes the site fail, or lets them in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { operatorAccount } from '../src/web/auth/accounts.ts'
import { identify } from '../src/web/auth/identify.ts'
import { makeApp } from '../src/web/app.ts'
import { SECURITY_HEADERS } from '../src/web/http/security-headers.ts'
import { makeTestWeb } from './support/web-services.ts'

/** `PORTOLAN_FUZZ_RUNS=1000000` sends a million. */
const RUNS = Number(process.env['PORTOLAN_FUZZ_RUNS'] ?? 1500)

const path = fc.oneof(
  fc.constantFrom(
    '/',
    '/account',
    '/account/password',
    '/account/tokens',
    '/account/tokens/revoke',
    '/account/sessions/end',
  ),
  fc.constantFrom(
    '/sign-in',
    '/sign-out',
    '/ports/973',
    '/ports/973/feedback',
    '/directory',
    '/directory/local',
    '/feedback',
  ),
  fc.webPath(),
  fc.string().map((text) => `/${encodeURIComponent(text.toWellFormed())}`),
)
const language = fc.constantFrom('', '', '/bn', '/ar', '/xx')
const query = fc.dictionary(fc.constantFrom('next', 'key', 'done', 'q', 'page'), fc.string(), { maxKeys: 3 })
const field = fc.constantFrom(
  '_csrf',
  'name',
  'password',
  'next',
  'id',
  'label',
  'scopes',
  'days',
  'current',
  'new',
  'again',
)
const form = fc.dictionary(field, fc.oneof(fc.string(), fc.constantFrom('read', '90', 'yes', '/ports')), { maxKeys: 6 })
const body = fc.oneof(
  form.map((fields) => ({ type: 'application/x-www-form-urlencoded', text: new URLSearchParams(fields).toString() })),
  fc.record({
    type: fc.constantFrom(
      'multipart/form-data; boundary=x',
      'multipart/form-data',
      'application/json',
      'text/plain',
      'x/y',
    ),
    text: fc.string(),
  }),
)
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
  path,
  language,
  query,
  body,
  cookie: fc.oneof(fc.constantFrom('none', 'good', 'good with csrf'), fc.string({ unit: 'grapheme-ascii' })),
  origin: fc.constantFrom(undefined, 'http://localhost', 'null', 'https://evil.example'),
  authorization: fc.constantFrom(
    undefined,
    undefined,
    'Bearer x',
    'Bearer ',
    'Basic eDp5',
    `Bearer ptl_${'0'.repeat(72)}`,
  ),
})

test('random requests never make the site fail, and every answer is guarded', async (context) => {
  const { services, logged } = await makeTestWeb(context)
  const { access } = services
  const app = makeApp({ ...services, identify: (c) => identify(c, access) })
  const operator = operatorAccount('operator')
  const begin = (): Promise<string> => access.sessions.begin(operator, { address: 'test', agent: '' })
  let secret = await begin()
  await fc.assert(
    fc.asyncProperty(request, async (asked) => {
      if (access.sessions.find(secret) === null) secret = await begin()
      const headers: Record<string, string> = { 'content-type': asked.body.type }
      if (asked.origin !== undefined) headers['origin'] = asked.origin
      if (asked.authorization !== undefined) headers['authorization'] = asked.authorization
      const isGood = asked.cookie.startsWith('good')
      if (asked.cookie !== 'none') headers['cookie'] = isGood ? `portolan-session=${secret}` : asked.cookie
      if (asked.cookie === 'good with csrf') headers['x-csrf-token'] = 'guessed'
      const hasBody = !['GET', 'HEAD'].includes(asked.method)
      const answer = await app.request(
        `${asked.language}${asked.path}?${new URLSearchParams(asked.query).toString()}`,
        {
          method: asked.method,
          headers,
          ...(hasBody ? { body: asked.body.text } : {}),
        },
      )
      await answer.arrayBuffer()
      assert.ok(answer.status < 500 || answer.status === 503, `${answer.status}`)
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) assert.equal(answer.headers.get(name), value)
      const isWrite = !['GET', 'HEAD', 'OPTIONS'].includes(asked.method)
      // Nobody knows the secret of the form: no write by the session comes through.
      if (isWrite && asked.origin === 'https://evil.example' && asked.authorization === undefined)
        assert.equal(answer.status, 403)
      assert.ok(answer.headers.getSetCookie().every((each) => !/^portolan-session=[^;]/.test(each)))
    }),
    { numRuns: RUNS },
  )
  assert.deepEqual(access.tokens.all(), [])
  assert.deepEqual(
    logged.filter(({ event }) => event === 'request-failed'),
    [],
  )
})
