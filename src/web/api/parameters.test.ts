import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { choice, factsOf, flag, many, portParameter, text, whole } from './parameters.ts'

test('a whole number is taken exactly where its plain form is within the bounds', () => {
  const schema = whole(3, 5000, 'a number')
  fc.assert(
    fc.property(
      fc.oneof(fc.integer().map(String), fc.string(), fc.constantFrom('007', '+5', '5.0', ' 5', '1e3')),
      (given) => {
        const result = v.safeParse(schema, given)
        const isPlain = String(Number(given)) === given && Number.isSafeInteger(Number(given))
        assert.equal(result.success, isPlain && Number(given) >= 3 && Number(given) <= 5000, given)
        if (result.success) assert.equal(result.output, Number(given))
      },
    ),
  )
})

test('several come as parameters, with commas, or both', () => {
  const schema = many(portParameter('ports'), 3)
  assert.deepEqual(v.parse(schema, '80,443'), [80, 443])
  assert.deepEqual(v.parse(schema, ['80', '443,973']), [80, 443, 973])
  assert.ok(!v.is(schema, '1,2,3,4'))
  assert.ok(!v.is(schema, '80,'))
})

test('a text has bounds and no control characters; a flag is true or false', () => {
  assert.ok(v.is(text(3, 'a text'), 'abc'))
  for (const bad of ['', 'abcd', 'a\nb']) assert.ok(!v.is(text(3, 'a text'), bad))
  assert.deepEqual([v.parse(flag('yes?'), 'true'), v.parse(flag('yes?'), 'false')], [true, false])
  assert.ok(!v.is(flag('yes?'), '1'))
})

test('the document learns what each parameter takes', () => {
  assert.deepEqual(factsOf(choice(['a', 'b'], 'one of two')).json, { type: 'string', enum: ['a', 'b'] })
  const ports = factsOf(many(portParameter('ports'), 3))
  assert.equal(ports.isRepeatable, true)
  assert.deepEqual(ports.json, { type: 'array', items: { type: 'integer', minimum: 0, maximum: 65_535 }, maxItems: 3 })
})
