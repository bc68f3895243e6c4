import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SYSTEM_CALLER, putTree } from '../../../directory/index.ts'
import { makeApp } from '../../app.ts'
import { Reach } from '../../http/reach.ts'
import { listenerOf, makeTestWeb, visitorWith } from '../../../../test/support/web-services.ts'
import type { TestWeb } from '../../../../test/support/web-services.ts'

const HOST = '127.0.0.1:9730'

async function get({ app }: TestWeb, path: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await app.request(`http://${HOST}${path}`, { headers: { host: HOST, ...headers } })
  return { answer, text: await answer.text() }
}

function statusesIn(text: string): Record<string, string> {
  return Object.fromEntries(
    Array.from(text.matchAll(/data-transport="(\w+)"\s+data-status="(\w+)"/g), ([, name = '', status = '']) => [
      name,
      status,
    ]),
  )
}

test('port 973 is unassigned, and a ghost with a name and a year', async (context) => {
  const { text } = await get(await makeTestWeb(context), '/en/ports/973')
  assert.deepEqual(statusesIn(text), { tcp: 'unassigned', udp: 'unassigned', sctp: 'unassigned', dccp: 'unassigned' })
  assert.match(text, /<title>Port 973: NetInfo, until 2007 · Portolan<\/title>/)
  assert.match(text, /<meta name="description" content="Port 973 is unassigned at IANA\. NetInfo used it until 2007\./)
  assert.match(text, /All ports from 954 to 988 share this answer\./)
  assert.doesNotMatch(text, /<b>Assigned<\/b>/)
})

test('transports that differ have rows of their own', async (context) => {
  const { text } = await get(await makeTestWeb(context), '/en/ports/80')
  assert.deepEqual(statusesIn(text), { tcp: 'assigned', udp: 'assigned', sctp: 'assigned', dccp: 'unassigned' })
  assert.match(text, /<b>Assigned<\/b>/)
  assert.match(text, /<b>Unassigned<\/b>/)
})

test('a dynamic port is never told to be free for the asking', async (context) => {
  const { text } = await get(await makeTestWeb(context), '/en/ports/65535')
  assert.match(text, /<b>Dynamic<\/b> ports, from 49152 on, are never assigned/)
  assert.doesNotMatch(text, /<b>Unassigned<\/b>/)
  assert.doesNotMatch(text, /rel="next"/)
})

test('what listens and what a domain declares is on the page, and in the part that is asked for again', async (context) => {
  const web = await makeTestWeb(context, { sockets: { listeners: [listenerOf(973)], connections: [], notes: [] } })
  const entry = {
    properties: [
      { name: 'name', values: ['netinfo'] },
      { name: 'port', values: ['973'] },
      { name: 'protocol', values: ['tcp'] },
    ],
    children: [],
  }
  await putTree(
    web.domain,
    0,
    { properties: [{ name: 'name', values: ['services'] }], children: [entry] },
    SYSTEM_CALLER,
  )
  for (const path of ['/en/ports/973', '/en/ports/973/here']) {
    const { answer, text } = await get(web, path)
    assert.equal(answer.status, 200)
    assert.match(text, /named \(process 4242\) listens on TCP 127\.0\.0\.1/)
    assert.match(text, /The domain local declares it for netinfo/)
    assert.match(text, /href="\/en\/directory\/local\/services\/netinfo"/)
  }
})

test('the part that is asked for again is the very part of the page', async (context) => {
  const web = await makeTestWeb(context, { sockets: { listeners: [listenerOf(22)], connections: [], notes: [] } })
  const { text: page } = await get(web, '/bn/ports/22')
  const { text: part } = await get(web, '/bn/ports/22/here')
  assert.ok(page.includes(part.trim()))
})

test('names of processes and users are text, whatever they are', async (context) => {
  const name = '"><script>alert(1)</script>'
  const web = await makeTestWeb(context, {
    sockets: { listeners: [listenerOf(973, { name, address: name })], connections: [], notes: [] },
  })
  const { text } = await get(web, '/en/ports/973')
  assert.doesNotMatch(text, /<script>alert/)
})

test("a signed-in visitor's page is kept by nobody else", async (context) => {
  const web = await makeTestWeb(context, { visitor: visitorWith() })
  const { answer } = await get(web, '/en/ports/973')
  assert.equal(answer.headers.get('cache-control'), 'no-store')
})

test('Bengali has its own digits with the Latin ones beside them', async (context) => {
  const { text } = await get(await makeTestWeb(context), '/bn/ports/973')
  assert.match(text, /৯৭৩/)
  assert.match(text, /973/)
  assert.match(text, /<html lang="bn" dir="ltr">/)
})

test('structured data names the page, its way and its picture', async (context) => {
  const { text } = await get(await makeTestWeb(context), '/en/ports/973')
  const data: unknown = JSON.parse(/<script type="application\/ld\+json">([^<]*)<\/script>/.exec(text)?.[1] ?? '')
  const told = JSON.stringify(data)
  assert.match(told, /"BreadcrumbList"/)
  assert.match(told, /"item":"http:\/\/127\.0\.0\.1:9730\/en\/ports\?from=0"/)
  assert.match(text, /property="og:image" content="http:\/\/127\.0\.0\.1:9730\/ports\/973\/preview\.png"/)
  assert.match(text, /rel="canonical" href="http:\/\/127\.0\.0\.1:9730\/en\/ports\/973"/)
})

test('what is no port is not found', async (context) => {
  const web = await makeTestWeb(context)
  for (const port of ['65536', '-1', '00', '007', '9.5', '1e3', 'x', '%00', '973%20', '９７３'])
    for (const path of [`/ports/${port}`, `/ports/${port}/here`])
      assert.equal((await get(web, path)).answer.status, 404, path)
})

test('where a network can ask, strangers learn nothing of this machine, and who has signed in does', async (context) => {
  const { services, signIn } = await makeTestWeb(context, {
    sockets: { listeners: [listenerOf(973)], connections: [], notes: [] },
  })
  const reach = new Reach({ host: '127.0.0.1', publicOrigin: 'https://chart.example' })
  const app = makeApp({ ...services, access: { ...services.access, reach } })
  const ask = async (path: string) => {
    const answer = await app.request(`http://${HOST}${path}`, { headers: { host: HOST } })
    return { status: answer.status, text: await answer.text() }
  }
  const stranger = await ask('/en/ports/973')
  assert.equal(stranger.status, 200)
  assert.match(stranger.text, /What is on this machine is shown to those who have signed in\./)
  assert.doesNotMatch(stranger.text, /4242|Nothing listens|data-live|No domain of the directory/)
  assert.equal((await ask('/en/ports/973/here')).status, 403)
  signIn(visitorWith(['read']))
  for (const path of ['/en/ports/973', '/en/ports/973/here']) assert.match((await ask(path)).text, /process 4242/)
})
