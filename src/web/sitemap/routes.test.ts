import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { LANGUAGES } from '../i18n/languages.ts'
import { makeTestWeb } from '../../../test/support/web-services.ts'

const AT = 'http://127.0.0.1:9730'
const headers = { host: '127.0.0.1:9730' }

function addressesIn(xml: string): string[] {
  return Array.from(xml.matchAll(/<loc>([^<]+)<\/loc>/g), ([, address = '']) => address)
}

test('robots find the sitemaps, and through them every port in every language', async (context) => {
  const { app } = await makeTestWeb(context)
  const robots = await (await app.request(`${AT}/robots.txt`, { headers })).text()
  const index = /^Sitemap: (.+)$/m.exec(robots)?.[1] ?? ''
  assert.equal(index, `${AT}/sitemap.xml`)
  const lists = addressesIn(await (await app.request(index, { headers })).text())
  assert.equal(lists.length, LANGUAGES.length * 7)
  const found = new Set<string>()
  for (const list of lists) {
    const answer = await app.request(list, { headers: { ...headers, 'accept-encoding': 'gzip' } })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-encoding'), 'gzip')
    const addresses = addressesIn(gunzipSync(Buffer.from(await answer.arrayBuffer())).toString())
    assert.ok(addresses.length <= 50_000)
    for (const address of addresses) found.add(address)
  }
  for (const { tag } of LANGUAGES)
    for (let port = 0; port <= 65_535; port += 1) assert.ok(found.has(`${AT}/${tag}/ports/${port}`))
  assert.equal(found.size, LANGUAGES.length * (65_536 + 3))
  for (const address of [`${AT}/bn/ports/973`, `${AT}/pt-BR/ports`])
    assert.equal((await app.request(address, { headers })).status, 200, address)
})

test('what is no list is not found', async (context) => {
  const { app } = await makeTestWeb(context)
  for (const file of ['xx-0.xml', 'en-7.xml', 'en-.xml', 'en.xml', 'en-0.txt'])
    assert.equal((await app.request(`${AT}/sitemap/${file}`, { headers })).status, 404, file)
})
