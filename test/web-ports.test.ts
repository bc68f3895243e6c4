/** The ways of a person through the pages of ports, in a browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertFitsWidth, axe, openPage } from './support/browser.ts'
import { listenerOf, startTestSite } from './support/web-services.ts'

const LANGUAGES = ['en', 'bn', 'ar'] as const

for (const lang of LANGUAGES) {
  for (const dark of [false, true]) {
    for (const phone of [false, true]) {
      const name = `${lang}, ${dark ? 'dark' : 'light'}, ${phone ? 'phone' : 'desktop'}`
      test(`the page of port 973 is whole and accessible: ${name}`, async (context) => {
        const { origin } = await startTestSite(context, {
          sockets: { listeners: [listenerOf(973)], connections: [], notes: [] },
        })
        const opened = await openPage(context, origin, { lang, dark, phone })
        if (opened === null) return
        const { page } = opened
        await page.goto('/ports/973')
        assert.equal(await page.locator('html').getAttribute('lang'), lang)
        assert.equal(await page.locator('html').getAttribute('dir'), lang === 'ar' ? 'rtl' : 'ltr')
        assert.equal(await page.locator('h1').count(), 1)
        await assertFitsWidth(page)
        await axe(page)
      })
    }
  }
}
