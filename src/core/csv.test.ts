import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { CsvError, readCsv } from './csv.ts'
import { LIMITS } from './limits.ts'

function fieldsOf(text: string): readonly (readonly string[])[] {
  return [...readCsv(text)].map((record) => record.fields)
}

function linesOf(text: string): readonly number[] {
  return [...readCsv(text)].map((record) => record.line)
}

function errorOf(text: string): { readonly line: number; readonly message: string } {
  try {
    for (const record of readCsv(text)) assert.ok(record.line > 0)
  } catch (error) {
    assert.ok(error instanceof CsvError, `not a CsvError: ${String(error)}`)
    return { line: error.line, message: error.message }
  }
  return assert.fail('nothing was thrown')
}

describe('readCsv', () => {
  test('splits lines at commas', () => {
    assert.deepEqual(fieldsOf('a,b,c\nd,e,f\n'), [
      ['a', 'b', 'c'],
      ['d', 'e', 'f'],
    ])
  })

  test('keeps empty fields, at the beginning, inside and at the end of a line', () => {
    assert.deepEqual(fieldsOf(',a,,b,\n,\n'), [
      ['', 'a', '', 'b', ''],
      ['', ''],
    ])
  })

  test('reads an empty line as one empty field', () => {
    assert.deepEqual(fieldsOf('a\n\nb\n'), [['a'], [''], ['b']])
  })

  test('has no record for an empty text', () => {
    assert.deepEqual(fieldsOf(''), [])
  })

  test('reads the last line without its end', () => {
    assert.deepEqual(fieldsOf('a,b\nc,d'), [
      ['a', 'b'],
      ['c', 'd'],
    ])
    assert.deepEqual(fieldsOf('a,"b"'), [['a', 'b']])
    assert.deepEqual(fieldsOf('a,'), [['a', '']])
  })

  test('ends lines at CRLF as at LF, also after a quoted field', () => {
    assert.deepEqual(fieldsOf('a,b\r\n"c","d"\r\ne,f\n'), [
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
    ])
  })

  test('keeps a carriage return that no newline follows', () => {
    assert.deepEqual(fieldsOf('a\rb,c\n'), [['a\rb', 'c']])
  })

  test('takes the quotes off a quoted field and keeps commas, newlines and spaces in it', () => {
    assert.deepEqual(fieldsOf('"a,b"," c ","d\ne","f\r\ng"\n'), [['a,b', ' c ', 'd\ne', 'f\r\ng']])
  })

  test('reads two quotes in a quoted field as one', () => {
    assert.deepEqual(fieldsOf('"say ""yes""","""",""\n'), [['say "yes"', '"', '']])
  })

  test('tells on which line a record begins', () => {
    assert.deepEqual(linesOf('a\nb\nc'), [1, 2, 3])
  })

  test('counts the newlines of quoted fields', () => {
    assert.deepEqual(linesOf('a,"b\n\nc","d\ne"\nf\n"g\r\nh"\r\ni\n'), [1, 5, 6, 8])
  })

  test('refuses a quote inside an unquoted field and names its line', () => {
    assert.deepEqual(errorOf('a\nb,c"d"\n'), { line: 2, message: 'a quote stands inside an unquoted field' })
  })

  test('refuses text after a closing quote and names the line of that quote', () => {
    const message = 'something stands between a closing quote and the comma'
    assert.deepEqual(errorOf('a\n"b" ,c\n'), { line: 2, message })
    assert.deepEqual(errorOf('"b\nc"d\n'), { line: 2, message })
    assert.deepEqual(errorOf('"b"\rc\n'), { line: 1, message })
  })

  test('refuses a quote that is never closed and names the line where it opens', () => {
    assert.deepEqual(errorOf('a\nb,"c\nd\ne\n'), {
      line: 2,
      message: 'a quoted field is never closed: the file is cut off',
    })
    assert.equal(errorOf('"a""').line, 1)
  })

  test('counts the lines of earlier fields of the same record before it names one', () => {
    assert.equal(errorOf('"a\nb",c"\n').line, 2)
    assert.equal(errorOf('"a\nb","c\n').line, 2)
  })

  test('refuses a field beyond the limit, plain or quoted, and no shorter one', () => {
    const longest = 'x'.repeat(LIMITS.csvFieldChars)
    assert.deepEqual(fieldsOf(`${longest},a\n`), [[longest, 'a']])
    for (const field of [`${longest}x`, `"${longest}"`]) {
      assert.deepEqual(errorOf(`a\n${field}\n`), {
        line: 2,
        message: `a field has more than ${LIMITS.csvFieldChars} characters`,
      })
    }
  })

  test('yields records before a later line is wrong', () => {
    const records = readCsv('a\nb"\n')
    assert.deepEqual(records.next().value, { line: 1, fields: ['a'] })
    assert.throws(() => records.next(), CsvError)
  })

  test('gives back what was written, whatever it was', () => {
    const field = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', ' ') }),
    )
    const row = fc.array(field, { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 8 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        (rows, end, isQuoted) => {
          const write = (text: string): string =>
            isQuoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
          const text = rows.map((fields) => fields.map(write).join(',') + end).join('')
          assert.deepEqual(fieldsOf(text), rows)
          // Where each record begins follows from the ends of lines before it.
          const before = rows.map((_, index) =>
            rows
              .slice(0, index)
              .map((fields) => fields.map(write).join(',') + end)
              .join(''),
          )
          assert.deepEqual(
            linesOf(text),
            before.map((part) => part.split('\n').length),
          )
        },
      ),
      { numRuns: 1000 },
    )
  })
})
