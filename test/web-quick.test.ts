/** The quick way to a port's page and the ordinary one say the same. */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { addTo } from './support/domain-of.ts'
import { NO_SOCKETS, listenerOf, startTestSite } from './support/web-services.ts'
import type { TestSite } from './support/web-services.ts'

interface Got {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** Not by fetch: it sends headers of its own. */
function get({ origin }: TestSite, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request(`${origin}${path}`, { headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    asked.on('error', reject).end()
  })
}

/** A cookie of nobody's sends a request the ordinary way. */
const SLOW = { cookie: 'theme=none' }
const PASSING = new Set(['date', 'etag', 'connection', 'keep-alive'])

function lasting({ headers }: Got): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !PASSING.has(name)))
}

test('both ways answer with the same page and the same headers', async (context) => {
  const site = await startTestSite(context)
  await site.services.sockets.current()
  for (const path of ['/ports/973', '/ports/0', '/ports/65535', '/ports/51234', '/bn/ports/2345', '/ar/ports/443']) {
    await site.services.sockets.current()
    const quick = await get(site, path)
    const slow = await get(site, path, SLOW)
    assert.equal(quick.status, 200, path)
    assert.equal(quick.body, slow.body, path)
    assert.deepEqual(lasting(quick), lasting(slow), path)
  }
  // Pages that were learnt have tags of their own: this one did go the quick way.
  const [quick, slow] = [await get(site, '/ports/60321'), await get(site, '/ports/60321', SLOW)]
  assert.notEqual(quick.headers['etag'], slow.headers['etag'])
})

test('a page that a client has is not sent again, and one that it takes compressed is', async (context) => {
  const site = await startTestSite(context)
  await site.services.sockets.current()
  const first = await get(site, '/ports/51234')
  const again = await get(site, '/ports/51234', { 'if-none-match': String(first.headers['etag']) })
  assert.deepEqual([again.status, again.body], [304, ''])
  const packed = await get(site, '/ports/51234', { 'accept-encoding': 'gzip' })
  assert.equal(packed.headers['content-encoding'], 'gzip')
  assert.ok(Number(packed.headers['content-length']) < 10_000)
})

test('what begins to listen, and what is declared, is on the page at once or a moment later', async (context) => {
  let nowMs = Date.parse('2026-11-24T12:00:00Z')
  const site = await startTestSite(context, { now: () => nowMs })
  await site.services.sockets.current()
  assert.match((await get(site, '/ports/51234')).body, /Nothing listens on port 51234/)
  site.showSockets({ ...NO_SOCKETS, listeners: [listenerOf(51_234, { name: 'quicksilver' })] })
  await site.services.sockets.current()
  assert.match((await get(site, '/ports/51234')).body, /quicksilver/)
  await addTo(site.domain, 0, { name: 'services', at: [{ name: 'mercury', port: '51235', protocol: 'tcp' }] })
  nowMs += 1500
  await site.services.sockets.current()
  assert.match((await get(site, '/ports/51235')).body, /declares it for mercury/)
})

test('a host that is not ours, and a path that is none, are refused either way', async (context) => {
  const site = await startTestSite(context)
  await site.services.sockets.current()
  assert.equal((await get(site, '/ports/973', { host: 'evil.example' })).status, 421)
  for (const path of ['/ports/65536', '/ports/0973', '/ports/-1', '/xx/ports/973', '/ports/973/x'])
    assert.equal((await get(site, path)).status, 404, path)
})

test('what went the quick way is counted', async (context) => {
  const site = await startTestSite(context)
  await site.services.sockets.current()
  await get(site, '/ports/51234')
  assert.match(
    site.services.metrics.toText([]),
    /portolan_http_requests_total\{method="GET",route="\/ports\/:port",status="200"\} 1/,
  )
})
