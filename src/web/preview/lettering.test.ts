import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openLore, openRegistry } from '../../registry/index.ts'
import { CAP_HEIGHT, canLetter, letter, widthOf } from './lettering.ts'
import { readStrokes } from './strokes.ts'

/** How far a letter may reach over its line's ends, and out of its own width. */
const BELOW = 1.31
const ABOVE = 0.08
const BESIDE = 0.03

test('every letter lies within its width, and between the top of capitals and the end of tails', () => {
  const all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.,:/+*()'&!"
  assert.ok(canLetter(all))
  for (const char of all) {
    const width = widthOf(char, 1)
    for (const stroke of letter(char, 0, 0, 1)) {
      assert.ok(stroke.length >= 4 && stroke.length % 2 === 0)
      stroke.forEach((each, index) => {
        assert.ok(Number.isFinite(each))
        if (index % 2 === 1) assert.ok(each >= -ABOVE && each <= BELOW, `${char} at ${each}`)
        // The tail of a j goes under what stands before it.
        else if (char !== 'j') assert.ok(each >= -BESIDE && each <= width + BESIDE, `${char} at ${each} of ${width}`)
      })
    }
  }
})

test("the registry's names can all be lettered", () => {
  const { registry } = openRegistry({})
  const strange = [...registry.texts()].filter(({ name }) => !canLetter(name)).map(({ name }) => name)
  assert.deepEqual(strange, [])
})

test('nearly all names of the lore can be lettered', () => {
  const names = openLore()
    .entries()
    .map(({ name }) => name.normalize('NFKD').replace(/\p{Mark}/gu, ''))
  const strange = names.filter((name) => !canLetter(name))
  assert.ok(strange.length < names.length / 50, strange.join('; '))
})

test('any text whatever becomes strokes, as wide as it says', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const width = widthOf(text, CAP_HEIGHT)
      const xs = letter(text, 0, 0, CAP_HEIGHT).flatMap((stroke) => stroke.filter((_, index) => index % 2 === 0))
      assert.ok(xs.every((x) => x >= -25 && x <= width + 25))
    }),
  )
})

test('what is not in the notation of strokes is refused', () => {
  for (const text of ['X 1 2', 'M 1', 'L 1 x', 'A 1 2 3 4 5']) assert.throws(() => readStrokes(text), /no drawing/)
  assert.deepEqual(readStrokes('M 0 0 L 1 2'), [[0, 0, 1, 2]])
})
