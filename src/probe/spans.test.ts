import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BIGINT_STEPS, NUMBER_STEPS, mergeSpans, subtractSpans } from './spans.ts'
import type { Span } from './spans.ts'

const LINE_END = 60

const anySpans = fc.array(
  fc
    .tuple(fc.nat(LINE_END), fc.nat(LINE_END))
    .map(([a, b]): Span<number> => ({ first: Math.min(a, b), last: Math.max(a, b) })),
  { maxLength: 12 },
)

/** What the spans hold, by asking for each number. */
function members(spans: readonly Span<number>[]): readonly number[] {
  return Array.from({ length: LINE_END + 1 }, (_, value) => value).filter((value) =>
    spans.some(({ first, last }) => first <= value && value <= last),
  )
}

function isApart(spans: readonly Span<number>[]): boolean {
  return spans.every(({ first, last }, at) => first <= last && first > (spans[at - 1]?.last ?? -2) + 1)
}

function asBigints(spans: readonly Span<number>[]): Span<bigint>[] {
  return spans.map(({ first, last }) => ({ first: BigInt(first), last: BigInt(last) }))
}

test('merged runs hold the same numbers, in order, and neither overlap nor touch', () => {
  fc.assert(
    fc.property(anySpans, (spans) => {
      const merged = mergeSpans(spans, NUMBER_STEPS)
      assert.deepEqual(members(merged), members(spans))
      assert.ok(isApart(merged))
      assert.deepEqual(mergeSpans(asBigints(spans), BIGINT_STEPS), asBigints(merged))
    }),
  )
})

test('what is left holds what the first list has and the second has not', () => {
  fc.assert(
    fc.property(anySpans, anySpans, (spans, away) => {
      const [one, other] = [mergeSpans(spans, NUMBER_STEPS), mergeSpans(away, NUMBER_STEPS)]
      const left = subtractSpans(one, other, NUMBER_STEPS)
      const gone = new Set(members(other))
      assert.deepEqual(
        members(left),
        members(one).filter((value) => !gone.has(value)),
      )
      assert.ok(isApart(left))
      assert.deepEqual(subtractSpans(asBigints(one), asBigints(other), BIGINT_STEPS), asBigints(left))
    }),
  )
})
