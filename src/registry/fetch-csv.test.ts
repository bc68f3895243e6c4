import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createWriteStream, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { tempFolder } from '../../test/support/temp-folder.ts'
import { LIMITS } from '../core/index.ts'
import { fetchCsv } from './fetch-csv.ts'

const FAILED = 'ERR_PORTOLAN_FETCH_FAILED'
const UNREADABLE = 'ERR_PORTOLAN_INPUT_UNREADABLE'
const REFUSED = 'ERR_PORTOLAN_CSV_REFUSED'

interface Local {
  readonly server: Server
  readonly port: number
  readonly address: string
  /** How many connections were made so far. */
  readonly connections: () => number
}

async function serve(context: TestContext, listener: RequestListener): Promise<Local> {
  const server = createServer(listener)
  let connections = 0
  server.on('connection', () => (connections += 1))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  const bound = server.address()
  assert.ok(bound !== null && typeof bound === 'object')
  return { server, port: bound.port, address: `http://127.0.0.1:${bound.port}`, connections: () => connections }
}

describe('fetchCsv from an address', () => {
  test('gives the text and the day on which the server says it last changed', async (context) => {
    const { address } = await serve(context, (_, response) => {
      response.setHeader('Last-Modified', 'Fri, 14 Nov 2025 23:59:59 GMT')
      response.end('Łódź,1\n')
    })
    assert.deepEqual(await fetchCsv(`${address}/ports.csv`), { text: 'Łódź,1\n', lastModified: '2025-11-14' })
  })

  test('gives no day where the server is silent or talks nonsense', async (context) => {
    const { address } = await serve(context, (request, response) => {
      if (request.url === '/nonsense') response.setHeader('Last-Modified', 'yesterday')
      response.end('a\n')
    })
    assert.equal((await fetchCsv(`${address}/`)).lastModified, null)
    assert.equal((await fetchCsv(`${address}/nonsense`)).lastModified, null)
  })

  test('says what the server answers instead', async (context) => {
    const { address } = await serve(context, (_, response) => response.writeHead(404).end('not here'))
    await assert.rejects(fetchCsv(address), { code: FAILED, message: `${address}: the server answers 404 Not Found` })
  })

  test('follows redirects, also relative ones', async (context) => {
    const { address } = await serve(context, (request, response) => {
      if (request.url === '/ports.csv') response.end('a\n')
      else response.writeHead(302, { location: request.url === '/' ? '/next' : 'ports.csv' }).end()
    })
    assert.equal((await fetchCsv(`${address}/`)).text, 'a\n')
  })

  test('follows as many redirects as the limit, and no more', async (context) => {
    let asked = 0
    const { address } = await serve(context, (request, response) => {
      asked += 1
      const left = Number(request.url?.slice(1))
      if (left === 0) response.end('a\n')
      else response.writeHead(301, { location: `/${left - 1}` }).end()
    })
    assert.equal((await fetchCsv(`${address}/${LIMITS.fetchRedirects}`)).text, 'a\n')
    asked = 0
    await assert.rejects(fetchCsv(`${address}/1000`), {
      code: FAILED,
      message: new RegExp(`more than ${LIMITS.fetchRedirects} redirects`),
    })
    assert.equal(asked, LIMITS.fetchRedirects + 1)
  })

  test('refuses a redirect to somewhere that is no address', async (context) => {
    const { address } = await serve(context, (_, response) => response.writeHead(302, { location: 'http://[' }).end())
    await assert.rejects(fetchCsv(address), { code: FAILED })
  })

  test('refuses a body that is cut short', async (context) => {
    const { address } = await serve(context, (request, response) => {
      if (request.url === '/length') response.writeHead(200, { 'content-length': '1000' })
      response.write('a\n', () => response.destroy())
    })
    await assert.rejects(fetchCsv(`${address}/length`), { code: FAILED })
    await assert.rejects(fetchCsv(`${address}/chunks`), { code: FAILED })
  })

  test('refuses a body over the limit, and accepts one that fills it', async (context) => {
    const { address } = await serve(context, (request, response) => {
      response.end(Buffer.alloc(LIMITS.csvBytes + Number(request.url?.slice(1)), 0x61))
    })
    assert.equal((await fetchCsv(`${address}/0`)).text.length, LIMITS.csvBytes)
    await assert.rejects(fetchCsv(`${address}/1`), {
      code: FAILED,
      message: new RegExp(`more than ${LIMITS.csvBytes} bytes`),
    })
  })

  test('counts the bytes of a compressed body as they unfold', async (context) => {
    const { address } = await serve(context, (request, response) => {
      const isSmall = request.url === '/small'
      response.setHeader('content-encoding', 'gzip')
      response.end(gzipSync(isSmall ? 'a\n' : Buffer.alloc(LIMITS.csvBytes + 1, 0x61)))
    })
    assert.equal((await fetchCsv(`${address}/small`)).text, 'a\n')
    await assert.rejects(fetchCsv(`${address}/large`), {
      code: FAILED,
      message: new RegExp(`more than ${LIMITS.csvBytes} bytes`),
    })
  })

  test('never connects unencrypted to another machine', async (context) => {
    const { port, connections } = await serve(context, (_, response) => response.end('a\n'))
    // To 0.0.0.0 a connection would reach our own server, and be counted.
    for (const host of [
      '0.0.0.0',
      '127.0.0.1.example.invalid',
      '127.0.0.1@0.0.0.0',
      'localhost.example.invalid',
      '[::]',
    ]) {
      await assert.rejects(fetchCsv(`http://${host}:${port}/`), { code: FAILED, message: /is not encrypted/ }, host)
    }
    assert.equal(connections(), 0)
  })

  test('never follows a redirect that leaves this machine unencrypted', async (context) => {
    const target = await serve(context, (_, response) => response.end('a\n'))
    const { address } = await serve(context, (_, response) =>
      response.writeHead(302, { location: `http://0.0.0.0:${target.port}/` }).end(),
    )
    await assert.rejects(fetchCsv(address), { code: FAILED, message: /0\.0\.0\.0:\d+ is not encrypted/ })
    assert.equal(target.connections(), 0)
  })

  test('refuses other kinds of address', async () => {
    for (const address of ['ftp://127.0.0.1/a', 'file:///etc/hostname']) {
      await assert.rejects(fetchCsv(address), { code: FAILED })
    }
  })

  test('refuses what only begins like an address', async () => {
    for (const address of ['https://', 'https://[', 'http://a b/', 'http://127.0.0.1:99999/']) {
      await assert.rejects(fetchCsv(address), { code: FAILED }, address)
    }
  })

  test('says so when nobody listens', async (context) => {
    const { server, address } = await serve(context, (_, response) => response.end())
    await new Promise<void>((resolve) => server.close(() => resolve()))
    await assert.rejects(fetchCsv(address), { code: FAILED, message: /ECONNREFUSED/ })
  })

  test('stops when told to', async (context) => {
    const stop = new AbortController()
    const { address } = await serve(context, (_, response) => {
      response.write('a\n')
      stop.abort()
    })
    await assert.rejects(fetchCsv(address, stop.signal), { code: FAILED })
  })

  test('refuses bytes that are not UTF-8 and names their line', async (context) => {
    const { address } = await serve(context, (_, response) =>
      response.end(Buffer.concat([Buffer.from('a\nŁódź\nb'), Buffer.of(0xff, 0x0a)])),
    )
    await assert.rejects(fetchCsv(address), { code: REFUSED, message: /line 3: the bytes are not UTF-8/ })
  })
})

describe('fetchCsv from a file', () => {
  test('gives the text, and no day', async (context) => {
    const file = join(tempFolder(context), 'ports.csv')
    writeFileSync(file, 'Łódź\n')
    assert.deepEqual(await fetchCsv(file), { text: 'Łódź\n', lastModified: null })
  })

  test('says so when it is not there, or no file', async (context) => {
    const folder = tempFolder(context)
    await assert.rejects(fetchCsv(join(folder, 'ports.csv')), { code: UNREADABLE, message: /ENOENT/ })
    await assert.rejects(fetchCsv(folder), { code: UNREADABLE })
  })

  test('refuses one over the limit', async (context) => {
    const file = join(tempFolder(context), 'ports.csv')
    writeFileSync(file, Buffer.alloc(LIMITS.csvBytes + 1, 0x61))
    await assert.rejects(fetchCsv(file), { code: UNREADABLE, message: new RegExp(`more than ${LIMITS.csvBytes}`) })
  })

  test(
    'refuses a pipe that gives more than the limit, though the system tells no size',
    { skip: process.platform === 'win32' && 'no named pipes in the file system' },
    async (context) => {
      const pipe = join(tempFolder(context), 'pipe')
      execFileSync('mkfifo', [pipe])
      const writer = createWriteStream(pipe)
      // The reader may close the pipe before all is written.
      writer.on('error', () => writer.destroy())
      writer.end(Buffer.alloc(LIMITS.csvBytes + 1, 0x61))
      await assert.rejects(fetchCsv(pipe), { code: UNREADABLE, message: new RegExp(`more than ${LIMITS.csvBytes}`) })
    },
  )

  test('refuses bytes that are not UTF-8 and names their line', async (context) => {
    const file = join(tempFolder(context), 'ports.csv')
    for (const [bytes, line] of [
      ['a\nb\n\xe9\n', 3],
      ['\xff', 1],
      ['a\nb\xc5', 2],
    ] as const) {
      writeFileSync(file, Buffer.from(bytes, 'latin1'))
      await assert.rejects(fetchCsv(file), { code: REFUSED, message: `${file}, line ${line}: the bytes are not UTF-8` })
    }
  })
})
