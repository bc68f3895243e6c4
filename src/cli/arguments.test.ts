import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PortolanError } from '../core/index.ts'
import { readArguments, wholeNumber } from './arguments.ts'
import type { OptionSpec } from './command.ts'

const OPTIONS: readonly OptionSpec[] = [
  { name: 'all', short: 'a', help: '' },
  { name: 'count', short: 'n', argument: 'COUNT', help: '' },
  { name: 'sort', argument: 'KEY', choices: ['port', 'pid'], help: '' },
  { name: 'port', short: 'p', argument: 'PORT', isRepeatable: true, help: '' },
]

function refused(words: readonly string[], message: RegExp): void {
  assert.throws(
    () => readArguments(words, OPTIONS, 'demo'),
    (error) => {
      assert.ok(error instanceof PortolanError)
      assert.equal(error.code, 'ERR_PORTOLAN_USAGE')
      assert.equal(error.exit, 2)
      assert.match(error.message, message)
      assert.match(error.hint ?? '', /portolan demo --help/)
      return true
    },
  )
}

test('reads switches, values and words in any order', () => {
  const args = readArguments(['973', '-a', '--count', '3', 'ssh', '--sort=pid'], OPTIONS, 'demo')
  assert.deepEqual(args.positionals, ['973', 'ssh'])
  assert.ok(args.has('all') && !args.has('port'))
  assert.equal(args.value('count'), '3')
  assert.equal(args.value('sort'), 'pid')
  assert.equal(args.value('port'), undefined)
  assert.deepEqual(args.values('port'), [])
})

test('short options may stand together, with the value of the last', () => {
  const args = readArguments(['-an', '3'], OPTIONS, 'demo')
  assert.ok(args.has('all'))
  assert.equal(args.value('count'), '3')
  assert.equal(readArguments(['-n3'], OPTIONS, 'demo').value('count'), '3')
})

test('the last value counts where one is asked for, all where all are', () => {
  const args = readArguments(['-p', '80', '--port', '443'], OPTIONS, 'demo')
  assert.equal(args.value('port'), '443')
  assert.deepEqual(args.values('port'), ['80', '443'])
})

test('every command knows --help and --color', () => {
  const args = readArguments(['-h', '--color', 'never'], [], 'demo')
  assert.ok(args.has('help'))
  assert.equal(args.value('color'), 'never')
})

test('what follows -- is a word, whatever it looks like', () => {
  assert.deepEqual(readArguments(['--', '-1', '--all'], OPTIONS, 'demo').positionals, ['-1', '--all'])
})

test('a lone dash is a word: standard input', () => {
  assert.deepEqual(readArguments(['-'], OPTIONS, 'demo').positionals, ['-'])
})

test('refuses an option that the command has not, and says where they are listed', () => {
  refused(['--nonsense'], /--nonsense/)
  refused(['-x'], /-x/)
  refused(['-1'], /-1/)
})

test('refuses a value that is missing, superfluous or none of the choices', () => {
  refused(['--count'], /--count/)
  refused(['--all=yes'], /--all/)
  refused(['--sort', 'colour'], /--sort takes port, pid, not 'colour'/)
  refused(['--sort', 'pid', '--sort', ''], /--sort takes/)
})

test("Node's advice about '--' is left out of a message", () => {
  for (const words of [['--nonsense'], ['-1'], ['973', '-x']]) {
    assert.throws(
      () => readArguments(words, OPTIONS, 'demo'),
      (error) => error instanceof Error && !/To specify|use '-- /.test(error.message),
      words.join(' '),
    )
  }
})

test('any words are read or refused, and nothing else happens', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('-', '--', '-a', '--all', '-n', '--sort', '__proto__', '--__proto__'),
  )
  fc.assert(
    fc.property(fc.array(word), (words) => {
      try {
        readArguments(words, OPTIONS, 'demo')
      } catch (error) {
        assert.ok(error instanceof PortolanError, String(error))
      }
    }),
  )
})

test('a whole number is read between its bounds', () => {
  assert.equal(wholeNumber('1', '--count', 1, 10), 1)
  assert.equal(wholeNumber('10', '--count', 1, 10), 10)
  assert.equal(wholeNumber('007', '--count', 1, 10), 7)
})

test('what is no whole number between the bounds is refused, with the bounds', () => {
  for (const text of ['0', '11', '-1', '+1', '1.5', '1e1', '0x1', ' 1', '', 'ten', '١', '9'.repeat(400)]) {
    assert.throws(
      () => wholeNumber(text, '--count', 1, 10),
      { code: 'ERR_PORTOLAN_USAGE', message: /from 1 to 10/ },
      text,
    )
  }
})
