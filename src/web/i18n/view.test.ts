import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ENGLISH, LANGUAGES, languageOf } from './languages.ts'
import { View, Views } from './view.ts'

const views = new Views()
const of = (tag: string, isNamed = true): View => views.of(languageOf(tag) ?? ENGLISH, isNamed)

test('a port has the digits of the readers, and nothing between them', () => {
  assert.equal(of('bn').digits(973), '৯৭৩')
  assert.equal(of('ar').digits(65535), '٦٥٥٣٥')
  assert.equal(of('fa').digits('6000-6063'), '۶۰۰۰-۶۰۶۳')
  for (const tag of ['en', 'de', 'hi', 'zh-Hans']) assert.equal(of(tag).digits(49152), '49152')
})

test('the digits of a port are those that Intl writes', () => {
  fc.assert(
    fc.property(fc.constantFrom(...LANGUAGES), fc.nat(65_535), (language, port) => {
      const numbers = new Intl.NumberFormat(`${language.tag}-u-nu-${language.digits}`, { useGrouping: false })
      assert.equal(views.of(language).digits(port), numbers.format(port))
    }),
  )
})

test('a count is grouped as the readers group it', () => {
  assert.equal(of('en').count(65_536), '65,536')
  assert.equal(of('de').count(65_536), '65.536')
  assert.equal(of('bn').count(65_536), '৬৫,৫৩৬')
  assert.equal(of('ar').count(65_536), '٦٥٬٥٣٦')
})

test('a day and a month are spelt out in the language, and what is neither is left', () => {
  assert.equal(of('en').date('2007-10-26'), 'October 26, 2007')
  assert.equal(of('de').date('2007-10-26'), '26. Oktober 2007')
  assert.equal(of('bn').date('2007'), '২০০৭')
  assert.equal(of('en').date('2007-13-45'), '2007-13-45')
  assert.equal(of('en').date('2017-05'), 'May 2017')
  assert.equal(of('bn').date('2017-05'), 'মে ২০১৭')
  assert.equal(of('fr').date('2017-05'), 'mai 2017')
  assert.equal(of('en').date('2017-13'), '2017-13')
})

test('links keep the language where the address has it', () => {
  assert.equal(of('bn').href('/ports/973'), '/bn/ports/973')
  assert.equal(of('bn').href('/'), '/bn')
  assert.equal(of('bn', false).href('/ports/973'), '/ports/973')
  assert.equal(of('bn', false).href('/'), '/')
})

test('a view is made once', () => {
  assert.equal(of('de'), of('de'))
  assert.notEqual(of('de'), of('de', false))
})
