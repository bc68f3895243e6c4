import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DIGITS, toLatinDigits } from './digits.ts'
import { LANGUAGES } from './languages.ts'
import { Views } from './view.ts'

const views = new Views()

test('a port is read back from the digits of every language', () => {
  fc.assert(
    fc.property(fc.constantFrom(...LANGUAGES), fc.nat(65_535), (language, port) => {
      assert.equal(toLatinDigits(views.of(language).digits(port)), String(port))
    }),
  )
})

test('what is no digit stays as it is', () => {
  assert.equal(toLatinDigits('৬০০০-৬০৬৩, ssh, পোর্ট'), '6000-6063, ssh, পোর্ট')
  assert.equal(toLatinDigits('٢٢/tcp'), '22/tcp')
  assert.equal(toLatinDigits(''), '')
})

test('the digits are those of Intl', () => {
  for (const [system, digits] of Object.entries(DIGITS)) {
    const numbers = new Intl.NumberFormat(`en-u-nu-${system}`)
    assert.equal(Array.from({ length: 10 }, (_, value) => numbers.format(value)).join(''), digits)
  }
})
