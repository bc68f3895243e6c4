/** The search in a browser: what is suggested while one types, by keys alone; what is found, and what is not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertFitsWidth, axe, openPage } from './support/browser.ts'
import { makeTestWeb, startTestSite } from './support/web-services.ts'

for (const { lang, dark, phone } of [
  { lang: 'en', dark: false, phone: false },
  { lang: 'en', dark: true, phone: true },
  { lang: 'bn', dark: false, phone: true },
  { lang: 'ar', dark: true, phone: false },
])
  test(`the pages of the search are whole and accessible: ${lang}, ${dark ? 'dark' : 'light'}, ${phone ? 'phone' : 'desktop'}`, async (context) => {
    const site = await startTestSite(context)
    const opened = await openPage(context, site.origin, { lang, dark, phone })
    if (opened === null) return
    const { page } = opened
    for (const query of ['', 'netinfo', 'postgers', '6000-6063', 'zzzzqqqqzzzz', '<script>alert(1)</script>']) {
      await page.goto(`/search?q=${encodeURIComponent(query)}`)
      assert.equal(await page.locator('h1').count(), 1, query)
      await assertFitsWidth(page)
      await axe(page)
    }
  })

test('a service is found by its first letters, and gone to by keys alone', async (context) => {
  const site = await startTestSite(context)
  const opened = await openPage(context, site.origin)
  if (opened === null) return
  const { page } = opened
  await page.goto('/search')
  const field = page.locator('main').getByRole('combobox')
  await field.focus()
  await page.keyboard.type('ssh')
  const list = page.locator('main').getByRole('listbox')
  await list.getByRole('option').first().waitFor()
  assert.equal(await field.getAttribute('aria-expanded'), 'true')
  await axe(page)
  await page.keyboard.press('ArrowDown')
  const [active] = await list.locator('[aria-selected=true]').all()
  assert.equal(await field.getAttribute('aria-activedescendant'), await active?.getAttribute('id'))
  await page.keyboard.press('Escape')
  assert.equal(await field.getAttribute('aria-expanded'), 'false')
  assert.equal(await field.inputValue(), 'ssh')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/ports/22')
})

test('a number, in whichever digits, leads to its port', async (context) => {
  const { app } = await makeTestWeb(context)
  for (const [query, path] of [
    ['973', '/ports/973'],
    ['443/udp', '/ports/443'],
    ['৯৭৩', '/ports/973'],
  ] as const) {
    const answer = await app.request(`/search?q=${encodeURIComponent(query)}`)
    assert.equal(answer.status, 303, query)
    assert.equal(answer.headers.get('location'), path)
  }
})

test('without JavaScript the form finds the same, and a misspelt word too', async (context) => {
  const site = await startTestSite(context)
  const opened = await openPage(context, site.origin, { javaScriptEnabled: false })
  if (opened === null) return
  const { page } = opened
  await page.goto('/search')
  await page.getByLabel('What to look for').fill('postgers')
  await page.locator('main').getByRole('button', { name: 'Search' }).click()
  await page.waitForURL(/q=postgers/)
  assert.ok(await page.locator('.hits').getByText('postgresql').first().isVisible())
})

test('a query that no search can hold is answered like an empty one', async (context) => {
  const { app } = await makeTestWeb(context)
  for (const query of ['x'.repeat(5000), '%00', '%F0%9F%A7%AD', '%C3%28'])
    for (const path of ['/search', '/search/suggest']) {
      const answer = await app.request(`${path}?q=${query}`)
      assert.equal(answer.status, 200, `${path} ${query.slice(0, 20)}`)
    }
})

test('a browser is told how to search from its bar', async (context) => {
  const { app } = await makeTestWeb(context)
  const answer = await app.request('/opensearch.xml')
  assert.match(answer.headers.get('content-type') ?? '', /opensearchdescription\+xml/)
  assert.match(await answer.text(), /template="http:\/\/127\.0\.0\.1:9730\/search\?q=\{searchTerms\}"/)
})

test('what uses a range and ports of its own leads to one of those', async (context) => {
  const { app } = await makeTestWeb(context)
  const text = await (await app.request('/search?q=netinfo')).text()
  assert.match(text, /href="\/ports\/985"><bdi>NetInfo/)
  assert.doesNotMatch(text, /href="\/ports\/600"/)
})
