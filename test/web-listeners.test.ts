/** The live table of listeners in a browser: what comes and goes, filters and orders, a phone, other languages, ten thousand rows. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import * as v from 'valibot'
import { assertFitsWidth, axe, openPage } from './support/browser.ts'
import { madeConnection, madeListener, madeProcess, madeSockets } from './support/sockets-made.ts'
import { startTestSite } from './support/web-services.ts'

const SCRIPT = '<script>alert(1)</script>'
const SOME = madeSockets({
  listeners: [
    madeListener({ port: 22, address: '0.0.0.0', reach: 'everywhere', process: madeProcess({ pid: 7, name: 'sshd' }) }),
    madeListener({ port: 973, process: madeProcess({ name: SCRIPT, command: `${SCRIPT} --all` }) }),
    madeListener({ port: 5353, transport: 'udp', process: null, unseen: { reason: 'permission', hint: 'Use sudo.' } }),
  ],
  connections: [madeConnection({ address: '192.0.2.1', port: 22, remotePort: 50_000 })],
})
const DRAWN = '.listener-table tbody tr[data-id]'

/** The ports of the rows, once the island has made them its own. */
async function portsOf(page: Page): Promise<readonly string[]> {
  return page.locator(`${DRAWN} .c-port a`).allTextContents()
}

async function whenLive(page: Page): Promise<void> {
  await page.locator('.live-bar').waitFor({ state: 'visible' })
  await page.locator(`${DRAWN}[aria-rowindex]`).first().waitFor()
}

for (const { lang, dark, phone } of [
  { lang: 'en', dark: false, phone: false },
  { lang: 'en', dark: true, phone: true },
  { lang: 'bn', dark: false, phone: true },
  { lang: 'ar', dark: true, phone: false },
])
  test(`the pages of listeners are whole and accessible: ${lang}, ${dark ? 'dark' : 'light'}, ${phone ? 'phone' : 'desktop'}`, async (context) => {
    const site = await startTestSite(context, { sockets: SOME })
    const opened = await openPage(context, site.origin, { lang, dark, phone })
    if (opened === null) return
    const { page } = opened
    await page.goto('/listeners')
    await whenLive(page)
    for (const path of ['', '/listeners/tcp/973', '/listeners/udp/5353', '/listeners/tcp/1']) {
      if (path !== '') await page.goto(path)
      assert.equal(await page.locator('h1').count(), 1, path)
      await assertFitsWidth(page)
      await axe(page)
    }
  })

test('a listener that opens is shown as new, and one that closes as gone', async (context) => {
  const site = await startTestSite(context, { sockets: 'machine' })
  const opened = await openPage(context, site.origin)
  if (opened === null) return
  const { page } = opened
  await page.goto('/listeners')
  await whenLive(page)
  const server = createServer().listen(0, '127.0.0.1')
  context.after(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await page.getByLabel('Port or range').fill(String(port))
  // While it is opened or closed it may be seen for a moment without its process: then there are two rows.
  await page.locator('tr.is-new').first().getByText('new', { exact: true }).waitFor()
  assert.deepEqual([...new Set(await portsOf(page))], [String(port)])
  await new Promise((resolve) => server.close(resolve))
  await page.locator('tr.is-gone').first().getByText('gone', { exact: true }).waitFor()
  await page.locator(DRAWN).first().waitFor({ state: 'detached' })
})

for (const javaScriptEnabled of [true, false])
  test(`listeners are filtered and put in order ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (context) => {
    const site = await startTestSite(context, { sockets: SOME })
    const opened = await openPage(context, site.origin, { javaScriptEnabled })
    if (opened === null) return
    const { page } = opened
    await page.goto('/listeners')
    if (javaScriptEnabled) await whenLive(page)
    assert.deepEqual(await portsOf(page), ['22', '973', '5353'])
    const head = page.locator('th.c-port[aria-sort]')
    assert.equal(await head.getAttribute('aria-sort'), 'ascending')
    await head.getByRole('link').click()
    await page.locator('th.c-port[aria-sort=descending]').waitFor()
    assert.deepEqual(await portsOf(page), ['5353', '973', '22'])
    await page.getByLabel('Process, command or service').fill('SSH')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.waitForURL(/text=SSH/)
    assert.deepEqual(await portsOf(page), ['22'])
  })

test('the name of a process is text, whatever it holds', async (context) => {
  const site = await startTestSite(context, { sockets: SOME })
  const opened = await openPage(context, site.origin)
  if (opened === null) return
  await opened.page.goto('/listeners')
  await whenLive(opened.page)
  assert.ok(await opened.page.locator(DRAWN).getByText(SCRIPT).isVisible())
  await opened.page.locator(DRAWN).getByText(SCRIPT).click()
  assert.ok(await opened.page.getByText(`${SCRIPT} --all`).isVisible())
})

const framesSchema = v.object({ longest: v.number(), rows: v.number() })

test('ten thousand listeners are few rows of the document, scroll, and change within a second', async (context) => {
  const site = await startTestSite(context, { sockets: manySockets() })
  const opened = await openPage(context, site.origin)
  if (opened === null) return
  const { page } = opened
  await page.goto('/listeners')
  await whenLive(page)
  const table = page.locator('.listener-table table')
  await page.locator('.listener-table table[aria-rowcount="10001"]').waitFor()
  const seen = v.parse(framesSchema, await page.evaluate(SCROLL))
  tell(context, `the longest task while scrolling through 10,000 rows: ${seen.longest.toFixed(0)} ms`)
  assert.ok(seen.rows < 200, `${seen.rows} rows are in the document`)
  const began = performance.now()
  site.showSockets(manySockets([madeListener({ port: 999, process: madeProcess({ name: 'newcomer' }) })]))
  await page.getByLabel('Process, command or service').fill('newcomer')
  await page.locator(DRAWN).getByText('newcomer').waitFor()
  tell(context, `a new one was there after ${(performance.now() - began).toFixed(0)} ms`)
  assert.equal(await table.getAttribute('aria-rowcount'), '2')
})

function tell(context: TestContext, text: string): void {
  context.diagnostic(text)
}

/** Scrolls down in steps, a frame each, and tells the longest task that the browser saw. */
const SCROLL = `new Promise((resolve) => {
  let longest = 0
  new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longest = Math.max(longest, duration) })
    .observe({ type: 'longtask' })
  const frame = document.querySelector('.listener-table')
  let steps = 60
  const step = () => {
    frame.scrollTop += 1500
    steps -= 1
    if (steps > 0) requestAnimationFrame(step)
    else setTimeout(() => resolve({ longest, rows: document.querySelectorAll('.listener-table tbody tr').length }), 100)
  }
  step()
})`

/** Of 200 processes with 50 sockets each. */
function manySockets(more: Parameters<typeof madeSockets>[0]['listeners'] = []): ReturnType<typeof madeSockets> {
  return madeSockets({ listeners: [...MANY, ...more] })
}

const MANY = Array.from({ length: 200 }, (_, number) =>
  madeProcess({ pid: 1000 + number, name: `worker-${number}` }),
).flatMap((process) =>
  Array.from({ length: 50 }, (_, index) => madeListener({ port: 20_000 + (process.pid - 1000) * 50 + index, process })),
)
