/** The ways of a person through the chart and the first page, in a browser: by pointer, keys and finger, and without JavaScript. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import * as v from 'valibot'
import { SIDE } from '../src/web/pages/chart/cell-code.ts'
import { PALETTES } from '../src/web/pages/chart/palette.ts'
import { heightOf, plotOf } from '../src/web/islands/chart-layout.ts'
import { atEnd } from './support/at-end.ts'
import { assertFitsWidth, axe, openPage } from './support/browser.ts'
import type { BrowserPageOptions } from './support/browser.ts'
import { NO_SOCKETS, listenerOf, startTestSite } from './support/web-services.ts'
import type { TestSite, TestWebOptions } from './support/web-services.ts'

const LISTENING = { ...NO_SOCKETS, listeners: [listenerOf(973), listenerOf(8080, { name: 'wiki' })] }
/** What the page may take of the wire in all, and the first page without its picture. */
const CHART_BYTES_MAX = 150_000
const HOME_BYTES_MAX = 60_000
const CANVAS = '#chart canvas'
const PANEL = '#chart-panel h2'

interface Opened {
  readonly page: Page
  readonly site: TestSite
}

/** Opens the chart and waits until its bytes and what listens are there. */
async function openChart(
  context: TestContext,
  path: string,
  options: TestWebOptions & BrowserPageOptions = {},
): Promise<Opened | null> {
  const site = await startTestSite(context, { sockets: LISTENING, ...options })
  const opened = await openPage(context, site.origin, options)
  if (opened === null) return null
  const { page } = opened
  const bytes = page.waitForResponse(/cells\.bin/)
  await page.goto(path)
  await bytes
  await page.locator('#chart-state:not(:empty)').waitFor()
  return { page, site }
}

/** Where the square of a port is at scale 1, in pixels of the canvas. */
async function placeOf(page: Page, port: number): Promise<{ readonly x: number; readonly y: number }> {
  const box = await page.locator(CANVAS).boundingBox()
  assert.ok(box)
  const { left, top, size } = plotOf(box.width)
  assert.ok(Math.abs(box.height - heightOf(plotOf(box.width))) < 1)
  const cell = size / SIDE
  return { x: left + ((port % SIDE) + 0.5) * cell, y: top + (Math.floor(port / SIDE) + 0.5) * cell }
}

async function hover(page: Page, place: { readonly x: number; readonly y: number }): Promise<number> {
  await page.locator(CANVAS).hover({ position: place })
  return Number(/\d+/.exec(await page.locator(PANEL).innerText())?.[0])
}

/** The colour of a point of the canvas, as the styles write it. */
async function colourAt(page: Page, { x, y }: { readonly x: number; readonly y: number }): Promise<string> {
  const script = `(() => {
    const canvas = document.querySelector('${CANVAS}')
    const scale = canvas.width / canvas.clientWidth
    return [...canvas.getContext('2d').getImageData(${x} * scale, ${y} * scale, 1, 1).data]
  })()`
  const [red = 0, green = 0, blue = 0] = v.parse(v.array(v.number()), await page.evaluate(script))
  return `#${[red, green, blue].map((each) => each.toString(16).padStart(2, '0')).join('')}`
}

async function waitForColour(page: Page, port: number, colour: string): Promise<void> {
  const place = await placeOf(page, port)
  for (let tries = 0; (await colourAt(page, place)) !== colour; tries += 1) {
    assert.ok(tries < 100, `port ${port} never has the colour ${colour}, but ${await colourAt(page, place)}`)
    await page.evaluate('new Promise(requestAnimationFrame)')
  }
}

for (const lang of ['en', 'bn', 'ar'] as const) {
  for (const [dark, phone] of [
    [false, false],
    [true, true],
  ] as const) {
    const name = `${lang}, ${dark ? 'dark' : 'light'}, ${phone ? 'phone' : 'desktop'}`
    test(`the chart and the first page are accessible: ${name}`, async (context) => {
      const opened = await openChart(context, `/${lang}/chart?port=973`, { lang, dark, phone })
      if (opened === null) return
      const { page } = opened
      assert.equal(await page.locator('html').getAttribute('dir'), lang === 'ar' ? 'rtl' : 'ltr')
      assert.equal(await page.locator('#chart').getAttribute('dir'), 'ltr')
      await page.locator('#table summary').click()
      await assertFitsWidth(page)
      await axe(page)
      await page.goto(`/${lang}`)
      await assertFitsWidth(page)
      await axe(page)
    })
  }
}

test('a port of the address is in view, and its square says what it is', async (context) => {
  const opened = await openChart(context, '/en/chart?port=973')
  if (opened === null) return
  const { page } = opened
  await page.getByText('NetInfo (extinct)').waitFor()
  assert.equal(await page.locator(PANEL).innerText(), 'Port 973')
  await page.getByText('named on 127.0.0.1').waitFor()
  await page.locator('#chart-live', { hasText: /^Port 973\. Status: unassigned\./ }).waitFor({ state: 'attached' })
  await page.getByRole('link', { name: 'Open the page of port 973' }).click()
  await page.waitForURL('**/en/ports/973')
})

test('the pointer reads squares, and the wheel brings them nearer', async (context) => {
  const opened = await openChart(context, '/en/chart')
  if (opened === null) return
  const { page } = opened
  const place = await placeOf(page, 32_768 + 128)
  assert.equal(await hover(page, place), 32_768 + 128)
  const beside = { x: place.x + 100, y: place.y }
  const before = (await hover(page, beside)) - 32_896
  assert.ok(before > 30)
  await hover(page, place)
  await page.mouse.wheel(0, -1500)
  // The square under the pointer stays there.
  assert.equal(await hover(page, place), 32_896)
  const after = (await hover(page, beside)) - 32_896
  assert.ok(after >= 0 && after < before / 2, `${after} of ${before} squares`)
  await page.getByRole('button', { name: 'Show all' }).click()
  assert.equal((await hover(page, beside)) - 32_896, before)
})

test('a drag moves the chart when it is enlarged', async (context) => {
  const opened = await openChart(context, '/en/chart')
  if (opened === null) return
  const { page } = opened
  const place = await placeOf(page, 32_896)
  await hover(page, place)
  await page.mouse.wheel(0, -1500)
  assert.equal(await hover(page, place), 32_896)
  const box = await page.locator(CANVAS).boundingBox()
  assert.ok(box)
  await page.mouse.down()
  await page.mouse.move(box.x + place.x - 150, box.y + place.y, { steps: 4 })
  await page.mouse.up()
  assert.ok((await hover(page, place)) > 32_896)
})

test('the keys move, zoom and open', async (context) => {
  const opened = await openChart(context, '/en/chart?port=1000')
  if (opened === null) return
  const { page } = opened
  await page.locator(CANVAS).focus()
  const moves: readonly (readonly [string, number])[] = [
    ['ArrowRight', 1001],
    ['ArrowLeft', 1000],
    ['ArrowUp', 744],
    ['ArrowDown', 1000],
    ['PageDown', 3048],
    ['PageUp', 1000],
    ['PageUp', 232],
    ['Home', 0],
    ['ArrowLeft', 0],
    ['ArrowUp', 0],
    ['End', 255],
    ['ArrowRight', 256],
    ['+', 256],
    ['-', 256],
    ['0', 256],
  ]
  for (const [key, port] of moves) {
    await page.keyboard.press(key)
    assert.equal(await page.locator(PANEL).innerText(), `Port ${port}`, key)
  }
  await page.locator('#chart-live', { hasText: /^Port 256\./ }).waitFor({ state: 'attached' })
  await page.keyboard.press('Enter')
  await page.waitForURL('**/en/ports/256')
})

test('the field leads to a number at once, and to a service by its name', async (context) => {
  const opened = await openChart(context, '/en/chart')
  if (opened === null) return
  const { page } = opened
  await page.locator('#chart-port').fill('5432')
  await page.keyboard.press('Enter')
  await page.locator(PANEL, { hasText: 'Port 5432' }).waitFor()
  assert.equal(new URL(page.url()).search, '')
  await page.locator('#chart-port').fill('ssh')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/en/chart?transport=tcp&port=ssh')
  await page.locator(PANEL, { hasText: 'Port 22' }).waitFor()
  await page.getByRole('link', { name: 'UDP', exact: true }).click()
  await page.waitForURL('**/en/chart?port=22&transport=udp')
})

test('a finger chooses a port, and the buttons bring it nearer', async (context) => {
  const opened = await openChart(context, '/en/chart', { phone: true })
  if (opened === null) return
  const { page } = opened
  const place = await placeOf(page, 32_896)
  await page.locator(CANVAS).tap({ position: place })
  const text = await page.locator(PANEL).innerText()
  // A square is one pixel wide here: a finger is not so exact.
  const port = Number(/\d+/.exec(text)?.[0])
  assert.ok(Math.abs((port % SIDE) - 128) <= 1 && Math.abs(Math.floor(port / SIDE) - 128) <= 1, text)
  const touchAction = `document.querySelector('${CANVAS}').style.touchAction`
  const before = await page.evaluate(touchAction)
  for (let turn = 0; turn < 4; turn += 1) await page.getByRole('button', { name: 'Nearer' }).tap()
  await page.locator(CANVAS).tap({ position: { x: place.x + 40, y: place.y } })
  const near = Number(/\d+/.exec(await page.locator(PANEL).innerText())?.[0])
  assert.ok(near - port > 0 && near - port < 10, `${near} beside ${port}`)
  // Where all is seen a finger moves the page; where it is enlarged, the chart.
  assert.equal(before, 'pan-y')
  assert.equal(await page.evaluate(touchAction), 'none')
})

test('the legend shows and hides', async (context) => {
  const opened = await openChart(context, '/en/chart')
  if (opened === null) return
  const { page } = opened
  const { light } = PALETTES
  // Assigned, with nothing else to tell; unassigned; a ghost.
  await waitForColour(page, 2020, light.assigned)
  await waitForColour(page, 59_800, light.unassigned)
  await waitForColour(page, 980, light.ghost)
  await page.locator('input[value=ghost]').uncheck()
  await waitForColour(page, 980, light.unassigned)
  await page.locator('input[value=assigned]').uncheck()
  await waitForColour(page, 2020, light.blank)
  await page.locator('input[value=assigned]').check()
  await waitForColour(page, 2020, light.assigned)
})

test('the chart follows the scheme of the reader', async (context) => {
  const opened = await openChart(context, '/en/chart')
  if (opened === null) return
  const { page } = opened
  await waitForColour(page, 2020, PALETTES.light.assigned)
  await page.emulateMedia({ colorScheme: 'dark' })
  await waitForColour(page, 2020, PALETTES.dark.assigned)
})

test('a listener that begins and ends is shown without a word of the reader', async (context) => {
  const opened = await openChart(context, '/en/chart', { sockets: 'machine' })
  if (opened === null) return
  const { page } = opened
  const server = createServer()
  atEnd(context, () => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  await page.locator('#chart-port').fill(String(address.port))
  await page.keyboard.press('Enter')
  await page.locator('#chart-panel dd', { hasText: 'on 127.0.0.1' }).waitFor()
  server.close()
  await page.locator('#chart-panel dd', { hasText: 'on 127.0.0.1' }).waitFor({ state: 'detached' })
})

test('the counts of the legend are kept up to date', async (context) => {
  const opened = await openChart(context, '/en/chart')
  if (opened === null) return
  const { page, site } = opened
  const count = page.locator('input[value=listening] ~ .layer-count')
  assert.equal(await count.innerText(), '2')
  site.showSockets({ ...LISTENING, listeners: [...LISTENING.listeners, listenerOf(4242)] })
  await page.locator('input[value=listening] ~ .layer-count[value="3"]').waitFor()
  assert.equal(await count.innerText(), '3')
})

test('the view is saved as PNG, and the picture as SVG', async (context) => {
  const opened = await openChart(context, '/en/chart')
  if (opened === null) return
  const { page } = opened
  const save = async (name: RegExp | string, role: 'button' | 'link'): Promise<Buffer> => {
    const coming = page.waitForEvent('download')
    await page.getByRole(role, { name }).click()
    const download = await coming
    assert.match(download.suggestedFilename(), /^portolan-tcp\.(png|svg)$/)
    return readFile(await download.path())
  }
  const png = await save('This view (PNG)', 'button')
  assert.equal(png.toString('latin1', 1, 4), 'PNG')
  const svg = await save('Picture (SVG)', 'link')
  assert.match(svg.toString(), /^<svg /)
})

test('the picture is well-formed in every language that runs or counts in its own way', async (context) => {
  const { origin } = await startTestSite(context, { sockets: LISTENING })
  const opened = await openPage(context, origin)
  if (opened === null) return
  const { page } = opened
  await page.goto('/en')
  for (const tag of ['en', 'ar', 'bn', 'fa', 'ja']) {
    const script = `fetch('/${tag}/chart.svg').then((answer) => answer.text()).then((text) =>
      new DOMParser().parseFromString(text, 'image/svg+xml').querySelectorAll('parsererror').length)`
    assert.equal(await page.evaluate(script), 0, tag)
  }
})

test('without JavaScript the picture, the filter, the field and the table do it all', async (context) => {
  const { origin } = await startTestSite(context, { sockets: LISTENING })
  const opened = await openPage(context, origin, { javaScriptEnabled: false })
  if (opened === null) return
  const { page } = opened
  await page.goto('/en/chart')
  const picture = page.getByRole('img', { name: /^A chart of all TCP ports/ })
  await picture.waitFor()
  await page.locator('input[value=assigned]').uncheck()
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await page.waitForURL(/show=unassigned/)
  assert.equal(await page.locator('input[value=assigned]').isChecked(), false)
  assert.match((await picture.getAttribute('src')) ?? '', /show=unassigned/)
  await page.locator('#table summary').click()
  await page.getByRole('link', { name: '768–1023' }).click()
  await page.waitForURL('**/en/ports?from=768')
})

for (const javaScriptEnabled of [true, false]) {
  test(`on paper there is the picture, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (context) => {
    const { origin } = await startTestSite(context, { sockets: LISTENING })
    const opened = await openPage(context, origin, { javaScriptEnabled })
    if (opened === null) return
    const { page } = opened
    const loaded = page.waitForResponse(/chart\.svg/)
    await page.goto('/en/chart')
    await loaded
    await page.emulateMedia({ media: 'print' })
    const picture = page.locator(javaScriptEnabled ? '.chart-print' : '#chart-sea img')
    await picture.waitFor()
    const box = await picture.boundingBox()
    assert.ok(box !== null && box.width > 500)
    assert.equal(await page.locator('#chart img:visible, #chart canvas:visible').count(), 1)
  })
}

test('the chart takes little of the wire, and so does the first page', async (context) => {
  const { origin } = await startTestSite(context, { sockets: LISTENING })
  const opened = await openPage(context, origin)
  if (opened === null) return
  const { page } = opened
  const sizes = new Map<string, number>()
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (pathname !== '/chart/events') sizes.set(pathname, Number(response.headers()['content-length'] ?? Number.NaN))
  })
  const sum = (): number => [...sizes.values()].reduce((all, each) => all + each, 0)
  await page.goto('/en/chart?port=973', { waitUntil: 'load' })
  await page.getByText('NetInfo (extinct)').waitFor()
  context.diagnostic(`the chart: ${sum()} bytes (${JSON.stringify([...sizes])})`)
  assert.ok(sum() < CHART_BYTES_MAX)
  sizes.clear()
  await page.goto('/en', { waitUntil: 'load' })
  context.diagnostic(`the first page: ${sum()} bytes`)
  assert.ok(sum() < HOME_BYTES_MAX)
})

test('the first page leads to ports, to the chart and to what is asked for', async (context) => {
  const { origin } = await startTestSite(context, { sockets: LISTENING })
  const opened = await openPage(context, origin)
  if (opened === null) return
  const { page } = opened
  await page.goto('/en')
  const here = page.getByRole('table')
  assert.match(await here.innerText(), /8080 TCP[^]*wiki/)
  await here.getByRole('link', { name: '8080' }).click()
  await page.waitForURL('**/en/ports/8080')
  await page.goBack()
  await page.getByRole('link', { name: 'A small chart of all ports: open the chart' }).click()
  await page.waitForURL('**/en/chart')
  await page.goBack()
  await page.getByRole('link', { name: /^973 NetInfo/ }).click()
  await page.waitForURL('**/en/ports/973')
})
