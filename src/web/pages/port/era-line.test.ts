import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ReportedUse } from '../../../answer/index.ts'
import { Views } from '../../i18n/view.ts'
import { compact } from '../compact.ts'
import { eraLine } from './era-line.ts'

const view = new Views().of()

function useOf(from: string | null, until: string | null, state: ReportedUse['state'] = 'extinct'): ReportedUse {
  return {
    id: 'x',
    name: 'X',
    category: 'other',
    state,
    relation: 'unofficial',
    conflictsWith: [],
    summary: { text: '', citations: [] },
    uses: [],
    era: { from, until, text: null, citations: [] },
    successors: [],
    history: [],
    security: [],
  }
}

function barIn(svg: string): { readonly x: number; readonly width: number } {
  const found = /<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/.exec(svg)
  return { x: Number(found?.[1]), width: Number(found?.[2]) }
}

test('the bar lies where its years are, twelve units a year from 1970', () => {
  const svg = compact(eraLine(view, useOf('1989', '2007-10-26'), 2026))
  assert.deepEqual(barIn(svg), { x: 19 * 12, width: 18 * 12 })
  assert.match(svg, /aria-hidden="true"/)
  assert.match(svg, />1990<\/text>/)
})

test('an end that nobody has told is open', () => {
  assert.match(compact(eraLine(view, useOf(null, '2007'), 2026)), /class="era gone from-unknown"/)
  assert.match(compact(eraLine(view, useOf('1989', null), 2026)), /class="era gone until-unknown"/)
  assert.match(compact(eraLine(view, useOf('1989', null, 'current'), 2026)), /class="era current"/)
  assert.equal(compact(eraLine(view, useOf(null, null), 2026)), '')
})

test('whatever the years, the bar stays on the line', () => {
  const year = fc.option(fc.integer({ min: 1900, max: 2100 }).map(String))
  fc.assert(
    fc.property(year, year, (from, until) => {
      const svg = compact(eraLine(view, useOf(from, until), 2026))
      if (svg === '') return
      const { x, width } = barIn(svg)
      assert.ok(x >= 0 && width > 0 && x + width <= 56 * 12 + 6)
    }),
  )
})
