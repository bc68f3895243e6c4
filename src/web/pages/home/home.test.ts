import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HtmlValidate } from 'html-validate'
import { packagedLore, packagedRegistry } from '../../../../test/support/packaged-data.ts'
import { listenerOf, makeTestWeb } from '../../../../test/support/web-services.ts'
import { reportPort } from '../../../answer/index.ts'
import { TRANSPORTS } from '../../../registry/index.ts'
import { LANGUAGES } from '../../i18n/languages.ts'
import { portsHere } from './here.ts'
import { FIRST_LOOK, ghostsOf, looksOfDay } from './looks.ts'

const registry = packagedRegistry()
const lore = packagedLore()
const ghosts = ghostsOf(registry, lore)
const DAY_MS = 86_400_000

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: { 'doctype-style': 'off', 'void-style': 'off', 'no-trailing-whitespace': 'off' },
})

test('each ghost that may be shown is a ghost on its page', () => {
  assert.ok(ghosts.length > 10)
  for (const { port } of ghosts) assert.ok(reportPort(port, TRANSPORTS, registry, lore, null).ghost, String(port))
})

test('every day shows 973 and others, which differ from day to day until each has had its turn', () => {
  const seen = new Set<string>()
  for (let day = 0; day < ghosts.length; day += 1) {
    const [first, ...others] = looksOfDay(ghosts, day * DAY_MS, 5)
    assert.equal(first?.port, FIRST_LOOK.port)
    assert.equal(new Set(others.map((each) => each.lore.id)).size, 4)
    for (const each of others) seen.add(each.lore.id)
  }
  assert.equal(seen.size, ghosts.length - 1)
})

test('a few ghosts are shown as they are, and none as none', () => {
  assert.deepEqual(looksOfDay([], 0, 5), [])
  assert.equal(looksOfDay(ghosts.slice(0, 2), 7 * DAY_MS, 5).length, 2)
})

test('a port is listed once, the most reachable first', () => {
  const listeners = [
    listenerOf(22),
    listenerOf(9730),
    listenerOf(9730, { address: '::', reach: 'everywhere' }),
    listenerOf(9730, { transport: 'udp', reach: 'network' }),
  ]
  assert.deepEqual(
    portsHere(listeners).map(({ port, transport, reach }) => [port, transport, reach]),
    [
      [9730, 'tcp', 'everywhere'],
      [9730, 'udp', 'network'],
      [22, 'tcp', 'machine'],
    ],
  )
})

test('the first page is valid in every language, with ten ports of this machine', async (context) => {
  const evil = '<script>alert(1)</script>"\'&'
  const listeners = Array.from({ length: 30 }, (_, index) => listenerOf(8000 + index, { name: evil }))
  const { app } = await makeTestWeb(context, { sockets: { listeners, connections: [], notes: [] } })
  for (const path of ['/', ...LANGUAGES.map(({ tag }) => `/${tag}`)]) {
    const response = await app.request(path)
    assert.equal(response.status, 200, path)
    const html = await response.text()
    const { results } = await validator.validateString(html)
    assert.deepEqual(
      results.flatMap(({ messages }) =>
        messages.map(({ ruleId, message, line }) => `${path}:${line} ${ruleId} ${message}`),
      ),
      [],
    )
    assert.equal([...html.matchAll(/href="[^"]*\/ports\/80\d\d"/g)].length, 10)
    assert.ok(!html.includes('<script>alert'))
    assert.ok(!/\bundefined\b|\[object |\bNaN\b/.test(html))
  }
})

test('the first page says that nothing listens where nothing does', async (context) => {
  const { app } = await makeTestWeb(context)
  assert.match(await (await app.request('/en')).text(), /Nothing listens on this machine\./)
})
