/** The ways of a person through the pages of ports, in a browser: with JavaScript and without, in three languages. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { ENGLISH } from '../src/web/i18n/languages.ts'
import { assertFitsWidth, axe, openPage } from './support/browser.ts'
import { listenerOf, startTestSite, visitorWith } from './support/web-services.ts'

const LANGUAGES = ['en', 'bn', 'ar'] as const
const LISTENING = { listeners: [listenerOf(973)], connections: [], notes: [] }

for (const lang of LANGUAGES) {
  for (const dark of [false, true]) {
    for (const phone of [false, true]) {
      const name = `${lang}, ${dark ? 'dark' : 'light'}, ${phone ? 'phone' : 'desktop'}`
      test(`the pages of ports are whole and accessible: ${name}`, async (context) => {
        const { origin } = await startTestSite(context, { sockets: LISTENING })
        const opened = await openPage(context, origin, { lang, dark, phone })
        if (opened === null) return
        const { page } = opened
        // The unassigned ghost; an assigned port with a conflict and risks; one that is free; a block of the index.
        for (const path of ['/ports/973', '/ports/5000', '/ports/54321', '/ports?from=768']) {
          await page.goto(path)
          assert.equal(await page.locator('html').getAttribute('lang'), lang)
          assert.equal(await page.locator('html').getAttribute('dir'), lang === 'ar' ? 'rtl' : 'ltr')
          assert.equal(await page.locator('h1').count(), 1)
          await assertFitsWidth(page)
          await axe(page)
        }
      })
    }
  }
}

for (const javaScriptEnabled of [true, false]) {
  const name = javaScriptEnabled ? 'with JavaScript' : 'without JavaScript'

  test(`a reader goes from the index to a port, on to its neighbours and back, ${name}`, async (context) => {
    const { origin } = await startTestSite(context)
    const opened = await openPage(context, origin, { javaScriptEnabled })
    if (opened === null) return
    const { page } = opened
    await page.goto('/en/ports')
    await page.getByRole('link', { name: /^768–1023/ }).click()
    await page.waitForURL('**/en/ports?from=768')
    await page.getByRole('link', { name: '973', exact: true }).click()
    await page.waitForURL('**/en/ports/973')
    assert.match(await page.locator('h1').innerText(), /Port 973\s+NetInfo until 2007/)
    await page.getByRole('link', { name: 'Port 974' }).click()
    await page.waitForURL('**/en/ports/974')
    await page.getByRole('link', { name: /^989/ }).click()
    await page.waitForURL('**/en/ports/989')
    assert.match(await page.locator('h1').innerText(), /ftps-data/)
    await page.getByRole('link', { name: 'System ports' }).click()
    await page.waitForURL('**/en/ports?from=0')
    await page.getByRole('link', { name: 'All ports' }).first().click()
    await page.waitForURL('**/en/ports')
  })

  test(`an answer is taken, thanked for and can be changed, ${name}`, async (context) => {
    const { origin, services } = await startTestSite(context)
    const opened = await openPage(context, origin, { javaScriptEnabled, lang: 'bn' })
    if (opened === null) return
    const { page } = opened
    await page.goto('/bn/ports/973')
    assert.equal(await page.getByRole('status').count(), 0)
    await page.locator('button[value=yes]').click()
    await page.waitForURL('**/bn/ports/973?answer=yes#helpful')
    assert.equal(await page.getByRole('status').count(), 1)
    assert.equal(await page.locator('button[value=yes]').getAttribute('aria-pressed'), 'true')
    await page.locator('button[value=no]').click()
    await page.waitForURL('**/bn/ports/973?answer=no#helpful')
    await page.goto('/bn/ports/973')
    assert.equal(await page.locator('button[value=no]').getAttribute('aria-pressed'), 'true')
    assert.equal(await page.locator('button[value=yes]').getAttribute('aria-pressed'), 'false')
    assert.deepEqual([...services.feedback.counts()], [{ port: 973, language: 'bn', yes: 0, partly: 0, no: 1 }])
  })

  test(`the language is changed on the page, ${name}`, async (context) => {
    const { origin } = await startTestSite(context)
    const opened = await openPage(context, origin, { javaScriptEnabled })
    if (opened === null) return
    const { page } = opened
    await page.goto('/ports/973')
    await page.locator('details.languages summary').click()
    await page.locator('details.languages a[hreflang=bn]').click()
    await page.waitForURL('**/bn/ports/973')
    assert.match(await page.locator('h1').innerText(), /৯৭৩/)
    assert.match(await page.locator('.port-head').innerText(), /973/)
  })
}

test('a command is copied at a click, and the button says so in the language of the page', async (context) => {
  const { origin } = await startTestSite(context)
  const opened = await openPage(context, origin, { lang: 'bn', clipboard: true })
  if (opened === null) return
  const { page } = opened
  await page.goto('/bn/ports/973')
  const row = page.locator('[data-copy]').nth(1)
  const button = row.getByRole('button')
  await button.click()
  const copied = (await row.getAttribute('data-copied')) ?? ''
  await button.filter({ hasText: copied }).waitFor()
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'sudo lsof -nP -i :973')
})

test('what begins to listen appears while the page is open, and goes when it ends', async (context) => {
  const site = await startTestSite(context)
  const opened = await openPage(context, site.origin)
  if (opened === null) return
  const { page } = opened
  await page.goto('/en/ports/973')
  await page.getByText('Nothing listens on port 973 here.').waitFor()
  site.showSockets({ listeners: [listenerOf(973, { name: '<script>alert(1)</script>' })], connections: [], notes: [] })
  await page.getByText('<script>alert(1)</script> (process 4242) listens on TCP 127.0.0.1').waitFor()
  await page.getByText('Something listens here that no domain declares.').waitFor()
  site.showSockets({ listeners: [], connections: [], notes: [] })
  await page.getByText('Nothing listens on port 973 here.').waitFor()
})

test('without JavaScript the page says of when it is, and offers no button that does nothing', async (context) => {
  const { origin } = await startTestSite(context, { sockets: LISTENING })
  const opened = await openPage(context, origin, { javaScriptEnabled: false })
  if (opened === null) return
  const { page } = opened
  await page.goto('/en/ports/973')
  await page.locator('noscript p').waitFor()
  await page.getByText('named (process 4242) listens on TCP 127.0.0.1').waitFor()
  assert.equal(await page.locator('.copy').count(), 0)
})

/** Sizes of the two pictures of a card, and how many of a thousand pixels differ by a quarter of the range or more. */
const COMPARE_CARDS = `(async () => {
  const pixels = await Promise.all(['png', 'svg'].map(async (ending) => {
    const image = new Image()
    image.src = '/ports/5000/preview.' + ending
    await image.decode()
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight)
    const context = canvas.getContext('2d')
    context.drawImage(image, 0, 0)
    return context.getImageData(0, 0, canvas.width, canvas.height)
  }))
  const [png, svg] = pixels
  let differ = 0
  for (let at = 0; at < png.data.length; at += 4) if (Math.abs(png.data[at] - svg.data[at]) >= 64) differ += 1
  return { png: [png.width, png.height], svg: [svg.width, svg.height], perMille: (differ * 4000) / png.data.length }
})()`

const cardsSchema = v.object({ png: v.array(v.number()), svg: v.array(v.number()), perMille: v.number() })

test('a card is the same picture as PNG, by us, and as SVG, by the browser', async (context) => {
  const { origin } = await startTestSite(context)
  const opened = await openPage(context, origin)
  if (opened === null) return
  await opened.page.goto('/en/ports/973')
  const { png, svg, perMille } = v.parse(cardsSchema, await opened.page.evaluate(COMPARE_CARDS))
  assert.deepEqual(png, [1200, 630])
  assert.deepEqual(svg, [1200, 630])
  context.diagnostic(`${perMille.toFixed(2)} of a thousand pixels differ`)
  assert.ok(perMille < 3, `${perMille} of a thousand pixels differ`)
})

test('on paper the page has its facts, and nothing to click', async (context) => {
  const { origin } = await startTestSite(context)
  const opened = await openPage(context, origin)
  if (opened === null) return
  const { page } = opened
  await page.goto('/en/ports/973')
  await page.emulateMedia({ media: 'print' })
  for (const hidden of ['.top nav', '.find', '.languages', '.helpful', '.copy', '.strip'])
    assert.equal(await page.locator(hidden).first().isVisible(), false, hidden)
  for (const shown of ['#registry', '#uses', '#sources']) assert.ok(await page.locator(shown).isVisible(), shown)
})

test('what is no port is told so, with ways on', async (context) => {
  const { origin } = await startTestSite(context)
  const opened = await openPage(context, origin, { expects: [/status of 404/] })
  if (opened === null) return
  const { page } = opened
  for (const path of ['/en/ports/65536', '/ar/ports/x', '/en/ports?from=-1']) {
    const answer = await page.goto(path)
    assert.equal(answer?.status(), 404)
    await axe(page)
    assert.ok((await page.locator('.ways a').count()) >= 2)
  }
})

test('an operator reads what visitors said, on a desk and on a phone', async (context) => {
  const { origin, services } = await startTestSite(context, { visitor: visitorWith(['operate']) })
  await services.feedback.put({ visitor: 'x', port: 973, language: ENGLISH }, 'no')
  for (const phone of [false, true]) {
    const opened = await openPage(context, origin, { phone })
    if (opened === null) return
    const { page } = opened
    await page.goto('/en/feedback')
    await page.getByRole('link', { name: 'Port 973' }).waitFor()
    await assertFitsWidth(page)
    await axe(page)
  }
})
