import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HtmlValidate } from 'html-validate'
import { makeTestWeb } from '../../../../test/support/web-services.ts'
import { makeApp } from '../../app.ts'
import { operatorAccount } from '../../auth/accounts.ts'
import { identify } from '../../auth/identify.ts'

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    // The formatter of the templates decides about these, not the standard.
    'void-style': 'off',
    'no-trailing-whitespace': 'off',
    'attr-quotes': 'off',
    'doctype-style': 'off',
    'long-title': 'off',
    'no-inline-style': 'error',
    // Boxes of one question share a name.
    'form-dup-name': ['error', { shared: ['checkbox', 'radio', 'submit', 'button', 'reset'] }],
  },
})

test('the pages of the account are valid HTML', async (context) => {
  const { services } = await makeTestWeb(context)
  const { access } = services
  const app = makeApp({ ...services, identify: (c) => identify(c, access) })
  const operator = operatorAccount('ada')
  await access.tokens.make(operator, { label: 'one', scopes: ['read'], days: 1 })
  access.audit.note('sign-in', 'ada', '127.0.0.1')
  const cookie = `portolan-session=${await access.sessions.begin(operator, { address: '127.0.0.1', agent: 'test' })}`
  for (const [path, headers] of [
    ['/account', { cookie }],
    ['/ar/account?done=ended', { cookie }],
    ['/sign-in?next=/ports', {}],
    ['/sign-in?key=x', {}],
  ] as const) {
    const html = await (await app.request(path, { headers })).text()
    const { results } = await validator.validateString(html)
    const told = results.flatMap(({ messages }) =>
      messages.map(({ ruleId, message, line }) => `${ruleId}: ${message} (${html.split('\n')[line - 1]?.trim()})`),
    )
    assert.deepEqual(told, [], path)
  }
})
