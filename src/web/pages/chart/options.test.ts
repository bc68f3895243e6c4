import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { packagedRegistry } from '../../../../test/support/packaged-data.ts'
import { TRANSPORTS } from '../../../registry/index.ts'
import { LAYERS } from './cell-code.ts'
import { ALL_LAYERS, chartQuery, readChartOptions, readPictureOptions } from './options.ts'

const registry = packagedRegistry()
const PAGE = 'http://127.0.0.1/chart'

test('a chart without wishes is of TCP, whole', () => {
  assert.deepEqual(readChartOptions(PAGE, registry), { transport: 'tcp', shown: ALL_LAYERS, wanted: '', port: null })
})

test('a port is found by its number and by its service’s name', () => {
  assert.equal(readChartOptions(`${PAGE}?port=973`, registry).port, 973)
  assert.equal(readChartOptions(`${PAGE}?port=+SSH+`, registry).port, 22)
  for (const wanted of ['65536', '-1', '0973', 'no-such-service', '9'.repeat(500)])
    assert.equal(readChartOptions(`${PAGE}?port=${wanted}`, registry).port, null, wanted)
})

test('what was asked for is asked for again by the query made of it', () => {
  const layers = fc.uniqueArray(fc.constantFrom(...LAYERS), { minLength: 1 })
  fc.assert(
    fc.property(fc.constantFrom(...TRANSPORTS), layers, (transport, chosen) => {
      const shown = new Set(chosen)
      const read = readChartOptions(`${PAGE}${chartQuery({ transport, shown })}`, registry)
      assert.equal(read.transport, transport)
      assert.deepEqual(read.shown, shown)
    }),
  )
})

test('a picture is refused where a part of its address makes no sense', () => {
  for (const query of ['?transport=icmp', '?scheme=pink', '?size=63', '?size=8193', '?size=1e3', '?size=', '?show=all'])
    assert.equal(readPictureOptions(`http://127.0.0.1/chart.svg${query}`), null, query)
  assert.deepEqual(readPictureOptions('http://127.0.0.1/chart.svg?plain&size=64&scheme=dark&show=ghost'), {
    transport: 'tcp',
    scheme: 'dark',
    size: 64,
    shown: new Set(['ghost']),
    isPlain: true,
  })
})

test('no query whatever makes reading it fail', () => {
  const name = fc.oneof(fc.constantFrom('transport', 'show', 'port', 'size', 'scheme', 'plain'), fc.string())
  const value = fc.oneof(fc.constantFrom(...TRANSPORTS, ...LAYERS, '973', 'dark'), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
      const query = pairs.map(
        ([key, each]) => `${encodeURI(key.toWellFormed())}=${encodeURIComponent(each.toWellFormed())}`,
      )
      const url = `${PAGE}?${query.join('&')}`
      const { port, shown } = readChartOptions(url, registry)
      assert.ok(port === null || (port >= 0 && port <= 65_535))
      assert.ok(shown.size > 0)
      readPictureOptions(url)
    }),
  )
})

test('a port is also read in the digits of other scripts', () => {
  for (const wanted of ['৯৭৩', '٩٧٣', '۹۷۳'])
    assert.equal(readChartOptions(`${PAGE}?port=${encodeURIComponent(wanted)}`, registry).port, 973, wanted)
})
