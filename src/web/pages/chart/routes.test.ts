import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { HtmlValidate } from 'html-validate'
import { addTo, objectAt } from '../../../../test/support/domain-of.ts'
import { listenerOf, makeTestWeb, visitorWith } from '../../../../test/support/web-services.ts'
import type { TestWeb } from '../../../../test/support/web-services.ts'
import { TRANSPORTS } from '../../../registry/index.ts'
import { makeApp } from '../../app.ts'
import { makeAccess } from '../../auth/access.ts'
import type { WebApp } from '../../env.ts'
import { LANGUAGES } from '../../i18n/languages.ts'
import { CELLS, SIDE, statusOf } from './cell-code.ts'

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  // Style is the formatter's. Boxes of one name are one choice of several.
  rules: {
    'form-dup-name': ['error', { shared: ['radio', 'checkbox'] }],
    'doctype-style': 'off',
    'void-style': 'off',
    'no-trailing-whitespace': 'off',
  },
})
const EVIL = '<script>alert(1)</script>"\'&'
const SOCKETS = {
  listeners: [listenerOf(973, { name: EVIL }), listenerOf(50_000, { transport: 'udp' }), listenerOf(8080)],
  connections: [],
  notes: [],
}

async function get({ app }: TestWeb, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return app.request(path, { headers })
}

async function declare({ domain }: TestWeb, name: string, port: string): Promise<void> {
  const services = domain.findPath([['name', 'services']])
  if (services === undefined) await addTo(domain, 0, { name: 'services' })
  await addTo(domain, objectAt(domain, 'services'), { name, port, protocol: 'tcp' })
}

describe('the page', () => {
  test('is valid HTML in every language, and for every transport', async (context) => {
    const web = await makeTestWeb(context, { sockets: SOCKETS })
    const paths = [
      ...LANGUAGES.map(({ tag }) => `/${tag}/chart`),
      ...TRANSPORTS.map((transport) => `/chart?transport=${transport}&port=973&show=ghost&show=listening`),
      `/chart?port=${encodeURIComponent(EVIL)}`,
    ]
    for (const path of paths) {
      const response = await get(web, path)
      assert.equal(response.status, 200, path)
      const html = await response.text()
      const { results } = await validator.validateString(html)
      assert.deepEqual(
        results.flatMap(({ messages }) =>
          messages.map(({ ruleId, message, line }) => `${path}:${line} ${ruleId} ${message}`),
        ),
        [],
      )
      assert.ok(!html.includes('<script>alert'))
      assert.ok(!/\bundefined\b|\[object |\bNaN\b/.test(html))
    }
  })

  test('says in numbers what the picture shows', async (context) => {
    const web = await makeTestWeb(context, { sockets: SOCKETS })
    await declare(web, 'wiki', '8080')
    const html = await (await get(web, '/en/chart')).text()
    const count = (layer: string): string | undefined =>
      new RegExp(`value="${layer}"[^]*?class="layer-count" value="(\\d+)"`).exec(html)?.[1]
    assert.deepEqual(
      [count('listening'), count('declared'), count('unexpected'), count('missing')],
      ['2', '1', '1', '0'],
    )
    assert.match(html, /href="\/en\/ports\?from=256"/)
    assert.match(html, /alt="A chart of all TCP ports: 6,\d\d\d assigned/)
  })

  test('keeps the chart from left to right in a language that runs the other way', async (context) => {
    const web = await makeTestWeb(context)
    const html = await (await get(web, '/ar/chart')).text()
    assert.match(html, /<html lang="ar" dir="rtl">/)
    assert.match(html, /<figure\s+class="chart"\s+id="chart"\s+dir="ltr"/)
  })

  test('says so where no port goes by what was asked for', async (context) => {
    const web = await makeTestWeb(context)
    assert.match(await (await get(web, '/en/chart?port=nosuch')).text(), /No port is known by nosuch\./)
    assert.match(await (await get(web, '/en/chart?port=ssh')).text(), /&quot;port&quot;:22/)
  })

  test('has the same filters in its picture, its form and its other transports', async (context) => {
    const web = await makeTestWeb(context)
    const html = await (await get(web, '/en/chart?show=ghost&show=lore')).text()
    assert.equal([...html.matchAll(/name="show" value="[a-z]+" checked/g)].length, 2)
    assert.match(html, /src="\/en\/chart\.svg\?show=ghost&amp;show=lore"/)
    assert.match(html, /href="\/en\/chart\?transport=udp&amp;show=ghost&amp;show=lore"/)
  })
})

describe('the bytes', () => {
  test('are those of the transport, and come once', async (context) => {
    const web = await makeTestWeb(context, { sockets: SOCKETS })
    for (const transport of TRANSPORTS) {
      const response = await get(web, `/chart/cells.bin?transport=${transport}`)
      assert.equal(response.status, 200)
      const bytes = new Uint8Array(await response.arrayBuffer())
      assert.equal(bytes.length, CELLS)
      for (const port of [0, 22, 973, 5353, 65_535])
        assert.equal(statusOf(bytes[port] ?? 0), web.services.registry.status(port, transport))
      const tag = response.headers.get('etag') ?? ''
      const again = await get(web, `/chart/cells.bin?transport=${transport}`, { 'if-none-match': tag })
      assert.equal(again.status, 304)
    }
    assert.equal((await get(web, '/chart/cells.bin?transport=icmp')).status, 404)
  })

  test('take few of the wire', async (context) => {
    const web = await makeTestWeb(context)
    const response = await get(web, '/chart/cells.bin', { 'accept-encoding': 'br' })
    assert.ok((await response.arrayBuffer()).byteLength < 8000)
  })
})

describe('the picture', () => {
  test('is made in every language, scheme and size, with its words', async (context) => {
    const web = await makeTestWeb(context, { sockets: SOCKETS })
    for (const { tag } of LANGUAGES) {
      const response = await get(web, `/${tag}/chart.svg?scheme=dark&size=300`)
      assert.equal(response.status, 200)
      assert.equal(response.headers.get('content-type'), 'image/svg+xml')
      const svg = await response.text()
      assert.match(svg, new RegExp(`^<svg xmlns="http://www.w3.org/2000/svg" width="300" [^>]*lang="${tag}"`))
      assert.match(svg, /<\/svg>\n$/)
      assert.ok(svg.length < 60_000)
      // Every element is closed: text and groups in the end, all others in themselves.
      const opened = [...svg.matchAll(/<([a-z]+)(?:\s[^<>]*[^/])?>/g)].length
      assert.equal(opened, [...svg.matchAll(/<\/[a-z]+>/g)].length)
    }
    assert.equal((await get(web, '/chart.svg?size=9')).status, 404)
  })

  test('draws each port in the colour of its status where nothing else is shown', async (context) => {
    const web = await makeTestWeb(context)
    const query = 'plain&show=assigned&show=unassigned&show=reserved'
    const svg = await (await get(web, `/chart.svg?${query}`)).text()
    const colours = new Map([
      ['#c69a4c', 'assigned'],
      ['#7f9a68', 'reserved'],
    ])
    const drawn = new Map<number, string>()
    for (const [, fill = '', data = ''] of svg.matchAll(/<path fill="(#[0-9a-f]{6})" d="M0 0([^"]+)"/g)) {
      let [x, y] = [0, 0]
      for (const [, dx, dy, width, height] of data.matchAll(/m(-?\d+) (-?\d+)h(\d+)v(\d+)h-\d+z/g)) {
        x += Number(dx)
        y += Number(dy)
        for (let row = y; row < y + Number(height); row += 1)
          for (let column = x; column < x + Number(width); column += 1)
            drawn.set(row * SIDE + column, colours.get(fill) ?? fill)
      }
    }
    const wrong = Array.from({ length: CELLS }, (_, port) => port).filter(
      (port) => (drawn.get(port) ?? 'unassigned') !== web.services.registry.status(port, 'tcp'),
    )
    assert.deepEqual(wrong, [])
  })
})

describe('what squares say', () => {
  test('names come by the row', async (context) => {
    const web = await makeTestWeb(context)
    const row: unknown = await (await get(web, '/chart/rows/3.json')).json()
    assert.deepEqual(Reflect.get(Object(row), '973'), { lore: [{ name: 'NetInfo', state: 'extinct' }] })
    for (const path of ['256', '-1', '03', '1e1', 'x'])
      assert.equal((await get(web, `/chart/rows/${path}.json`)).status, 404, path)
  })

  test('what is there now is never kept', async (context) => {
    const web = await makeTestWeb(context, { sockets: SOCKETS })
    await declare(web, 'wiki', '8080')
    const response = await get(web, '/chart/here/8080.json')
    assert.equal(response.headers.get('cache-control'), 'no-store')
    assert.deepEqual(await response.json(), {
      listeners: [{ transport: 'tcp', address: '127.0.0.1', process: 'named' }],
      declared: [{ domain: 'local', names: ['wiki'], protocols: ['tcp'] }],
    })
    for (const path of ['65536', '0973', 'x']) assert.equal((await get(web, `/chart/here/${path}.json`)).status, 404)
  })
})

describe('the events', () => {
  test('tell what is present, and what comes to be', async (context) => {
    const web = await makeTestWeb(context, { sockets: SOCKETS })
    const response = await get(web, '/chart/events')
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
    const reader = response.body?.getReader()
    assert.ok(reader)
    context.after(() => reader.cancel())
    let text = ''
    const readUntil = async (wanted: RegExp): Promise<void> => {
      while (!wanted.test(text)) {
        const { done, value } = await reader.read()
        assert.ok(!done)
        text += new TextDecoder().decode(value)
      }
    }
    await readUntil(
      /"tcp":\{"listening":\[973,8080\],"declared":\[\]\},"udp":\{"listening":\[50000\],"declared":\[\]\}/,
    )
    web.showSockets({ ...SOCKETS, listeners: [...SOCKETS.listeners, listenerOf(4242)] })
    await readUntil(/"listening":\[973,4242,8080\]/)
    await declare(web, 'wiki', '8080')
    await readUntil(/"listening":\[973,4242,8080\],"declared":\[8080\]/)
  })

  test('are told to so many charts of one client, and no more', async (context) => {
    const web = await makeTestWeb(context)
    const open: Response[] = []
    context.after(async () => {
      for (const { body } of open) await body?.cancel()
    })
    for (let count = 0; count < 12; count += 1) open.push(await get(web, '/chart/events'))
    assert.ok(open.every(({ status }) => status === 200))
    assert.equal((await get(web, '/chart/events')).status, 429)
  })

  test('end when the server does', async (context) => {
    const { app, services } = await makeTestWeb(context)
    const response = await app.request('/chart/events')
    const reader = response.body?.getReader()
    await reader?.read()
    services.streams.close()
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read());
  })
})

describe('where others than this machine’s own users can ask', () => {
  /** The same site, reached by a network. */
  function openToNetwork(context: TestContext, { services }: TestWeb): WebApp {
    const { store, domains, log, now } = services
    const access = makeAccess({ store, domains, log, now, reach: { host: '0.0.0.0' }, operator: 'operator' })
    context.after(() => access.close())
    return makeApp({ ...services, access })
  }

  test('a stranger is told nothing of this machine, in picture, page, table or events', async (context) => {
    const web = await makeTestWeb(context, { sockets: SOCKETS })
    await declare(web, 'wiki', '8080')
    const app = openToNetwork(context, web)
    const page = await (await app.request('/en/chart')).text()
    assert.ok(!page.includes('value="listening"') && !page.includes('Listening here'))
    assert.match(page, /&quot;isLive&quot;:false/)
    const svg = await (await app.request('/en/chart.svg?size=64')).text()
    assert.ok(!svg.includes('Listens') && !svg.includes('stroke-linecap'))
    for (const path of ['/chart/events', '/chart/here/8080.json'])
      assert.equal((await app.request(path)).status, 403, path)
    const home = await (await app.request('/en')).text()
    assert.ok(!home.includes('On this machine now') && !home.includes('/directory/local'))
    assert.match(home, /NetInfo/)
  })

  test('who has signed in sees it', async (context) => {
    const web = await makeTestWeb(context, { sockets: SOCKETS, visitor: visitorWith(['read']) })
    const app = openToNetwork(context, web)
    assert.match(await (await app.request('/en/chart')).text(), /value="listening"/)
    assert.equal((await app.request('/chart/here/8080.json')).status, 200)
    assert.match(await (await app.request('/en')).text(), /On this machine now/)
  })
})
