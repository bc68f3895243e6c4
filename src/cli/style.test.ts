import { printable } from '../core/index.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PIPE_WIDTH, columnsOf, fit, makeStyle, paragraph, table, wrap } from './style.ts'

const plain = makeStyle({ colour: false, columns: null })
const ESCAPE = '\u001b'

test('without colour every paint is the text itself', () => {
  for (const paint of [plain.bold, plain.dim, plain.green, plain.yellow, plain.red, plain.cyan])
    assert.equal(paint('text'), 'text')
})

test('with colour a paint takes back exactly what it set', () => {
  const { red, bold } = makeStyle({ colour: true, columns: 80 })
  assert.equal(red('text'), `${ESCAPE}[31mtext${ESCAPE}[39m`)
  assert.equal(bold('text'), `${ESCAPE}[1mtext${ESCAPE}[22m`)
})

test('the width is that of the terminal within bounds, and fixed for a pipe', () => {
  assert.equal(plain.width, PIPE_WIDTH)
  const widthAt = (columns: number): number => makeStyle({ colour: false, columns }).width
  assert.deepEqual([0, 20, 40, 80, 110, 500].map(widthAt), [40, 40, 40, 80, 110, 110])
})

test('control characters are shown as escapes', () => {
  assert.equal(printable(`${ESCAPE}[31mevil`), '\\x1b[31mevil')
  assert.equal(printable('two\nlines\r\tand\u0000more\u007f'), 'two\\x0alines\\x0d\\x09and\\x00more\\x7f')
  assert.equal(printable('\u009b31m'), '\\x9b31m')
})

test('characters that reorder text are shown as escapes', () => {
  assert.equal(printable('\u202egpj.exe'), '\\u202egpj.exe')
  for (const character of ['\u200e', '\u200f', '\u202a', '\u202e', '\u2066', '\u2069', '\u061c'])
    assert.match(printable(`a${character}b`), /^a\\u[\da-f]{4}b$/, JSON.stringify(character))
})

test('separators of lines and paragraphs are shown as escapes', () => {
  assert.equal(printable('a\u2028b\u2029c'), 'a\\u2028b\\u2029c')
})

test('letters of every language and emoji stay as they are', () => {
  for (const text of ['NetInfo', 'Größe', '端口', 'порт', 'منفذ', 'e\u0301', '📦', 'a b'])
    assert.equal(printable(text), text)
})

test('nothing printable has a control character in it, and what had none is unchanged', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary-ascii' })), (text) => {
      assert.doesNotMatch(printable(text), /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u)
      assert.equal(printable(printable(text)), printable(text))
    }),
  )
})

test('wraps at spaces, and leaves longer words alone', () => {
  assert.deepEqual(wrap('one two three', 7), ['one two', 'three'])
  assert.deepEqual(wrap('  one \n two ', 80), ['one two'])
  assert.deepEqual(wrap('a https://example.org/a/long/address b', 10), ['a', 'https://example.org/a/long/address', 'b'])
  assert.deepEqual(wrap('', 10), [])
})

test('wrapping loses no word, and no line is too wide unless it is one word', () => {
  const word = fc.stringMatching(/^[a-z端é]{1,12}$/)
  fc.assert(
    fc.property(fc.array(word), fc.integer({ min: 1, max: 40 }), (words, width) => {
      const lines = wrap(words.join(' '), width)
      assert.deepEqual(lines.join(' ').split(' ').filter(Boolean), words)
      for (const line of lines) assert.ok(columnsOf(line) <= width || !line.includes(' '))
    }),
  )
})

test('a paragraph has one indent for its first line and another for the rest', () => {
  assert.equal(paragraph('one two three', 12, '- ', '    '), '- one two\n    three\n')
  assert.equal(paragraph('', 12, '- '), '')
})

test('wide characters take two columns, marks and colours none', () => {
  const widths: Readonly<Record<string, number>> = {
    '': 0,
    port: 4,
    端口: 4,
    ポート: 6,
    항구: 4,
    é: 1,
    'e\u0301': 1,
    '📦': 2,
    [`${ESCAPE}[31mred${ESCAPE}[39m`]: 3,
    [`${ESCAPE}[31m端${ESCAPE}[39m`]: 2,
    'a–b…': 4,
  }
  for (const [text, width] of Object.entries(widths)) assert.equal(columnsOf(text), width, JSON.stringify(text))
})

test('fits text into columns, with an ellipsis where something is lost', () => {
  assert.equal(fit('short', 5), 'short')
  assert.equal(fit('longer', 5), 'long…')
  assert.equal(fit('端口端口', 5), '端口…')
  assert.equal(fit('端口端口', 4), '端…')
  assert.equal(fit('e\u0301e\u0301e\u0301', 2), 'e\u0301…')
})

test('what is fitted is never wider than asked for, and a beginning of the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, columns) => {
      const cut = fit(text, columns)
      assert.ok(columnsOf(cut) <= columns)
      assert.ok(text.startsWith(cut.replace(/…$/, '')))
    }),
  )
})

interface Row {
  readonly name: string
  readonly count: number
}

const ROWS: readonly Row[] = [
  { name: 'ssh', count: 22 },
  { name: '端口', count: 8080 },
]
const COLUMNS = [
  { title: 'NAME', cell: (row: Row) => row.name },
  { title: 'COUNT', cell: (row: Row) => String(row.count), align: 'right' as const },
  { title: 'NOTE', cell: (row: Row) => `the note of ${row.name}` },
]

test('columns are aligned, numbers to the right, wide characters counted', () => {
  assert.equal(
    table(ROWS, COLUMNS, plain),
    ['NAME  COUNT  NOTE', 'ssh      22  the note of ssh', '端口   8080  the note of 端口', ''].join('\n'),
  )
})

test('the last column is cut where the line ends, unless it is to be left whole', () => {
  const narrow = makeStyle({ colour: false, columns: 40 })
  const long = ROWS.map((row) => ({ ...row, name: row.name.repeat(10) }))
  for (const line of table(long, COLUMNS, narrow).split('\n').slice(1, -1)) assert.match(line, /…$/)
  assert.ok(table(long, COLUMNS, narrow, false).includes(`the note of ${'ssh'.repeat(10)}\n`))
})

test('colour does not move the columns', () => {
  const colour = makeStyle({ colour: true, columns: null })
  const painted = COLUMNS.map((column) => Object.assign({ paint: colour.red }, column))
  // oxlint-disable-next-line no-control-regex -- colour begins with an escape
  assert.equal(table(ROWS, painted, colour).replace(/\u001b\[\d+m/g, ''), table(ROWS, COLUMNS, plain))
})

test('no line of a table ends in a blank', () => {
  const text = table(
    [{ name: '', count: 1 }],
    [COLUMNS[1], { title: 'NAME', cell: (row: Row) => row.name }].flatMap((c) => c ?? []),
    plain,
  )
  assert.doesNotMatch(text, / $/m)
})
