import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { PALETTES } from './palette.ts'

const styles = join(import.meta.dirname, '..', '..', 'styles')
const css = ['10-base.css', '40-chart.css'].map((name) => readFileSync(join(styles, name), 'utf8')).join('\n')

test('the pictures have the colours of the pages, by day and by night', () => {
  const found = new Map(
    [...css.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [
      name ?? '',
      { light, dark },
    ]),
  )
  const { light, dark } = PALETTES
  const pairs = Object.entries(light).map(([name, colour]) => [
    name,
    colour,
    Object.entries(dark).find(([other]) => other === name)?.[1],
  ])
  for (const [name = '', day, night] of pairs)
    assert.deepEqual(found.get(`chart-${name}`) ?? found.get(name), { light: day, dark: night }, name)
})
