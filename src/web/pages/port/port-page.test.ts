import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HtmlValidate } from 'html-validate'
import { reportPort } from '../../../answer/index.ts'
import type { PortReport } from '../../../answer/index.ts'
import { TRANSPORTS } from '../../../registry/index.ts'
import { listenerOf, makeTestWeb } from '../../../../test/support/web-services.ts'
import { LANGUAGES } from '../../i18n/languages.ts'
import { renderPage } from '../layout.ts'
import { KnownPorts } from './known-ports.ts'
import { portPage } from './port-page.ts'

const EVIL = `"'><script>alert(1)</script><img src=x onerror=alert(1)>\u202e{x}&`
/** What the registry, the lore, the directory and processes say in words of their own. */
const TEXTS = new Set([
  'name',
  'names',
  'description',
  'assignee',
  'contact',
  'registrationDate',
  'modificationDate',
  'label',
  'unauthorizedUse',
  'notes',
  'source',
  'text',
  'title',
  'publisher',
  'date',
  'aliasOf',
  'address',
  'user',
  'domain',
  'path',
  'who',
])

/** Every text of a report made evil, whatever it was; `isText`: below a key whose texts are. */
function poison(value: unknown, isText: boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => poison(each, isText))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, poison(each, TEXTS.has(key))]))
  return typeof value === 'string' && isText ? EVIL : value
}

test('no text of the registry, the lore, the directory or a process is ever markup, in any language', async (context) => {
  const { services } = await makeTestWeb(context)
  const { frame, registry, lore, views } = services
  const declared = {
    domains: ['local'],
    notes: [],
    forPort: () => [
      {
        level: 0,
        domain: 'local',
        server: null,
        path: '/services/x',
        names: ['x'],
        protocols: [],
        description: null,
        by: { who: 'ada', from: 'local', time: '2026-01-01T00:00:00Z', revision: 1 },
      },
    ],
  }
  const validator = new HtmlValidate({
    extends: ['html-validate:recommended'],
    rules: { 'doctype-style': 'off', 'void-style': 'off', 'no-trailing-whitespace': 'off', 'long-title': 'off' },
  })
  const around = new KnownPorts(registry, lore).around(5000, 3)
  for (const port of [973, 5000, 31_337, 80]) {
    const sockets = { listeners: [listenerOf(port)], connections: [], notes: [] }
    const honest = reportPort(port, TRANSPORTS, registry, lore, sockets, declared)
    // The same form with other texts.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const report = poison(honest, false) as PortReport
    for (const language of LANGUAGES) {
      const view = views.of(language, true)
      const page = portPage(frame, view, { report, around, given: null, visitor: null })
      const text = String(await renderPage(frame, view, page))
      assert.ok(!/<script>alert|<img src=x/.test(text), `${language.tag} ${port}`)
      if (language.tag !== 'en' && language.tag !== 'ar') continue
      const { results } = await validator.validateString(text)
      assert.deepEqual(
        results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${ruleId}: ${message}`)),
        [],
      )
    }
  }
})
