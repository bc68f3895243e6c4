/**
 * Requests that no program would send, to every address of the API: none is answered with a failure of the server, none stops it, and
 * memory does not grow. `PORTOLAN_FUZZ_RUNS=1000000` makes a million of them.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { makeApi } from '../src/web/api/add-api.ts'
import { listenerOf, makeTestWeb, visitorWith } from './support/web-services.ts'

const RUNS = Number(process.env['PORTOLAN_FUZZ_RUNS'] ?? 20_000)
const TURN_MS = 100
/** What a heap may differ by between two collections. */
const GROWTH_MAX_BYTES = 16 * 1024 * 1024

const oddText = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '973',
    '0',
    '65536',
    '-1',
    'local',
    'users',
    'dir:0',
    'dir:99',
    '..',
    '.',
    '%00',
    '%',
    'ssh',
    'tcp',
    'true',
    'json',
    'raw',
    'passwd',
    'constructor',
    '__proto__',
    '1e9',
    '9'.repeat(30),
  ),
)
const part = oddText.map((text) => {
  try {
    return encodeURIComponent(text)
  } catch {
    // A lone surrogate cannot be encoded, and is sent as a percent sign that stands for nothing.
    return '%zz'
  }
})
/** A domain's tag and the name of a directory stand first in most addresses. */
const firstPart = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('local', '973') }, { weight: 1, arbitrary: part })
const query = fc.array(
  fc.tuple(
    fc.oneof(
      fc.constantFrom(
        'from',
        'to',
        'limit',
        'q',
        'port',
        'transport',
        'process',
        'reach',
        'before',
        'after',
        'path',
        'format',
        'dryRun',
        'digest',
        'filter',
        'count',
        'status',
        'domain',
      ),
      part,
    ),
    part,
  ),
  { maxLength: 2 },
)
const oddHeaders = fc.dictionary(
  fc.constantFrom(
    'accept',
    'accept-encoding',
    'accept-language',
    'content-type',
    'if-match',
    'if-none-match',
    'last-event-id',
    'content-length',
    'cookie',
    'range',
    'x-csrf-token',
  ),
  fc.oneof(
    fc.constantFrom(
      '*',
      '*/*',
      'application/json',
      'text/plain',
      'gzip;q=0',
      'br',
      '"0.1.1"',
      'W/"0.1.1"',
      'local=1',
      'local=99999999',
      '-5',
      '999999999',
      'bytes=0-1',
      'csrf-of-the-test',
    ),
    fc.string({ maxLength: 20 }).map((text) => text.replaceAll(/[^\t\u0020-\u007e]/g, '')),
  ),
  { maxKeys: 5 },
)
/** What a sound program sends, so that what stands behind the first checks is reached, too. */
const soundHeaders = fc.record({
  'content-type': fc.constantFrom('application/json', 'application/json', 'text/plain'),
  'if-match': fc.constantFrom('*', '*', '"0.1.1"'),
  'x-csrf-token': fc.constant('csrf-of-the-test'),
})
const headers: fc.Arbitrary<Record<string, string>> = fc.oneof(soundHeaders, oddHeaders)
const body = fc.oneof(
  fc.constant(''),
  fc.string({ maxLength: 200 }),
  fc.json({ maxDepth: 3 }),
  fc
    .record({
      properties: fc.array(fc.record({ name: oddText, values: fc.array(oddText, { maxLength: 3 }) }), { maxLength: 3 }),
    })
    .map((value) => JSON.stringify(value)),
  fc.record({ rename: oddText }, { requiredKeys: [] }).map((value) => JSON.stringify(value)),
  fc.record({ moveTo: fc.record({ parent: oddText }) }).map((value) => JSON.stringify(value)),
  fc.constant(`name = ${'{'.repeat(50)}`),
)
const method = fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND')

setFlagsFromString('--expose-gc')

/** Node lets go of a body that nobody read when it has turned once more, and is collected then. */
async function measureHeap(): Promise<number> {
  const collect = (): unknown => runInNewContext('gc')()
  collect()
  await sleep(TURN_MS)
  collect()
  return process.memoryUsage().heapUsed
}

test(`${RUNS} odd requests are answered without a failure, and without keeping memory`, async (context) => {
  // Nobody here may probe: a made-up host must not be asked.
  const visitors = [null, visitorWith(['read']), visitorWith(['read', 'write', 'operate'])]
  const web = await makeTestWeb(context, { sockets: { listeners: [listenerOf(973)], connections: [], notes: [] } })
  const paths = [...new Set(makeApi(web.services).operations.map(({ path }) => path))]
  const address = fc
    .tuple(
      fc.oneof(
        { weight: 20, arbitrary: fc.constantFrom(...paths) },
        { weight: 1, arbitrary: fc.constant('/api/{a+}') },
      ),
      fc.tuple(firstPart, part, part, part),
    )
    .map(([path, parts]) => {
      const left = parts.values()
      return path.replaceAll(/\{\w+\+?\}/g, () => left.next().value ?? '')
    })
  const asked = fc.record({ method, address, query, headers, body, visitor: fc.constantFrom(...visitors) })
  const statuses = new Map<number, number>()
  let heapAtFirst = 0
  let count = 0
  await fc.assert(
    fc.asyncProperty(asked, async (each) => {
      web.signIn(each.visitor)
      const text = each.query.map(([name, value]) => `${name}=${value}`).join('&')
      const hasBody = each.method !== 'GET' && each.method !== 'HEAD' && each.body !== ''
      const response = await web.app.request(`${each.address}${text === '' ? '' : `?${text}`}`, {
        method: each.method,
        headers: each.headers,
        ...(hasBody ? { body: each.body } : {}),
      })
      await response.body?.cancel()
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
      count += 1
      if (count === Math.floor(RUNS / 2)) heapAtFirst = await measureHeap()
      assert.ok(response.status < 500, `${response.status} ${each.method} ${each.address}`)
      // Dots in an address are resolved before it is sent: it may be one of another part of the site.
      if (response.status >= 400 && new URL(each.address, web.services.frame.origin).pathname.startsWith('/api/'))
        assert.equal(response.headers.get('content-type'), 'application/problem+json', each.address)
    }),
    { numRuns: RUNS, endOnFailure: true },
  )
  context.diagnostic(
    `answers by status: ${JSON.stringify(Object.fromEntries([...statuses].toSorted(([a], [b]) => a - b)))}`,
  )
  const growth = (await measureHeap()) - heapAtFirst
  context.diagnostic(`heap: ${Math.round(growth / 1024)} kB more at the end than at half time`)
  assert.ok(growth < GROWTH_MAX_BYTES, `${growth} bytes`)
  assert.deepEqual(
    web.logged.filter(({ event }) => event === 'request-failed'),
    [],
  )
})
