import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { requirePeers } from '../../../test/support/peers.ts'
import { ExpressionError, readExpression } from './expression.ts'

function matching(expression: string, texts: readonly string[]): string[] {
  const pattern = readExpression(expression)
  return texts.filter((text) => pattern.test(text))
}

test('characters, dots, anchors, groups, alternatives and repetitions mean what they do in POSIX', () => {
  assert.deepEqual(matching('^ab?c$', ['ac', 'abc', 'abbc', 'xac']), ['ac', 'abc'])
  assert.deepEqual(matching('^(ab|cd){2,3}$', ['ab', 'abcd', 'cdcdab', 'abababab']), ['abcd', 'cdcdab'])
  assert.deepEqual(matching('^a{2}$', ['a', 'aa', 'aaa']), ['aa'])
  assert.deepEqual(matching('^a{2,}$', ['a', 'aa', 'aaa']), ['aa', 'aaa'])
  assert.deepEqual(matching('^.$', ['a', '\n', 'é', '𝒶', '\udcff', 'ab']), ['a', '\n', 'é', '𝒶', '\udcff'])
  assert.deepEqual(matching('a$', ['a', 'a\n', 'a\nb']), ['a'])
})

test('a backslash makes marks literal', () => {
  assert.deepEqual(matching('^\\.\\*\\[\\]\\^\\$\\(\\)\\|\\+\\?\\{\\}\\\\\\/\\-$', ['.*[]^$()|+?{}\\/-', 'x']), [
    '.*[]^$()|+?{}\\/-',
  ])
  assert.deepEqual(matching('^]}$', [']}']), [']}'])
})

test('brackets hold characters, ranges and classes, and a backslash is one of them', () => {
  assert.deepEqual(matching('^[]a-c-]$', [']', 'a', 'b', 'c', '-', 'd']), [']', 'a', 'b', 'c', '-'])
  assert.deepEqual(matching('^[^]a]$', [']', 'a', 'b', '\n']), ['b', '\n'])
  assert.deepEqual(matching('^[\\n]$', ['\\', 'n', '\n']), ['\\', 'n'])
  assert.deepEqual(matching('^[a^]$', ['a', '^', 'b']), ['a', '^'])
  assert.deepEqual(matching('^[%--]$', ['%', '&', '-', '.']), ['%', '&', '-'])
  assert.deepEqual(matching('^[[.-.]x[=y=]]$', ['-', 'x', 'y', '=', '.']), ['-', 'x', 'y'])
  assert.deepEqual(matching('^[[:upper:][:digit:]_]+$', ['A1_', 'a', 'É']), ['A1_'])
})

test('each class holds what the C locale puts into it', () => {
  const all = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))
  const sizes = {
    alnum: 62,
    alpha: 52,
    blank: 2,
    cntrl: 33,
    digit: 10,
    graph: 94,
    lower: 26,
    print: 95,
    punct: 32,
    space: 6,
    upper: 26,
    xdigit: 22,
  }
  for (const [name, size] of Object.entries(sizes)) assert.equal(matching(`[[:${name}:]]`, all).length, size, name)
})

test('what POSIX leaves undefined, and what is broken, is refused with its place', () => {
  for (const [expression, problem, place] of [
    ['', 'an empty expression', 1],
    ['a||b', 'an empty expression', 3],
    ['a()', 'an empty expression', 3],
    ['(a', 'a ( that is not closed', 1],
    ['a)', 'a ) that closes nothing', 2],
    ['*a', '* repeats nothing', 1],
    ['(?:a)', '? repeats nothing', 2],
    ['(?=a)', '? repeats nothing', 2],
    ['a+?', '? repeats a repetition', 3],
    ['a{1}{2}', '{ repeats a repetition', 5],
    ['^*', '* repeats an anchor', 2],
    ['\\d', '\\d has no meaning in POSIX', 1],
    ['a\\1', '\\1 has no meaning in POSIX', 2],
    ['a\\', 'a backslash with nothing after it', 2],
    ['a{', '{ begins no {m}, {m,} or {m,n}; \\{ is the character itself', 2],
    ['a{,3}', '{ begins no {m}, {m,} or {m,n}; \\{ is the character itself', 2],
    ['a{2,1}', '{m,n} with m above n', 2],
    ['a{256}', 'more than 255 repetitions', 2],
    ['[a', 'a [ that is not closed', 1],
    ['[a-', 'a [ that is not closed', 4],
    ['[]', 'a [ that is not closed', 1],
    ['[b-a]', 'b-a is a range backwards', 2],
    ['[a-c-e]', 'a - that is neither first, last nor between two characters', 5],
    ['[[:foo:]]', 'no such class', 2],
    ['[[:alpha:]-z]', 'a class as the beginning of a range', 2],
    ['[a-[:alpha:]]', 'a class as the end of a range', 4],
    ['[[.hyphen.]]', '[. holds no single character', 2],
  ] as const)
    assert.throws(() => readExpression(expression), new ExpressionError(problem, place - 1), expression)
  assert.throws(() => readExpression(`${'('.repeat(300)}a${')'.repeat(300)}`), ExpressionError)
})

test('any text is an expression or refused as none', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[ab()[\]{},0-9*+?|^$.\\:=-]{0,20}$/))
  fc.assert(
    fc.property(text, (expression) => {
      try {
        readExpression(expression)
      } catch (error) {
        assert.ok(error instanceof ExpressionError, String(error))
      }
    }),
  )
})

const atom = fc.constantFrom(
  'a',
  'b',
  'c',
  '.',
  '[ab]',
  '[^a]',
  '[a-c]',
  '[[:alpha:]]',
  '[]b-]',
  '\\.',
  '\\*',
  '-',
  '/',
)
const { expression: EXPRESSION } = fc.letrec<{ expression: string; part: string }>((tie) => ({
  part: fc
    .tuple(
      fc.oneof(
        { weight: 3, arbitrary: atom },
        { weight: 1, arbitrary: tie('expression').map((inner) => `(${inner})`) },
      ),
      fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,2}', '{0,}'),
    )
    .map((pair) => pair.join('')),
  expression: fc
    .array(
      fc.array(tie('part'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
      { minLength: 1, maxLength: 2 },
    )
    .map((alternatives) => alternatives.join('|')),
}))

test('grep -E finds the same lines', (context) => {
  if (!requirePeers(context, 'grep')) return
  const line = fc.stringMatching(/^[abc.*\]/-]{1,6}$/)
  fc.assert(
    fc.property(
      EXPRESSION,
      fc.constantFrom('', '^', '^()$'),
      fc.array(line, { minLength: 5, maxLength: 20 }),
      (inner, frame, lines) => {
        const expression = frame === '^()$' ? `^(${inner})$` : `${frame}${frame === '' ? inner : `(${inner})`}`
        const input = lines.map((each) => `${each}\n`).join('')
        const env = { ...process.env, LC_ALL: 'C' }
        // By way of a line that always matches, for grep ends with 1 when none does.
        const found = execFileSync('grep', ['-E', '-e', expression, '-e', '^END$'], { input: `${input}END\n`, env })
        assert.deepEqual(matching(expression, lines), found.toString().split('\n').slice(0, -2), expression)
      },
    ),
    { numRuns: 60 },
  )
})
