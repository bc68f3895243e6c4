/** Words from outside never become markup: a process named like a script, and users, tokens and browsers named like one. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { operatorAccount } from '../src/web/auth/accounts.ts'
import { identify } from '../src/web/auth/identify.ts'
import { makeApp } from '../src/web/app.ts'
import { ROOT_OBJECT } from '../src/directory/index.ts'
import { addTo } from './support/domain-of.ts'
import { atEnd } from './support/at-end.ts'
import { requireThat } from './support/peers.ts'
import { until } from './support/until.ts'
import { makeTestWeb } from './support/web-services.ts'

/** As long as a name of a process may be on Linux, and no part of any page of ours. */
const NAME = '<b onclick=a()>'
const POISON = `"'><script>alert(1)</script><img src=x onerror=alert(2)>`

function assertHarmless(html: string, what: string): void {
  assert.doesNotMatch(html, /<script>alert|<img src=x|<b onclick/, what)
}

test('a process whose name is markup is shown by its name', async (context) => {
  if (!requireThat(context, process.platform === 'linux', 'Linux, where a process names itself')) return
  const script =
    "process.title = process.argv[1]; const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))"
  const child = spawn(process.execPath, ['-e', script, NAME], { stdio: ['ignore', 'pipe', 'inherit'] })
  atEnd(context, () => child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const port = await until('it listens', () => (output.endsWith('\n') ? output.trim() : null))
  const { app } = await makeTestWeb(context, { sockets: 'machine' })
  for (const path of [`/ports/${port}`, `/bn/ports/${port}`, `/ar/ports/${port}`]) {
    const html = await (await app.request(path)).text()
    assertHarmless(html, path)
    assert.match(html, /&lt;b onclick=a\(\)&gt;/, path)
  }
})

test('names of users, tokens and browsers, and addresses that were asked for, are text', async (context) => {
  const { services, domain } = await makeTestWeb(context)
  await addTo(domain, ROOT_OBJECT, { name: 'users', at: [{ name: POISON, uid: '0' }] })
  const { access } = services
  const app = makeApp({ ...services, identify: (c) => identify(c, access) })
  const account = operatorAccount(POISON)
  await access.tokens.make(account, { label: POISON, scopes: ['read'], days: 1 })
  access.audit.note('sign-in-failed', POISON, POISON, POISON)
  const secret = await access.sessions.begin(account, { address: POISON, agent: POISON })
  const cookie = `portolan-session=${secret}`
  for (const path of ['/account', '/de/account', '/ar/account', '/ports/973']) {
    const html = await (await app.request(path, { headers: { cookie } })).text()
    assertHarmless(html, path)
    if (path.endsWith('account')) assert.ok(html.includes('&lt;script&gt;alert(1)'), path)
  }
  const asked = encodeURIComponent(POISON)
  for (const path of [
    `/sign-in?next=/${asked}`,
    `/sign-in?key=${asked}`,
    `/${asked}`,
    `/ports/${asked}`,
    `/search?q=${asked}`,
  ])
    assertHarmless(await (await app.request(path)).text(), path)
  const form = new URLSearchParams({ name: POISON, password: POISON, next: POISON })
  assertHarmless(await (await app.request('/sign-in', { method: 'POST', body: form })).text(), 'a wrong password')
})
