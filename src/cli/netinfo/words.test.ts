import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { UsageError } from './tool-exit.ts'
import { readWords } from './words.ts'

const RULES = { flags: ['t', 'create'], valued: ['T', 'u'], operandsBeforeEnd: 2 }

test('options stand anywhere before the last operands, with their values in the next word', () => {
  const { flags, values, operands } = readWords(['-create', '-T', '5', '.', '-t', '/x', '-t', '-u'], RULES)
  assert.deepEqual(flags, ['create', 't'])
  assert.deepEqual([...values], [['T', '5']])
  assert.deepEqual(operands, ['.', '/x', '-t', '-u'])
})

test('a value may look like an option, and the last value counts', () => {
  assert.deepEqual([...readWords(['-u', '-t', '-u', 'pia'], RULES).values], [['u', 'pia']])
  assert.deepEqual([...readWords(['-u', '-t'], RULES).values], [['u', '-t']])
})

test('a lone dash is an operand', () => {
  assert.deepEqual(readWords(['-', 'x'], RULES).operands, ['-', 'x'])
})

test('what is no option, and an option without its value, is refused', () => {
  assert.throws(() => readWords(['-tT', '5'], RULES), new UsageError('unknown option -tT'))
  assert.throws(() => readWords(['--create'], RULES), new UsageError('unknown option --create'))
  assert.throws(() => readWords(['-T'], RULES), new UsageError('-T needs a value'))
})

test('any words are read or refused, and none is lost', () => {
  const word = fc.oneof(fc.string(), fc.constantFrom('-t', '-T', '-u', '-create', '-', '.'))
  fc.assert(
    fc.property(fc.array(word), (words) => {
      try {
        const { flags, operands } = readWords(words, RULES)
        assert.ok(flags.length + operands.length <= words.length)
      } catch (error) {
        assert.ok(error instanceof UsageError)
      }
    }),
  )
})
