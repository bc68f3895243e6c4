/** What the site refuses, and what it never shows: tried over real sockets, as an attacker would. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { ROOT_OBJECT, hashPassword, verifyPassword } from '../src/directory/index.ts'
import type { Domain } from '../src/directory/index.ts'
import { makeApp } from '../src/web/app.ts'
import { makeAccess } from '../src/web/auth/access.ts'
import type { Access, AccessOptions } from '../src/web/auth/access.ts'
import { identify } from '../src/web/auth/identify.ts'
import { SECURITY_HEADERS } from '../src/web/http/security-headers.ts'
import { HttpServer } from '../src/web/server.ts'
import type { RequestTimes } from '../src/web/server.ts'
import { addTo, objectAt, setProperty } from './support/domain-of.ts'
import { atEnd } from './support/at-end.ts'
import { makeTestWeb } from './support/web-services.ts'

const PASSWORD = 'a sentence of pia'
const COOKIE = /^portolan-session=([A-Za-z0-9_-]{43});/

interface Site {
  readonly origin: string
  readonly port: number
  readonly access: Access
  readonly domain: Domain
  /** How many passwords were checked. */
  readonly verifications: () => number
  readonly logged: Awaited<ReturnType<typeof makeTestWeb>>['logged']
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>
  readonly post: (path: string, form: Record<string, string>, headers?: Record<string, string>) => Promise<Response>
  /** Signs in, and gives the cookie. */
  readonly signIn: (name?: string, password?: string) => Promise<string>
}

interface Plan {
  readonly reach?: AccessOptions['reach']
  readonly times?: RequestTimes
  readonly now?: () => number
}

/** A site with a user who has a password, one who has none, and an administrator. */
async function startSite(context: TestContext, plan: Plan = {}): Promise<Site> {
  const web = await makeTestWeb(context, plan.now === undefined ? {} : { now: plan.now })
  const { domain } = web
  const passwd = await hashPassword(PASSWORD)
  await addTo(domain, ROOT_OBJECT, {
    name: 'users',
    at: [
      { name: 'pia', uid: '530', passwd, _writers_passwd: 'pia' },
      { name: 'jon', uid: '531' },
      { name: 'eva', uid: '532', passwd },
    ],
  })
  const groups = domain.findPath([['name', 'groups']]) ?? (await addTo(domain, ROOT_OBJECT, { name: 'groups' })).object
  await addTo(domain, groups, { name: 'admin', gid: '80', users: ['eva'] })
  let verifications = 0
  const { store, domains, log, now } = web.services
  const access = makeAccess({
    store,
    domains,
    log,
    now,
    reach: plan.reach ?? { host: '127.0.0.1' },
    operator: 'operator',
    verify: (password, stored) => {
      verifications += 1
      return verifyPassword(password, stored)
    },
    refusalMs: 1,
  })
  atEnd(context, () => access.close())
  const app = makeApp({ ...web.services, access, identify: (c) => identify(c, access) })
  const times = plan.times === undefined ? {} : { times: plan.times }
  const server = await HttpServer.listen(app, { at: { host: '127.0.0.1', port: 0 }, ...times })
  atEnd(context, () => server.close())
  const { port } = server
  const origin = `http://127.0.0.1:${port}`
  const get: Site['get'] = (path, headers = {}) => fetch(`${origin}${path}`, { headers, redirect: 'manual' })
  const post: Site['post'] = (path, form, headers = {}) =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { origin, ...headers },
      redirect: 'manual',
    })
  const signIn: Site['signIn'] = async (name = 'pia', password = PASSWORD) => {
    const answer = await post('/sign-in', { name, password })
    assert.equal(answer.status, 303, `${name} signs in`)
    return cookieOf(answer)
  }
  return { origin, port, access, domain, verifications: () => verifications, logged: web.logged, get, post, signIn }
}

function cookieOf(answer: Response): string {
  const [, secret] = COOKIE.exec(answer.headers.getSetCookie()[0] ?? '') ?? []
  assert.ok(secret, 'a cookie was set')
  return `portolan-session=${secret}`
}

async function csrfOf(site: Site, cookie: string): Promise<string> {
  const page = await (await site.get('/account', { cookie })).text()
  return /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
}

async function statusOf(answer: Promise<Response>): Promise<number> {
  const { status, body } = await answer
  await body?.cancel()
  return status
}

/** Sends bytes as they are, and gives all that comes back until the server ends. */
function send(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  })
}

function raw(port: number, target: string, ...headers: readonly string[]): Promise<string> {
  return send(port, `GET ${target} HTTP/1.1\r\n${[...headers, 'connection: close'].join('\r\n')}\r\n\r\n`)
}

function assertGuarded(answer: string, what: string): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS))
    assert.ok(answer.toLowerCase().includes(`${name}: ${value.toLowerCase()}\r\n`), `${what} has ${name}`)
}

test('a user signs in, is known by a cookie that scripts cannot read, and signs out', async (context) => {
  const site = await startSite(context)
  const answer = await site.post('/sign-in', { name: 'pia', password: PASSWORD, next: '/ports/973' })
  assert.equal(answer.status, 303)
  assert.equal(answer.headers.get('location'), '/ports/973')
  assert.match(answer.headers.getSetCookie()[0] ?? '', /; HttpOnly; SameSite=Lax$/)
  assert.match(answer.headers.getSetCookie()[0] ?? '', /; Path=\/;/)
  const cookie = cookieOf(answer)
  const account = await site.get('/account', { cookie })
  assert.equal(account.headers.get('cache-control'), 'no-store')
  assert.match(await account.text(), /<bdi>pia<\/bdi>/)
  assert.equal(await statusOf(site.post('/sign-out', { _csrf: await csrfOf(site, cookie) }, { cookie })), 303)
  assert.equal((await site.get('/account', { cookie })).headers.get('location'), '/sign-in?next=/account')
})

test('behind a proxy that encrypts, the cookie is of this host alone and never sent readably', async (context) => {
  const publicOrigin = 'https://ports.example.org'
  const site = await startSite(context, {
    reach: { host: '127.0.0.1', publicOrigin, trustedProxies: ['127.0.0.1'] },
  })
  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' }
  const answer = await site.post(
    '/sign-in',
    { name: 'pia', password: PASSWORD },
    { origin: publicOrigin, ...forwarded },
  )
  const cookie = answer.headers.getSetCookie()[0] ?? ''
  assert.match(cookie, /^__Host-portolan-session=/)
  assert.match(cookie, /; Secure/)
  assert.equal(answer.headers.get('strict-transport-security'), 'max-age=31536000')
  const [session] = site.access.sessions.of({ ...operatorLike, kind: 'user', name: 'pia' })
  assert.equal(session?.session.address, '203.0.113.9')
})

const operatorLike = { identity: '', stamp: '', isSuperuser: false, scopes: new Set<never>() } as const

test('a browser that brings a session when it signs in gets another one, and the old one is over', async (context) => {
  const site = await startSite(context)
  const planted = await site.signIn('eva')
  const answer = await site.post(
    '/sign-in',
    { name: 'pia', password: PASSWORD, _csrf: await csrfOf(site, planted) },
    { cookie: planted },
  )
  const cookie = cookieOf(answer)
  assert.notEqual(cookie, planted)
  assert.equal(await statusOf(site.get('/account', { cookie: planted })), 303)
  const invented = `portolan-session=${'A'.repeat(43)}`
  assert.notEqual(
    cookieOf(await site.post('/sign-in', { name: 'pia', password: PASSWORD }, { cookie: invented })),
    invented,
  )
})

test('a session ends with the password, and with the user', async (context) => {
  const site = await startSite(context)
  const [first, second] = [await site.signIn(), await site.signIn()]
  const changed = await site.post(
    '/account/password',
    { current: PASSWORD, new: 'another sentence', again: 'another sentence', _csrf: await csrfOf(site, first) },
    { cookie: first },
  )
  assert.equal(changed.headers.get('location'), '/account?done=password')
  const renewed = cookieOf(changed)
  assert.equal(await statusOf(site.get('/account', { cookie: first })), 303)
  assert.equal(await statusOf(site.get('/account', { cookie: second })), 303)
  assert.equal(await statusOf(site.get('/account', { cookie: renewed })), 200)
  await setProperty(site.domain, objectAt(site.domain, 'users', 'pia'), 'name', 'somebody')
  assert.equal(await statusOf(site.get('/account', { cookie: renewed })), 303)
})

test('a session ends when it is idle, and when its time is over', async (context) => {
  let nowMs = Date.now()
  const site = await startSite(context, { now: () => nowMs })
  const cookie = await site.signIn()
  nowMs += 7 * 60 * 60_000
  assert.equal(await statusOf(site.get('/account', { cookie })), 200)
  nowMs += 9 * 60 * 60_000
  assert.equal(await statusOf(site.get('/account', { cookie })), 303)
})

test('the password is changed only by who knows it, and as the directory lets them', async (context) => {
  const site = await startSite(context)
  const cookie = await site.signIn()
  const csrf = await csrfOf(site, cookie)
  const change = (current: string, fresh: string, again = fresh): Promise<Response> =>
    site.post('/account/password', { current, new: fresh, again, _csrf: csrf }, { cookie })
  assert.equal(await statusOf(change('wrong', 'another sentence')), 422)
  assert.equal(await statusOf(change(PASSWORD, 'short')), 422)
  assert.equal(await statusOf(change(PASSWORD, 'another sentence', 'yet another one')), 422)
  await setProperty(site.domain, objectAt(site.domain, 'users', 'pia'), '_writers_passwd', 'nobody')
  const refused = await change(PASSWORD, 'another sentence')
  assert.equal(refused.status, 403)
  assert.match(await refused.text(), /permission denied/)
})

test('the link signs its operator in once', async (context) => {
  const site = await startSite(context)
  const path = `/sign-in?key=${site.access.link?.key}`
  assert.equal(await statusOf(site.get(`${path}x`)), 410)
  assert.equal(await statusOf(site.get(path, { 'sec-purpose': 'prefetch' })), 503)
  const answer = await site.get(path)
  assert.equal(answer.headers.get('location'), '/account')
  const cookie = cookieOf(answer)
  assert.match(await (await site.get('/account', { cookie })).text(), /signed in with the link/)
  assert.equal(await statusOf(site.get(path)), 410)
  assert.equal(await statusOf(site.get(path, { cookie })), 303)
  assert.ok(site.logged.every((line) => !JSON.stringify(line).includes(site.access.link?.key ?? '?')))
})

test('an unknown name and a wrong password are told and worked on alike', async (context) => {
  const site = await startSite(context)
  const pages: string[] = []
  for (const name of ['pia', 'jon', 'nobody']) {
    const before = site.verifications()
    const answer = await site.post('/sign-in', { name, password: 'wrong' })
    assert.equal(answer.status, 422)
    assert.equal(site.verifications() - before, 1, name)
    pages.push((await answer.text()).replaceAll(`value="${name}"`, 'value=""'))
  }
  assert.equal(new Set(pages).size, 1)
  assert.equal(await statusOf(site.post('/sign-in', { name: 'jon', password: '' })), 422)
})

test('who guesses has to wait, and does not lock another address out', async (context) => {
  const site = await startSite(context, { reach: { host: '127.0.0.1', trustedProxies: ['127.0.0.1'] } })
  const from = (address: string, password: string): Promise<Response> =>
    site.post('/sign-in', { name: 'pia', password }, { 'x-forwarded-for': address })
  const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(from('203.0.113.1', 'wrong'))))
  assert.equal(statuses.filter((status) => status === 422).length, 5)
  const waiting = await from('203.0.113.1', PASSWORD)
  assert.equal(waiting.status, 429)
  assert.match(waiting.headers.get('retry-after') ?? '', /^\d+$/)
  assert.equal(site.verifications(), 5)
  assert.equal(await statusOf(from('203.0.113.2', PASSWORD)), 303)
  const events = site.access.audit.newest(100).map(({ event }) => event)
  for (const event of ['lockout', 'sign-in-failed', 'sign-in'])
    assert.ok(
      events.some((each) => each === event),
      event,
    )
})

test('one address gets so many tries to sign in, and then a page that says when to come back', async (context) => {
  const site = await startSite(context, { reach: { host: '127.0.0.1', trustedProxies: ['127.0.0.1'] } })
  const headers = { 'x-forwarded-for': '2001:db8::1' }
  const tries = Array.from({ length: 60 }, (_, index) =>
    statusOf(site.post('/sign-in', { name: `user${index}`, password: 'x' }, headers)),
  )
  assert.ok((await Promise.all(tries)).filter((status) => status === 429).length >= 30)
  const other = { 'x-forwarded-for': '2001:db8::2:0:0:1' }
  assert.equal(await statusOf(site.post('/sign-in', { name: 'pia', password: PASSWORD }, other)), 429)
})

test('a form of another site is refused, whatever it brings', async (context) => {
  const site = await startSite(context)
  const cookie = await site.signIn()
  const csrf = await csrfOf(site, cookie)
  const post = (form: Record<string, string>, headers: Record<string, string>): Promise<number> =>
    statusOf(site.post('/account/sessions/end', form, { cookie, ...headers }))
  assert.equal(await post({ _csrf: csrf }, { origin: 'https://evil.example' }), 403)
  assert.equal(await post({ _csrf: csrf }, { origin: 'null' }), 403)
  assert.equal(await post({ _csrf: csrf }, { 'sec-fetch-site': 'cross-site' }), 403)
  assert.equal(await post({ _csrf: csrf }, { 'sec-fetch-site': 'same-site' }), 403)
  assert.equal(await post({}, {}), 403)
  assert.equal(await post({ _csrf: `${csrf}x` }, {}), 403)
  assert.equal(await post({ _csrf: csrf }, {}), 303)
  assert.equal(
    await statusOf(site.post('/sign-in', { name: 'pia', password: PASSWORD }, { origin: 'https://evil.example' })),
    403,
  )
})

test('after signing in one comes to a page of ours, whatever the address says', async (context) => {
  const site = await startSite(context)
  for (const next of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/\t/evil.example',
    '/..//evil.example',
    '\\\\evil',
  ]) {
    const page = await (await site.get(`/sign-in?next=${encodeURIComponent(next)}`)).text()
    assert.doesNotMatch(page, /name="next"/)
    const answer = await site.post('/sign-in', { name: 'pia', password: PASSWORD, next })
    assert.equal(answer.headers.get('location'), '/account', next)
  }
})

test('a token does what it was made for, until it is revoked or its maker is gone', async (context) => {
  const site = await startSite(context)
  const cookie = await site.signIn('eva')
  const csrf = await csrfOf(site, cookie)
  const made = await site.post(
    '/account/tokens',
    { label: '<script>alert(1)</script>', scopes: 'read', days: '1', _csrf: csrf },
    { cookie },
  )
  const page = await made.text()
  assert.doesNotMatch(page, /<script>alert/)
  const [token = ''] = /ptl_[0-9a-f]{72}/.exec(page) ?? []
  const found = site.access.tokens.find(token, 'test')
  assert.deepEqual([...(found?.scopes ?? [])], ['read'])
  assert.equal(await statusOf(site.get('/ports/973', { authorization: `Bearer ${token}` })), 200)
  const refused = await site.get('/ports/973', { authorization: `Bearer ${token.slice(0, -1)}0` })
  assert.equal(refused.status === 401 || token.endsWith('0'), true)
  assert.doesNotMatch(await (await site.get('/account', { cookie })).text(), new RegExp(token))
  const mine = await site.post(
    '/account/tokens',
    { label: 'mine', scopes: 'operate', days: '1', _csrf: 'x' },
    { cookie },
  )
  assert.equal(mine.status, 403)
  const pia = await site.signIn('pia')
  const foreign = { label: 'too much', scopes: 'operate', days: '1', _csrf: await csrfOf(site, pia) }
  const text = await (await site.post('/account/tokens', foreign, { cookie: pia })).text()
  const [weak = ''] = /ptl_[0-9a-f]{72}/.exec(text) ?? []
  assert.equal(site.access.tokens.find(weak, 'test')?.scopes.size ?? 0, 0)
  await setProperty(site.domain, objectAt(site.domain, 'users', 'eva'), 'uid', '999')
  assert.equal(site.access.tokens.find(token, 'test'), null)
})

test('a name that is not ours is refused on the loopback', async (context) => {
  const site = await startSite(context)
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '192.0.2.1',
    '[::2]',
    '127.0.0.1.nip.io',
    'a b',
    '127.0.0.1@evil',
  ]) {
    const answer = await raw(site.port, '/ports/973', `host: ${host}`)
    assert.match(answer, /^HTTP\/1\.1 4(?:00|21) /, host)
    assertGuarded(answer, host)
  }
  for (const host of ['localhost', `127.0.0.1:${site.port}`, '127.9.9.9', '[::1]:80', 'LOCALHOST:1'])
    assert.match(await raw(site.port, '/ports/973', `host: ${host}`), /^HTTP\/1\.1 200 /, host)
})

test('an address has one spelling', async (context) => {
  const site = await startSite(context)
  const host = `host: 127.0.0.1:${site.port}`
  for (const target of [
    '//ports/973',
    '/ports//973',
    '/ports/../ports/973',
    '/ports/%2e%2e/account',
    '/./ports/973',
    '/ports%2f973',
    '/ports/973%00',
    '/ports\\973',
    '/ports/%zz',
    'ports/973',
    '*',
    'http://evil.example/ports/973',
    `/${'a'.repeat(3000)}`,
  ]) {
    const answer = await raw(site.port, target, host)
    assert.match(answer, /^HTTP\/1\.1 4(?:00|14) /, target)
    assertGuarded(answer, target)
  }
  assert.match(await raw(site.port, `http://127.0.0.1:${site.port}/ports/973`, host), /^HTTP\/1\.1 200 /)
  assert.match(await raw(site.port, '/ports/973', host, 'host: evil.example'), /^HTTP\/1\.1 400 /)
  assert.match(await raw(site.port, '/ports/973'), /^HTTP\/1\.1 400 /)
})

test('every answer, of whatever kind, lets no other site frame it', async (context) => {
  const site = await startSite(context)
  const host = `host: 127.0.0.1:${site.port}`
  const stylesheet = /href="(\/assets\/site[^"]+)"/.exec(await (await site.get('/ports/973')).text())?.[1] ?? ''
  for (const path of ['/ports/973', '/ports/none', '/nowhere', '/account', '/sign-in', stylesheet, '/assets/none.js'])
    assertGuarded(await raw(site.port, path, host), path)
  assertGuarded(await send(site.port, 'this is no request\r\n\r\n'), 'no request')
  assertGuarded(await raw(site.port, '/', host, `x: ${'a'.repeat(20_000)}`), 'long headers')
})

test('a header that a client invents does not come back in an answer', async (context) => {
  const site = await startSite(context)
  for (const path of [
    '/sign-in?next=/%0d%0aset-cookie:%20a=b',
    '/ports/973?x=%0d%0ax:%20y',
    '/%0d%0aset-cookie:%20a=b',
  ]) {
    const answer = await raw(site.port, path, `host: 127.0.0.1:${site.port}`)
    assert.doesNotMatch(answer, /^set-cookie: a=b/im)
  }
})

test('a body that is too large is refused, with and without its length', async (context) => {
  const site = await startSite(context)
  const big = 'x'.repeat(70_000)
  assert.equal(await statusOf(site.post('/sign-in', { name: 'pia', password: big })), 413)
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(`name=pia&password=${big}`))
      controller.close()
    },
  })
  const init = {
    method: 'POST',
    body: stream,
    duplex: 'half',
    headers: { origin: site.origin, 'content-type': 'application/x-www-form-urlencoded' },
  } as const
  assert.equal(await statusOf(fetch(`${site.origin}/sign-in`, init)), 413)
})

test('who sends a request byte by byte is cut off', async (context) => {
  const site = await startSite(context, { times: { headersMs: 200, requestMs: 400, checkMs: 50 } })
  const started = 'GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n'
  const answer = await send(site.port, started)
  assert.match(answer, /^HTTP\/1\.1 408 /)
  assertGuarded(answer, 'a slow request')
  const body = await send(
    site.port,
    `POST /sign-in HTTP/1.1\r\nhost: 127.0.0.1\r\norigin: http://127.0.0.1\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\nname=`,
  )
  assert.match(body, /^HTTP\/1\.1 (?:408|400|413) |^$/)
  assert.equal(await statusOf(site.get('/ports/973')), 200)
})
