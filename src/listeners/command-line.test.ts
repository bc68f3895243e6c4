import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { LIMITS } from '../core/index.ts'
import { joinArguments } from './command-line.ts'

test('leaves plain arguments as they are', () => {
  assert.equal(
    joinArguments(['nginx', '-c', '/etc/nginx/a.conf', '--user=www', 'a@b:80,c+d%', '~x']),
    'nginx -c /etc/nginx/a.conf --user=www a@b:80,c+d% ~x',
  )
})

test('quotes what a shell would split or change', () => {
  assert.equal(joinArguments(['a b', '', '$HOME', '*', 'x\ny']), `'a b' '' '$HOME' '*' 'x\ny'`)
  assert.equal(joinArguments(["it's"]), String.raw`'it'\''s'`)
})

test('has nothing to say of no arguments', () => assert.equal(joinArguments([]), ''))

test('cuts at the limit, and shows that it did', () => {
  assert.equal(joinArguments(['x'.repeat(LIMITS.commandChars)]).length, LIMITS.commandChars)
  const cut = joinArguments(['x'.repeat(LIMITS.commandChars + 1)])
  assert.equal(cut, `${'x'.repeat(LIMITS.commandChars)}…`)
})

test('a shell reads back the arguments that were joined', { skip: process.platform === 'win32' }, () => {
  const argument = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(fc.array(argument, { maxLength: 6 }), (args) => {
      const script = `for each in "$@"; do printf '%s\\0' "$each"; done`
      const text = execFileSync('/bin/sh', ['-c', `set -- ${joinArguments(args.map((each) => `x${each}`))}; ${script}`])
      assert.deepEqual(
        text.toString().split('\0').slice(0, -1),
        args.map((each) => `x${each}`),
      )
    }),
    { numRuns: 25 },
  )
})
