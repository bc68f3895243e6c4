import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readCsv } from '../core/index.ts'
import { csvRows } from './csv-rows.ts'

test('lines end in CRLF, the last one too, and what is not known is empty', () => {
  assert.equal(
    csvRows([
      ['a', 'b'],
      ['x', 1],
      [null, 'y'],
    ]),
    'a,b\r\nx,1\r\n,y\r\n',
  )
  assert.equal(csvRows([]), '')
})

test('quotes stand only where they must', () => {
  assert.equal(csvRows([['a b', 'a,b', 'a"b', 'a\nb', 'a\rb', '']]), 'a b,"a,b","a""b","a\nb","a\rb",\r\n')
})

test('what a spreadsheet would run as a formula stays text', () => {
  assert.equal(csvRows([['=1+1', '+cmd', '-x', '@SUM(A1)', '\tx']]), "'=1+1,'+cmd,'-x,'@SUM(A1),'\tx\r\n")
  assert.equal(csvRows([['=HYPERLINK("http://x","y")']]), `"'=HYPERLINK(""http://x"",""y"")"\r\n`)
  assert.equal(csvRows([['\r=1']]), `"'\r=1"\r\n`)
})

test('numbers, negative ones too, stay numbers', () => {
  assert.equal(csvRows([['-5', '+3', -5]]), '-5,+3,-5\r\n')
})

test('every field is read back, but for the quote before a formula', () => {
  const field = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[a",\r\n=+-]{0,6}$/))
  fc.assert(
    fc.property(fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 4 }), (rows) => {
      const read = [...readCsv(csvRows(rows))].map(({ fields }) => fields)
      const isHarmless = (text: string): boolean => !/^[=+\-@\t\r]/.test(text)
      assert.equal(read.length, rows.length)
      for (const [index, row] of rows.entries())
        for (const [at, text] of row.entries())
          if (isHarmless(text)) assert.equal(read[index]?.[at], text)
          else assert.ok(read[index]?.[at] === text || read[index]?.[at] === `'${text}`)
    }),
  )
})

test('no field begins as a formula, unless it is a number', () => {
  fc.assert(
    fc.property(fc.constantFrom('=', '+', '-', '@', '\t', '\r'), fc.string(), (sign, rest) => {
      const [record] = readCsv(csvRows([[sign + rest]]))
      const text = record?.fields[0] ?? ''
      assert.ok(text.startsWith("'") || /^[+-]?\d*$/.test(text) || /^[=@\t\r]\d*$/.test(text), JSON.stringify(text))
    }),
  )
})
