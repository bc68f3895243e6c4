/** Every page of the directory is valid HTML, in every language, whatever the directory holds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { HtmlValidate } from 'html-validate'
import { ROOT_CALLER, addTo, objectAt, setProperty } from '../../../../test/support/domain-of.ts'
import { makeTestWeb, visitorWith } from '../../../../test/support/web-services.ts'
import type { TestWeb } from '../../../../test/support/web-services.ts'
import { textOf } from '../../../core/index.ts'
import { APPEND, DIRECTORY_DESCRIPTIONS } from '../../../directory/index.ts'
import { LANGUAGES } from '../../i18n/languages.ts'

/** Style is the formatter's; titles are as long as names are. */
const RULES = {
  'doctype-style': 'off',
  'void-style': 'off',
  'no-trailing-whitespace': 'off',
  'long-title': 'off',
} as const
const validator = new HtmlValidate({ extends: ['html-validate:recommended'], rules: RULES })

async function assertValid(web: TestWeb, path: string, response: Response): Promise<string> {
  const html = await response.text()
  const { results } = await validator.validateString(html)
  const told = results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line, column }) => `${path} ${line}:${column} ${ruleId}: ${message}`),
  )
  assert.deepEqual(told, [])
  assert.deepEqual(
    web.logged.filter(({ event }) => event === 'request-failed'),
    [],
  )
  return html
}

async function makeFullWeb(context: TestContext): Promise<TestWeb> {
  const web = await makeTestWeb(context, { visitor: visitorWith() })
  for (const { path, properties } of DIRECTORY_DESCRIPTIONS.values()) {
    if (path === '/' || path.lastIndexOf('/') !== 0) continue
    if (web.domain.find(0, 'name', path.slice(1)).length === 0) await addTo(web.domain, 0, { name: path.slice(1) })
    const values = Object.fromEntries(properties.map(({ name, isList }) => [name, isList ? ['a', '1'] : '1']))
    await addTo(web.domain, objectAt(web.domain, path.slice(1)), { ...values, name: 'entry', other: ['x', ''] })
  }
  return web
}

const PATHS = [
  '/directory',
  '/directory/local?done=saved&revision=3',
  '/directory/local/users',
  '/directory/local/users/entry',
  '/directory/local/users/entry?do=edit',
  '/directory/local/users?do=new',
  '/directory/local/config?do=new',
  '/directory/local/users?do=delete',
  '/directory/local/users?do=move',
  '/directory/local/journal',
  '/directory/local/journal?undone=3&kind=create',
  '/directory/local/import?done=imported&created=2&changed=1',
  '/directory/local/export',
]

test('every page is valid in every language', async (context) => {
  const web = await makeFullWeb(context)
  for (const { tag } of LANGUAGES)
    for (const path of PATHS) await assertValid(web, `/${tag}${path}`, await web.app.request(`/${tag}${path}`))
})

test('the pages for who has not signed in are valid', async (context) => {
  const web = await makeFullWeb(context)
  web.signIn(null)
  for (const path of PATHS) await assertValid(web, path, await web.app.request(path))
})

test('no name and no value becomes markup, nor makes a page invalid', async (context) => {
  const web = await makeFullWeb(context)
  const users = objectAt(web.domain, 'users')
  const text = fc.oneof(
    fc.constantFrom(
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "' onfocus='x",
      '</textarea><b>',
      '{x}',
      '<b>',
    ),
    fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => textOf(bytes.map((byte) => (byte === 0 ? 1 : byte)))),
    fc.string({ minLength: 1, maxLength: 12 }).map((each) => each.replaceAll('\0', 'x')),
  )
  const entry = fc.array(fc.record({ name: text, values: fc.array(text, { maxLength: 3 }) }), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(text, entry, async (name, others) => {
      const parent = web.domain.id(users)
      assert.ok(parent !== undefined)
      const properties = [{ name: 'name', values: [name] }, ...others]
      const { child } = await web.domain.write({ kind: 'create', parent, properties, where: APPEND }, ROOT_CALLER)
      const path = `/directory/local/users/dir:${child?.object ?? 0}`
      for (const each of [
        path,
        `${path}?do=edit`,
        `${path}?do=delete`,
        '/directory/local/users',
        '/directory/local/journal',
      ]) {
        const html = await assertValid(web, each, await web.app.request(each))
        assert.ok(!/<script>alert|<img src=x|<\/textarea><b>/.test(html), each)
      }
      await setProperty(web.domain, users, 'seen', name)
    }),
    { numRuns: 25 },
  )
})
