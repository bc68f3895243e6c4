/** The account's pages in a browser: signing in, a password, a token, and out again; with and without JavaScript. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ROOT_OBJECT, hashPassword } from '../src/directory/index.ts'
import { assertFitsWidth, axe, openPage } from './support/browser.ts'
import { addTo } from './support/domain-of.ts'
import { startTestSite } from './support/web-services.ts'

const PASSWORD = 'a sentence of pia'

for (const { lang, dark, phone, javaScriptEnabled } of [
  { lang: 'en', dark: false, phone: false, javaScriptEnabled: true },
  { lang: 'en', dark: true, phone: true, javaScriptEnabled: false },
  { lang: 'ar', dark: false, phone: true, javaScriptEnabled: true },
  { lang: 'bn', dark: true, phone: false, javaScriptEnabled: true },
]) {
  const how = `${lang}, ${dark ? 'dark' : 'light'}, ${phone ? 'phone' : 'desktop'}, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`
  test(`a user signs in, makes a token, changes the password and signs out: ${how}`, async (context) => {
    const site = await startTestSite(context)
    const passwd = await hashPassword(PASSWORD)
    await addTo(site.domain, ROOT_OBJECT, {
      name: 'users',
      at: [{ name: 'pia', uid: '0', passwd }],
    })
    const expects = [/status of 422/]
    const opened = await openPage(context, site.origin, { lang, dark, phone, javaScriptEnabled, expects })
    if (opened === null) return
    const { page } = opened
    const look = async (): Promise<void> => {
      await assertFitsWidth(page)
      if (javaScriptEnabled) await axe(page)
    }
    await page.goto(`/${lang}/account`)
    await look()
    const signIn = async (password: string): Promise<void> => {
      await page.locator('#name').fill('pia')
      await page.locator('#password').fill(password)
      await page.locator('main button').click()
    }
    await signIn('wrong')
    await page.locator('[role=alert]').waitFor()
    await look()
    await signIn(PASSWORD)
    await page.locator('#tokens').waitFor()
    await look()
    await page.locator('#label').fill('backup of ada')
    await page.locator('form[action$="/account/tokens"] button').click()
    await page.locator('.secret code').waitFor()
    assert.match(await page.locator('.secret code').innerText(), /^ptl_[0-9a-f]{72}$/)
    await look()
    await page.locator('#current').fill(PASSWORD)
    await page.locator('#new').fill('another sentence')
    await page.locator('#again').fill('another sentence')
    await page.locator('form[action$="/account/password"] button').click()
    await page.locator('[role=status]').waitFor()
    assert.match(page.url(), /\/account\?done=password$/)
    await look()
    await page.locator('.sign-out button').click()
    await page.waitForURL(`${site.origin}/${lang}`)
    await page.goto(`/${lang}/account`)
    assert.match(page.url(), /\/sign-in\?next=/)
  })
}
