import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PORT_MAX, PORT_RANGES, TRANSPORTS, openRegistry } from '../../../registry/index.ts'
import { makeTestWeb } from '../../../../test/support/web-services.ts'
import { BLOCK_PORTS, blockOf, blocksBeside, blocksOf } from './blocks.ts'

const HOST = '127.0.0.1:9730'
const headers = { host: HOST }

test('the blocks of the ranges are all ports, each once', () => {
  const blocks = PORT_RANGES.flatMap((range) => blocksOf(range))
  assert.equal(blocks.length, (PORT_MAX + 1) / BLOCK_PORTS)
  blocks.forEach(({ first, last }, index) => {
    assert.equal(first, index * BLOCK_PORTS)
    assert.equal(last, first + BLOCK_PORTS - 1)
  })
})

test('a port is in its block, and the blocks beside it touch', () => {
  fc.assert(
    fc.property(fc.nat(PORT_MAX), (port) => {
      const block = blockOf(port)
      assert.ok(block.first <= port && port <= block.last)
      const { before, after } = blocksBeside(block)
      assert.equal(before?.last ?? -1, block.first - 1)
      assert.equal(after?.first ?? PORT_MAX + 1, block.last + 1)
    }),
  )
})

test('the index leads to every block, and counts what the registry has assigned', async (context) => {
  const { app } = await makeTestWeb(context)
  const text = await (await app.request(`http://${HOST}/en/ports`, { headers })).text()
  for (let first = 0; first <= PORT_MAX; first += BLOCK_PORTS)
    assert.ok(text.includes(`href="/en/ports?from=${first}"`), String(first))
  const { registry } = openRegistry({})
  const isAssigned = (port: number): boolean =>
    TRANSPORTS.some((transport) => registry.status(port, transport) === 'assigned')
  const counted = Array.from(text.matchAll(/<span>(\d+|none) assigned<\/span>/g), ([, count]) => Number(count) || 0)
  const all = Array.from({ length: PORT_MAX + 1 }, (_, port) => port).filter(isAssigned).length
  assert.equal(
    counted.reduce((sum, each) => sum + each, 0),
    all,
  )
})

test('a block tells each of its ports, with its status and its names', async (context) => {
  const { app } = await makeTestWeb(context)
  const text = await (await app.request(`http://${HOST}/en/ports?from=0`, { headers })).text()
  for (let port = 0; port < BLOCK_PORTS; port += 1)
    assert.ok(text.includes(`href="/en/ports/${port}"`) && !text.includes(`href="/en/ports/${port + 256}"`))
  assert.match(text, />22<\/a><\/th>\s*<td>\s*<span class="assigned">assigned<\/span>[^]*?<bdi>ssh<\/bdi>/)
  assert.doesNotMatch(text, /rel="prev"/)
  assert.match(text, /rel="next"\s+href="\/en\/ports\?from=256"/)
  const last = await (await app.request(`http://${HOST}/en/ports?from=65535`, { headers })).text()
  assert.match(last, /href="\/en\/ports\/65535"/)
  assert.doesNotMatch(last, /rel="next"/)
})

test('what is no port has no block', async (context) => {
  const { app } = await makeTestWeb(context)
  for (const from of ['', 'x', '-1', '65536', '007', '1&from=2e9'])
    assert.ok([200, 404].includes((await app.request(`http://${HOST}/ports?from=${from}`, { headers })).status))
  for (const from of ['', 'x', '-1', '65536', '007'])
    assert.equal((await app.request(`http://${HOST}/ports?from=${from}`, { headers })).status, 404, from)
})
