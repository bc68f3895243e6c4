import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listChosen } from './top-ports-chosen.ts'
import { STUDIES, rankMeasured } from './top-ports-measured.ts'
import { rankedPorts } from './top-ports.ts'

test('the ranking begins with what was measured, then with what was chosen', () => {
  for (const transport of ['tcp', 'udp'] as const) {
    const first = [...new Set([...rankMeasured(transport), ...listChosen(transport)])]
    assert.deepEqual(rankedPorts(transport).slice(0, first.length), first)
    assert.ok(first.length > 60 && first.length < 250, `${first.length} of ${transport}`)
  }
})

test('a port that two studies count stands by the mean of its shares', () => {
  const { nicer, sonar, shodan } = STUDIES
  assert.ok((nicer.tcp[443] ?? 0) < (nicer.tcp[80] ?? 0) && (shodan.tcp[443] ?? 0) > (shodan.tcp[80] ?? 0))
  assert.ok(sonar.tcp[7547] !== undefined && shodan.tcp[7547] !== undefined)
  assert.deepEqual(rankMeasured('tcp').slice(0, 5), [80, 443, 7547, 22, 21])
  assert.deepEqual(rankMeasured('udp'), [161, 53, 1434, 11_211])
})
