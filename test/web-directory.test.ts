/** The ways of a person through the directory, in a browser, with JavaScript and without. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { createChildren, valuesOf } from '../src/directory/index.ts'
import { assertFitsWidth, axe, openPage } from './support/browser.ts'
import { ROOT_CALLER, addTo, objectAt, setProperty } from './support/domain-of.ts'
import { startTestSite, visitorWith } from './support/web-services.ts'
import type { TestSite } from './support/web-services.ts'

async function startSite(context: TestContext, isSignedIn = true): Promise<TestSite> {
  const site = await startTestSite(context, { visitor: isSignedIn ? visitorWith() : null })
  await addTo(site.domain, 0, {
    name: 'users',
    at: [
      { name: ['pia', 'holm'], passwd: '*', uid: '0530', gid: '20', shell: '/bin/sh', _writers_passwd: 'pia' },
      { name: 'jon', passwd: '*', uid: '531', gid: '20' },
    ],
  })
  await addTo(site.domain, 0, { name: 'groups', at: [{ name: 'staff', gid: '20', users: ['pia', 'jon'] }] })
  return site
}

function valueOf({ domain }: TestSite, name: string, ...path: readonly string[]): readonly string[] {
  return valuesOf(domain.read(objectAt(domain, ...path))?.properties ?? [], name)
}

const PAGES = [
  '/directory',
  '/directory/local',
  '/directory/local/users',
  '/directory/local/users/pia',
  '/directory/local/users/pia?do=edit',
  '/directory/local/users?do=new',
  '/directory/local/groups/staff?do=edit',
  '/directory/local/groups?do=delete',
  '/directory/local/groups?do=move',
  '/directory/local/journal',
  '/directory/local/import',
  '/directory/local/export',
] as const

for (const { lang, dark, phone } of [
  { lang: 'en', dark: false, phone: false },
  { lang: 'en', dark: true, phone: true },
  { lang: 'bn', dark: false, phone: true },
  { lang: 'ar', dark: true, phone: false },
])
  test(`every page of the directory is whole and accessible: ${lang}, ${dark ? 'dark' : 'light'}, ${phone ? 'phone' : 'desktop'}`, async (context) => {
    const site = await startSite(context)
    const opened = await openPage(context, site.origin, { lang, dark, phone })
    if (opened === null) return
    for (const path of PAGES) {
      await opened.page.goto(path)
      assert.equal(await opened.page.locator('h1').count(), 1, path)
      await assertFitsWidth(opened.page)
      await axe(opened.page)
    }
  })

test('a reader who has not signed in reads all, and is told where to sign in', async (context) => {
  const site = await startSite(context, false)
  const opened = await openPage(context, site.origin)
  if (opened === null) return
  const { page } = opened
  await page.goto('/directory')
  await page.getByRole('link', { name: 'local', exact: true }).click()
  await page.getByRole('link', { name: 'users', exact: true }).click()
  await page.getByRole('link', { name: 'pia', exact: true }).click()
  assert.ok(await page.getByText('/bin/sh').isVisible())
  assert.equal(await page.getByRole('link', { name: 'Edit' }).count(), 0)
  const link = page.locator('main').getByRole('link', { name: 'sign in' })
  assert.equal(await link.getAttribute('href'), '/sign-in?next=%2Fdirectory%2Flocal%2Fusers%2Fpia')
})

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with JavaScript' : 'without JavaScript'

  test(`a user is made, changed, changed back and deleted ${how}`, async (context) => {
    const site = await startSite(context)
    const opened = await openPage(context, site.origin, { javaScriptEnabled })
    if (opened === null) return
    const { page } = opened
    await page.goto('/directory/local/users')
    await page.getByRole('link', { name: 'New user' }).click()
    await page.getByLabel('Name name').fill('mia')
    await page.getByLabel('Group number').fill('20')
    await page.getByRole('button', { name: 'Make it' }).last().click()
    await page.waitForURL(/\/users\/mia\?done=created/)
    assert.deepEqual(valueOf(site, 'uid', 'users', 'mia'), ['1000'])

    await page.getByRole('link', { name: 'Edit' }).click()
    await page.getByLabel('Login shell').fill('/bin/zsh')
    await addRow(page, 'room', 'B 12\nB 13')
    await page.getByRole('button', { name: 'Save', exact: true }).last().click()
    await page.waitForURL(/done=saved/)
    assert.deepEqual(valueOf(site, 'shell', 'users', 'mia'), ['/bin/zsh'])
    assert.deepEqual(valueOf(site, 'room', 'users', 'mia'), ['B 12', 'B 13'])

    await page.locator('.note.done').getByRole('button', { name: /^Undo/ }).click()
    await page.waitForURL(/done=undone/)
    assert.deepEqual(valueOf(site, 'room', 'users', 'mia'), [])

    await page.getByRole('link', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Delete it' }).click()
    await page.waitForURL(/\/users\?done=deleted/)
    assert.equal(await page.getByRole('link', { name: 'mia', exact: true }).count(), 0)
  })

  test(`rows are added, moved and removed ${how}`, async (context) => {
    const site = await startSite(context)
    const opened = await openPage(context, site.origin, { javaScriptEnabled })
    if (opened === null) return
    const { page } = opened
    await page.goto('/directory/local/groups?do=edit')
    await addRow(page, 'first', '1')
    await addRow(page, 'second', '2')
    await (await rowButton(page, 'second', 'up')).click()
    await until(page, ['second', 'first'])
    await (await rowButton(page, 'first', 'remove')).click()
    await until(page, ['second'])
    await page.getByRole('button', { name: 'Save', exact: true }).last().click()
    await page.waitForURL(/done=saved/)
    assert.deepEqual(valueOf(site, 'second', 'groups'), ['2'])
    assert.deepEqual(valueOf(site, 'first', 'groups'), [])
  })

  test(`who was too late sees both versions, and chooses ${how}`, async (context) => {
    const site = await startSite(context)
    const opened = await openPage(context, site.origin, { javaScriptEnabled, expects: [/status of 409/] })
    if (opened === null) return
    const { page } = opened
    await page.goto('/directory/local/users/jon?do=edit')
    await setProperty(site.domain, objectAt(site.domain, 'users', 'jon'), 'gid', '99')
    await page.getByLabel('User number').fill('777')
    await page.getByLabel('Group number').fill('88')
    await page.getByRole('button', { name: 'Save', exact: true }).last().click()
    assert.equal(await page.locator('h1').textContent(), 'Another was quicker')
    if (javaScriptEnabled) await axe(page)
    await page.getByLabel('Keep yours for Group number').check()
    await page.getByRole('button', { name: 'Save the choice' }).click()
    await page.waitForURL(/done=saved/)
    assert.deepEqual([valueOf(site, 'uid', 'users', 'jon'), valueOf(site, 'gid', 'users', 'jon')], [['777'], ['88']])
  })

  test(`a file is imported after a look at what it changes ${how}`, async (context) => {
    const site = await startSite(context)
    const opened = await openPage(context, site.origin, { javaScriptEnabled })
    if (opened === null) return
    const { page } = opened
    await page.goto('/directory/local/import')
    await page.getByLabel('Format').selectOption('passwd.43')
    const buffer = Buffer.from('jon:x:531:20:Jon:/home/jon:/bin/sh\nnew:x:600:20:New:/home/new:/bin/sh\nbroken\n')
    await page.getByLabel('A file').setInputFiles({ name: 'passwd', mimeType: 'text/plain', buffer })
    await page.getByRole('button', { name: 'Show what would change' }).click()
    assert.ok(await page.getByText('1 line was not understood').isVisible())
    if (javaScriptEnabled) await axe(page)
    await page.getByRole('button', { name: 'Do it' }).click()
    await page.waitForURL(/done=imported/)
    assert.deepEqual(valueOf(site, 'realname', 'users', 'new'), ['New'])
  })
}

test('a page says that its directory has changed, and stays as it was', async (context) => {
  const site = await startSite(context)
  const opened = await openPage(context, site.origin)
  if (opened === null) return
  const { page } = opened
  await page.goto('/directory/local/users/jon')
  const note = page.locator('[data-live=changed]')
  assert.equal(await note.isVisible(), false)
  await setProperty(site.domain, objectAt(site.domain, 'users', 'jon'), 'shell', '/bin/new')
  await note.waitFor({ state: 'visible' })
  assert.equal(await page.getByText('/bin/new').count(), 0)
  await note.getByRole('link').click()
  await page.getByText('/bin/new').first().waitFor()
})

test('one of ten thousand is found by its name', async (context) => {
  const site = await startSite(context)
  const many = Array.from({ length: 10_000 }, (_, index) => [{ name: 'name', values: [`user${index}`] }])
  await createChildren(site.domain, objectAt(site.domain, 'users'), many, ROOT_CALLER)
  const opened = await openPage(context, site.origin)
  if (opened === null) return
  const { page } = opened
  await page.goto('/directory/local/users')
  await page.getByLabel('Filter by name').fill('USER7777')
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.getByRole('link', { name: 'user7777', exact: true }).click()
  await page.waitForURL(/\/users\/user7777$/)
})

test('the journal takes back what is chosen', async (context) => {
  const site = await startSite(context)
  await setProperty(site.domain, objectAt(site.domain, 'users', 'jon'), 'shell', '/bin/a')
  await setProperty(site.domain, objectAt(site.domain, 'users', 'jon'), 'shell', '/bin/b')
  const opened = await openPage(context, site.origin, { javaScriptEnabled: false })
  if (opened === null) return
  const { page } = opened
  await page.goto('/directory/local/journal?path=/users/jon')
  for (const revision of [site.domain.revision(), site.domain.revision() - 1]) {
    const box = page.locator(`input[type=checkbox][value="${revision}"]`)
    if ((await box.count()) > 0) await box.check()
  }
  await page.getByRole('button', { name: /^Undo the chosen/ }).click()
  await page.waitForURL(/undone=/)
  assert.deepEqual(valueOf(site, 'shell', 'users', 'jon'), ['/bin/a'])
})

/** Fills the empty row, and asks for another. */
async function addRow(page: Page, name: string, values: string): Promise<void> {
  const rows = page.locator('.row.free')
  const count = await rows.count()
  const row = rows.nth(count - 1)
  await row.locator('.row-name').fill(name)
  await row.locator('textarea').fill(values)
  await page.getByRole('button', { name: 'Add a property' }).click()
  await rows.nth(count).waitFor()
}

/** A button of the row whose name was typed. */
async function rowButton(page: Page, name: string, verb: string): Promise<ReturnType<Page['locator']>> {
  const rows = page.locator('.row.free')
  for (let index = 0; index < (await rows.count()); index += 1) {
    const row = rows.nth(index)
    if ((await row.locator('.row-name').inputValue()) === name) return row.locator(`button[data-row=${verb}]`)
  }
  throw new Error(`no row is called ${name}`)
}

/** Waits until the rows with these names are the ones there, in this order. */
async function until(page: Page, names: readonly string[]): Promise<void> {
  const found = "[...document.querySelectorAll('.row-name')].map((field) => field.value)"
  const expected = `["first", "second"].includes(name)`
  await page.waitForFunction(`${found}.filter((name) => ${expected}).join() === ${JSON.stringify(names.join())}`)
}
