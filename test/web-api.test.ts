/** The HTTP API whole: its document against its routes, its answers against the document, and what a client may rely on. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import * as v from 'valibot'
import { APPEND, SYSTEM_CALLER } from '../src/directory/index.ts'
import { makeApi } from '../src/web/api/add-api.ts'
import { NO_BODY } from '../src/web/api/operation.ts'
import { problem } from '../src/web/api/schemas/components.ts'
import { makeTestWeb, listenerOf, startTestSite, visitorWith } from './support/web-services.ts'
import type { TestWeb } from './support/web-services.ts'

const documentSchema = v.object({
  openapi: v.literal('3.1.0'),
  paths: v.record(
    v.string(),
    v.record(v.string(), v.looseObject({ operationId: v.string(), responses: v.record(v.string(), v.unknown()) })),
  ),
})
const JSON_HEADERS = { 'content-type': 'application/json' }

async function seeded(context: TestContext): Promise<TestWeb> {
  const sockets = { listeners: [listenerOf(973)], connections: [], notes: [] }
  const web = await makeTestWeb(context, { sockets, visitor: visitorWith() })
  const { domain } = web
  const create = async (parent: number, ...names: string[]): Promise<number> => {
    const id = domain.id(parent)
    assert.ok(id)
    const properties = [{ name: 'name', values: names }]
    const { child } = await domain.write({ kind: 'create', parent: id, properties, where: APPEND }, SYSTEM_CALLER)
    assert.ok(child)
    return child.object
  }
  const users = await create(0, 'users')
  await create(users, 'pia')
  return web
}

/** The address of an operation with something in place of each parameter. */
function addressOf(path: string): string {
  const values: Readonly<Record<string, string>> = {
    port: '973',
    name: 'ssh',
    tag: 'local',
    revision: '3',
    format: 'json',
    'path+': 'users',
  }
  const query = path.endsWith('/search') ? '?q=netinfo' : path.endsWith('/import') ? '?format=raw&dryRun=true' : ''
  return path.replaceAll(/\{([\w+]+)\}/g, (_, name: string) => values[name] ?? '') + query
}

test('the document has every route of the API, and the API every route of the document', async (context) => {
  const web = await makeTestWeb(context)
  const document = v.parse(documentSchema, await (await web.app.request('/api/v1/openapi.json')).json())
  const told = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  )
  const routed = web.app.routes
    .filter(({ method, path }) => method !== 'ALL' && /^\/(?:api\/v1|healthz|readyz|metrics)/.test(path))
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)(?:\{\.\+\})?/g, '{$1}')}`)
  assert.deepEqual([...new Set(routed)].toSorted(), told.toSorted())
  const ids = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  assert.equal(new Set(ids).size, ids.length)
})

test('every reference of the document leads somewhere', async (context) => {
  const web = await makeTestWeb(context)
  const text = await (await web.app.request('/api/v1/openapi.json')).text()
  const document = v.parse(
    v.looseObject({ components: v.object({ schemas: v.record(v.string(), v.unknown()) }) }),
    JSON.parse(text),
  )
  const references = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '')
  assert.ok(references.length > 30)
  for (const name of references) assert.ok(name in document.components.schemas, name)
})

test('what every reading operation answers fits its schema, and no field is missing there', async (context) => {
  const web = await seeded(context)
  const { operations } = makeApi(web.services)
  let checked = 0
  for (const { method, path, success, body } of operations) {
    const [first] = success
    if (method !== 'get' || body !== NO_BODY || first?.schema === undefined) continue
    const response = await web.app.request(addressOf(path))
    assert.equal(response.status, 200, path)
    assert.equal(response.headers.get('content-type'), first.type, path)
    const value: unknown = await response.json()
    assert.deepEqual(v.parse(first.schema, value), value, path)
    checked += 1
  }
  assert.ok(checked >= 14, String(checked))
})

test('every operation with a scope refuses who has not signed in, and who lacks it, with problem details', async (context) => {
  const web = await makeTestWeb(context)
  const { operations } = makeApi(web.services)
  for (const { method, path, scope } of operations) {
    if (scope === null) continue
    for (const [visitor, status] of [
      [null, 401],
      [visitorWith([]), 403],
    ] as const) {
      web.signIn(visitor)
      const response = await web.app.request(addressOf(path), {
        method: method.toUpperCase(),
        headers: JSON_HEADERS,
        ...(method === 'get' ? {} : { body: '{}' }),
      })
      assert.equal(response.status, status, `${method} ${path}`)
      assert.equal(response.headers.get('content-type'), 'application/problem+json')
      assert.ok(v.is(problem, await response.json()))
    }
  }
})

test('a write needs the state that it changes: 428 without, 412 where another wrote, with the state as it is', async (context) => {
  const web = await seeded(context)
  const at = '/api/v1/domains/local/directories/users/pia'
  const read = await web.app.request(at)
  const etag = read.headers.get('etag') ?? ''
  const put = (headers: Readonly<Record<string, string>>, value: string): Response | Promise<Response> =>
    web.app.request(at, {
      method: 'PUT',
      headers: { ...JSON_HEADERS, ...headers },
      body: JSON.stringify({
        properties: [
          { name: 'name', values: ['pia'] },
          { name: 'shell', values: [value] },
        ],
      }),
    })
  assert.equal((await put({}, '/bin/a')).status, 428)
  const done = await put({ 'if-match': etag }, '/bin/b')
  assert.equal(done.status, 200)
  const late = await put({ 'if-match': etag }, '/bin/c')
  assert.equal(late.status, 412)
  assert.equal(late.headers.get('etag'), done.headers.get('etag'))
  assert.equal((await put({ 'if-match': late.headers.get('etag') ?? '' }, '/bin/d')).status, 200)
  assert.equal((await put({ 'if-match': `W/${etag}` }, '/bin/e')).status, 412)
})

test('a directory is made, renamed, moved, taken away, and comes back by undo', async (context) => {
  const web = await seeded(context)
  const base = '/api/v1/domains/local/directories'
  const etagOf = async (path: string): Promise<string> =>
    (await web.app.request(`${base}${path}`)).headers.get('etag') ?? ''
  const send = async (method: string, path: string, body: unknown, of: string = path): Promise<Response> =>
    web.app.request(`${base}${path}`, {
      method,
      headers: {
        ...JSON_HEADERS,
        'x-csrf-token': 'csrf-of-the-test',
        'if-match': await etagOf(of.replace(/\?.*/, '')),
      },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    })
  const made = await send('POST', '/users', { properties: [{ name: 'name', values: ['ada'] }], before: 'pia' })
  assert.equal(made.status, 201)
  assert.equal(made.headers.get('location'), `${base}/users/ada`)
  assert.equal((await send('PATCH', '/users/ada', { rename: 'ada2' })).status, 200)
  assert.equal((await send('POST', '', { properties: [{ name: 'name', values: ['people'] }] })).status, 201)
  assert.equal((await send('PATCH', '/users/ada2', { moveTo: { parent: 'people' } })).status, 200)
  assert.equal((await web.app.request(`${base}/people/ada2`)).status, 200)
  const refused = await send('DELETE', '/people', null)
  assert.equal(refused.status, 409)
  assert.equal((await send('DELETE', '/people?count=2', null)).status, 200)
  assert.equal((await web.app.request(`${base}/people`)).status, 404)
  const revision = web.domain.revision()
  const undone = await web.app.request(`/api/v1/domains/local/journal/${revision}/undo`, {
    method: 'POST',
    headers: { 'x-csrf-token': 'csrf-of-the-test' },
  })
  assert.equal(undone.status, 200)
  assert.equal((await web.app.request(`${base}/people`)).status, 200)
})

test('passwords are never told, by no address', async (context) => {
  const web = await seeded(context)
  const pia = web.domain.findPath([
    ['name', 'users'],
    ['name', 'pia'],
  ])
  const id = web.domain.id(pia ?? -1)
  assert.ok(id)
  const properties = [
    { name: 'name', values: ['pia'] },
    { name: 'passwd', values: ['$1$secret$hash'] },
  ]
  await web.domain.write({ kind: 'write', id, properties }, SYSTEM_CALLER)
  const { operations } = makeApi(web.services)
  for (const { method, path, success } of operations) {
    if (method !== 'get' || success[0]?.type === 'text/event-stream') continue
    for (const address of [addressOf(path), addressOf(path).replace('json', 'passwd')]) {
      const text = await (await web.app.request(address)).text()
      assert.ok(!text.includes('secret$hash'), address)
    }
  }
})

test('an import is first shown, then done as shown', async (context) => {
  const web = await seeded(context)
  const send = (query: string): Response | Promise<Response> =>
    web.app.request(`/api/v1/domains/local/import?format=group&${query}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'x-csrf-token': 'csrf-of-the-test' },
      body: 'sailors:*:20:pia\n',
    })
  const shown = v.parse(
    v.looseObject({ done: v.literal(false), created: v.number(), digest: v.string() }),
    await (await send('dryRun=true')).json(),
  )
  assert.equal(shown.created, 2)
  const done = await send(`digest=${shown.digest}`)
  assert.equal(done.status, 200)
  const again = await send(`digest=${shown.digest}`)
  assert.equal(again.status, 412)
  assert.match(await (await web.app.request('/api/v1/domains/local/export/group')).text(), /^sailors:/m)
})

test('HEAD has the headers of GET, and what a client has already is not sent again', async (context) => {
  const web = await seeded(context)
  for (const path of ['/api/v1/ports/973', '/api/v1/openapi.json', '/api/v1/domains/local/directories/users']) {
    const [get, head] = [await web.app.request(path), await web.app.request(path, { method: 'HEAD' })]
    assert.equal(head.status, 200)
    assert.equal(head.headers.get('etag'), get.headers.get('etag'))
    assert.equal(await head.text(), '')
    const etag = get.headers.get('etag') ?? ''
    assert.equal((await web.app.request(path, { headers: { 'if-none-match': etag } })).status, 304, path)
    const packed = await web.app.request(path, { headers: { 'accept-encoding': 'br' } })
    if (packed.headers.get('content-encoding') === 'br') assert.notEqual(packed.headers.get('etag'), etag)
  }
})

test('what goes wrong is told as problem details: 404, 405 with Allow, 406, 413, 415', async (context) => {
  const web = await seeded(context)
  const cases = [
    ['GET', '/api/v1/nothing', {}, '', 404],
    ['GET', '/api/v1/ports/070', {}, '', 404],
    ['DELETE', '/api/v1/ports/973', {}, '', 405],
    ['GET', '/api/v1/ports/973', { accept: 'text/html' }, '', 406],
    ['POST', '/api/v1/probe', JSON_HEADERS, ' '.repeat(20_000), 413],
    ['POST', '/api/v1/probe', { 'content-type': 'text/xml' }, '<a/>', 415],
    ['POST', '/api/v1/probe', JSON_HEADERS, '{', 400],
  ] as const
  for (const [method, path, headers, body, status] of cases) {
    const response = await web.app.request(path, {
      method,
      headers: { ...headers, 'x-csrf-token': 'csrf-of-the-test' },
      ...(body === '' ? {} : { body }),
    })
    assert.equal(response.status, status, `${method} ${path}`)
    assert.equal(response.headers.get('content-type'), 'application/problem+json', path)
    assert.equal(response.headers.get('x-problem'), null)
    if (status === 405) assert.equal(response.headers.get('allow'), 'GET, HEAD, OPTIONS')
    const told: unknown = await response.json()
    assert.deepEqual(v.parse(problem, told), told)
  }
})

test('what the guard refuses is told as problem details, too', async (context) => {
  const web = await makeTestWeb(context)
  for (const [headers, status, code] of [
    [{ host: 'evil.example' }, 421, 'misdirected'],
    [{ authorization: 'Bearer ptl_none' }, 401, 'sign-in-needed'],
  ] as const) {
    const response = await web.app.request('/api/v1/ports/973', { headers })
    assert.equal(response.status, status)
    const told = v.parse(v.looseObject({ code: v.string(), status: v.number() }), await response.json())
    assert.deepEqual([told.code, told.status], [code, status])
  }
})

test('a probe asks this machine, says what is open, and asks nobody outside', async (context) => {
  const site = await startTestSite(context, { visitor: visitorWith() })
  const port = Number(new URL(site.origin).port)
  const send = (body: unknown): Promise<Response> =>
    fetch(`${site.origin}/api/v1/probe`, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(body) })
  const answer = v.parse(
    v.looseObject({ ports: v.array(v.looseObject({ port: v.number(), state: v.string() })) }),
    await (await send({ host: '127.0.0.1', ports: String(port) })).json(),
  )
  assert.deepEqual(
    answer.ports.map((each) => [each.port, each.state]),
    [[port, 'open']],
  )
  assert.equal((await send({ host: '203.0.113.5', ports: '80' })).status, 403)
  assert.equal((await send({ host: '10.0.0.0-255', ports: '80' })).status, 400)
  assert.equal((await send({ host: '127.0.0.1', ports: '-' })).status, 400)
})

test('a probe tells what the directory declares for the machine, and what is unexpected', async (context) => {
  const site = await startTestSite(context, { visitor: visitorWith() })
  const open = Number(new URL(site.origin).port)
  const create = async (parent: number, properties: Readonly<Record<string, readonly string[]>>): Promise<number> => {
    const id = site.domain.id(parent)
    assert.ok(id)
    const list = Object.entries(properties).map(([name, values]) => ({ name, values }))
    const operation = { kind: 'create', parent: id, properties: list, where: APPEND } as const
    const { child } = await site.domain.write(operation, SYSTEM_CALLER)
    assert.ok(child)
    return child.object
  }
  const machines = site.domain.findPath([['name', 'machines']]) ?? (await create(0, { name: ['machines'] }))
  const machine = await create(machines, { name: ['pia'], ip_address: ['127.0.0.1'] })
  const services = await create(machine, { name: ['services'] })
  await create(services, { name: ['ledger'], port: ['1'], protocol: ['tcp'] })
  const answer = await fetch(`${site.origin}/api/v1/probe`, {
    method: 'POST',
    headers: JSON_HEADERS,
    body: JSON.stringify({ host: '127.0.0.1', ports: `1,${open}` }),
  })
  const { ports } = v.parse(
    v.looseObject({
      ports: v.array(
        v.looseObject({
          port: v.number(),
          declared: v.array(v.looseObject({ path: v.string(), names: v.array(v.string()) })),
          remarks: v.array(v.looseObject({ kind: v.string() })),
        }),
      ),
    }),
    await answer.json(),
  )
  assert.deepEqual(
    ports.map((each) => [each.port, each.declared.map(({ names }) => names[0]), each.remarks.map(({ kind }) => kind)]),
    [
      [1, ['ledger'], ['declared-not-open']],
      [open, [], ['undeclared']],
    ],
  )
})

test('the metrics are well-formed, and count by route', async (context) => {
  const web = await makeTestWeb(context)
  for (const port of [1, 2, 3]) await web.app.request(`/api/v1/ports/${port}`)
  const text = await (await web.app.request('/metrics')).text()
  assert.match(text, /^portolan_http_requests_total\{method="GET",route="\/api\/v1\/ports\/:port",status="200"\} 3$/m)
  assert.match(text, /^portolan_domain_revision\{domain="local"\} \d+$/m)
  for (const line of text.trimEnd().split('\n'))
    assert.match(
      line,
      /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="(?:[^"\\\n]|\\.)*"(?:,\w+="(?:[^"\\\n]|\\.)*")*\})? [\d.e+-]+)$/,
    )
})

test('the metrics are not for who asks through a proxy', async (context) => {
  const web = await makeTestWeb(context)
  const response = await web.app.request('/metrics', { headers: { 'x-forwarded-for': '192.0.2.1' } })
  assert.equal(response.status, 401)
  web.signIn(visitorWith(['operate']))
  assert.equal((await web.app.request('/metrics', { headers: { 'x-forwarded-for': '192.0.2.1' } })).status, 200)
})

test('the reference page tells of every operation', async (context) => {
  const web = await makeTestWeb(context)
  const text = await (await web.app.request('/bn/api')).text()
  assert.match(text, /<html lang="bn"/)
  for (const { id } of makeApi(web.services).operations) assert.ok(text.includes(`id="${id}"`), id)
})
