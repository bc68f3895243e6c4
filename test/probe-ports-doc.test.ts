/** docs/reference/probe-ports.md says what the code does. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { PAYLOADS } from '../src/probe/index.ts'
import { STUDIES, rankMeasured } from '../src/probe/top-ports-measured.ts'

const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'reference', 'probe-ports.md'), 'utf8')
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').map((cell) => cell.trim()))

test('each payload has its row, with its ports, its question and its source', () => {
  for (const { name, ports, asks, source } of PAYLOADS) {
    const row = rows.find((cells) => cells[1] === name)
    assert.deepEqual(row?.slice(2, 5), [ports.join(', '), asks, source], name)
  }
})

test('each measured port has its row, in order, with the count of each study', () => {
  for (const transport of ['tcp', 'udp'] as const) {
    const measured = rows.filter((cells) => cells[1]?.endsWith(`/${transport}`))
    assert.deepEqual(
      measured.map((cells) => cells[1]),
      rankMeasured(transport).map((port) => `${port}/${transport}`),
    )
    for (const [at, port] of rankMeasured(transport).entries()) {
      const counts = Object.values(STUDIES).map((study) => study[transport][port]?.toLocaleString('en') ?? '')
      assert.deepEqual(measured[at]?.slice(2, 5), counts, `${port}/${transport}`)
    }
  }
})
