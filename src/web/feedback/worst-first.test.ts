import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { orderWorstFirst, unhelpfulness } from './worst-first.ts'

test('one no counts for less than thirty of forty', () => {
  assert.ok(unhelpfulness({ yes: 0, partly: 0, no: 1 }) < unhelpfulness({ yes: 10, partly: 0, no: 30 }))
})

test('the interval is the one that Wilson gives for 10 of 20', () => {
  // (0.5 + 3.8416/40 − 1.96·√(0.25/20 + 3.8416/1600)) / (1 + 3.8416/20) = 0.2993
  assert.equal(unhelpfulness({ yes: 10, partly: 0, no: 10 }).toFixed(4), '0.2993')
})

test('it is a number from 0 to 1, and no answer is no reproach', () => {
  assert.equal(unhelpfulness({ yes: 0, partly: 0, no: 0 }), 0)
  const count = fc.nat(1_000_000)
  fc.assert(
    fc.property(count, count, count, (yes, partly, no) => {
      const found = unhelpfulness({ yes, partly, no })
      assert.ok(found >= 0 && found <= 1)
      assert.ok(unhelpfulness({ yes, partly, no: no + 1 }) >= found - 1e-12)
    }),
  )
})

test('pages that helped equally stand in the order of their ports and languages', () => {
  const of = (port: number, language: string) => ({ port, language, yes: 1, partly: 0, no: 0 })
  assert.deepEqual(
    orderWorstFirst([of(22, 'de'), of(973, 'en'), of(22, 'bn')]).map(({ port, language }) => `${port} ${language}`),
    ['22 bn', '22 de', '973 en'],
  )
})
