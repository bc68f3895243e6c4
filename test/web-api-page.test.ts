/** The reference of the API in a browser, and as HTML. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HtmlValidate } from 'html-validate'
import { assertFitsWidth, axe, openPage } from './support/browser.ts'
import { makeTestWeb, startTestSite } from './support/web-services.ts'

test('the reference is valid HTML', async (context) => {
  const { app } = await makeTestWeb(context)
  const validator = new HtmlValidate({
    extends: ['html-validate:recommended'],
    rules: { 'doctype-style': 'off', 'void-style': 'off', 'no-trailing-whitespace': 'off', 'long-title': 'off' },
  })
  const { results } = await validator.validateString(await (await app.request('/api')).text())
  assert.deepEqual(
    results.flatMap(({ messages }) => messages.map(({ ruleId, message, line }) => `${line} ${ruleId}: ${message}`)),
    [],
  )
})

for (const [lang, dark, phone] of [
  ['en', false, false],
  ['ar', true, true],
] as const) {
  test(`the reference is accessible, fits, and each link leads to a place: ${lang}, ${phone ? 'phone' : 'desktop'}`, async (context) => {
    const { origin } = await startTestSite(context)
    const opened = await openPage(context, origin, { lang, dark, phone })
    if (opened === null) return
    const { page } = opened
    await page.goto('/')
    await page.locator('footer a[href$="/api"]').click()
    assert.equal(await page.locator('h1').count(), 1)
    assert.equal(await page.locator('html').getAttribute('lang'), lang)
    const ids = new Set(await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id)))
    const links = await page
      .locator('main a[href^="#"]')
      .evaluateAll((all) => all.map((each) => each.getAttribute('href')))
    assert.ok(links.length > 50)
    const lost = links.filter((href) => href === null || !ids.has(href.slice(1)))
    assert.deepEqual(lost, [])
    await assertFitsWidth(page)
    await axe(page)
  })
}
