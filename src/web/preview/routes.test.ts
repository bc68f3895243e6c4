import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '../../core/index.ts'
import { PORT_MAX } from '../../registry/index.ts'
import { makeTestWeb } from '../../../test/support/web-services.ts'

const AT = 'http://127.0.0.1:9730'

test('every port has a card, as PNG and as SVG', async (context) => {
  const { app } = await makeTestWeb(context)
  for (const port of [0, 22, 973, 5353, PORT_MAX]) {
    const png = await app.request(`${AT}/ports/${port}/preview.png`, { headers: { host: '127.0.0.1:9730' } })
    assert.equal(png.status, 200)
    assert.equal(png.headers.get('content-type'), 'image/png')
    const bytes = Buffer.from(await png.arrayBuffer())
    assert.equal(bytes.readUInt32BE(16), 1200)
    assert.equal(bytes.readUInt32BE(20), 630)
    assert.ok(bytes.length < 64 * 1024, `${bytes.length} bytes`)
    const svg = await app.request(`${AT}/ports/${port}/preview.svg`, { headers: { host: '127.0.0.1:9730' } })
    assert.equal(svg.headers.get('content-type'), 'image/svg+xml')
    const text = await svg.text()
    assert.match(text, new RegExp(`<title>${port}</title>`))
    assert.doesNotMatch(text, /NaN|undefined|Infinity/)
  }
})

test('a card that a client has already is not sent again', async (context) => {
  const { app } = await makeTestWeb(context)
  const headers = { host: '127.0.0.1:9730' }
  const first = await app.request(`${AT}/ports/973/preview.png`, { headers })
  const etag = first.headers.get('etag') ?? ''
  const second = await app.request(`${AT}/ports/973/preview.png`, { headers: { ...headers, 'if-none-match': etag } })
  assert.equal(second.status, 304)
})

test('what is no port has no card', async (context) => {
  const { app } = await makeTestWeb(context)
  for (const path of ['/ports/65536/preview.png', '/ports/x/preview.svg', '/ports/007/preview.png'])
    assert.equal((await app.request(`${AT}${path}`, { headers: { host: '127.0.0.1:9730' } })).status, 404)
})

test('so many cards are drawn in a second, and those that are drawn are given all the same', async (context) => {
  let nowMs = 0
  const { app } = await makeTestWeb(context, { now: () => nowMs })
  const statusOf = async (port: number): Promise<number> =>
    (await app.request(`${AT}/ports/${port}/preview.png`, { headers: { host: '127.0.0.1:9730' } })).status
  for (let port = 0; port < LIMITS.previewsPerSecond; port += 1) assert.equal(await statusOf(port), 200)
  assert.equal(await statusOf(973), 429)
  assert.equal(await statusOf(0), 200)
  nowMs += 1000
  assert.equal(await statusOf(973), 200)
})
