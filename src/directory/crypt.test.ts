import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { requirePeers } from '../../test/support/peers.ts'
import { textOf } from '../core/index.ts'
import { cryptInSlices, cryptPassword, cryptWithSalt, isCryptValue } from './crypt.ts'

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const saltOf = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...ALPHABET.split('')), minLength, maxLength })
/** Passwords as bytes: without NUL, which no command line can carry. */
const password = fc
  .uint8Array({ min: 1, max: 255, maxLength: 140 })
  .map((bytes) => ({ bytes, text: textOf(bytes), hex: Buffer.from(bytes).toString('hex') }))

/** The system's crypt(3), asked in one run of perl for many passwords and salts. */
function askPerl(cases: readonly { readonly hex: string; readonly salt: string }[]): readonly string[] {
  const script = 'while (<STDIN>) { chomp; my ($p, $s) = split / /; print crypt(pack("H*", $p), $s), "\\n" }'
  const input = cases.map(({ hex, salt }) => `${hex} ${salt}\n`).join('')
  return execFileSync('perl', ['-e', script], { input, encoding: 'latin1' }).trimEnd().split('\n')
}

function compareWithPerl(salts: fc.Arbitrary<string>, count: number): void {
  const samples = fc.sample(fc.tuple(password, salts), count)
  const theirs = askPerl(samples.map(([{ hex }, salt]) => ({ hex, salt })))
  for (const [index, [{ text, hex }, salt]] of samples.entries()) {
    assert.equal(cryptWithSalt(text, salt), theirs[index], `password ${hex}, salt ${salt}`)
  }
}

describe('crypt(3) of the system', () => {
  test('gives the same as ours in the classic form', (context) => {
    if (requirePeers(context, 'perl')) compareWithPerl(saltOf(2, 2), 300)
  })

  test('gives the same as ours for $1$', (context) => {
    if (requirePeers(context, 'perl')) {
      compareWithPerl(
        saltOf(0, 8).map((salt) => `$1$${salt}`),
        200,
      )
    }
  })

  test('gives the same as ours for $5$ and $6$, with and without rounds', (context) => {
    if (!requirePeers(context, 'perl')) return
    const rounds = fc.option(fc.integer({ min: 1000, max: 3000 }), { nil: null })
    const setting = fc
      .tuple(fc.constantFrom('$5$', '$6$'), rounds, saltOf(1, 16))
      .map(([prefix, count, salt]) => `${prefix}${count === null ? '' : `rounds=${count}$`}${salt}`)
    compareWithPerl(setting, 60)
  })
})

describe('cryptWithSalt', () => {
  test('gives the vectors that Ulrich Drepper published with the specification of the SHA forms', () => {
    const vectors = [
      ['$5$saltstring', 'Hello world!', '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'],
      [
        '$5$rounds=10000$saltstringsaltstring',
        'Hello world!',
        '$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA',
      ],
      [
        '$5$rounds=10$roundstoolow',
        'the minimum number is still observed',
        '$5$rounds=1000$roundstoolow$yfvwcWrQ8l/K0DAWyuPMDNHpIVlTQebY9l/gL972bIC',
      ],
      [
        '$6$saltstring',
        'Hello world!',
        '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
      ],
    ] as const
    for (const [salt, text, value] of vectors) assert.equal(cryptWithSalt(text, salt), value)
  })

  test('takes the salt from a whole stored value', () => {
    for (const salt of ['ab', '$1$abcdefgh', '$5$abcdefgh', '$6$rounds=1000$abc']) {
      const value = cryptWithSalt('secret', salt)
      assert.equal(cryptWithSalt('secret', value), value)
      assert.ok(isCryptValue(value))
    }
  })

  test('counts eight bytes in the classic form, and the lower seven bits of each', () => {
    assert.equal(cryptWithSalt('12345678', 'ab'), cryptWithSalt('123456789', 'ab'))
    assert.notEqual(cryptWithSalt('1234567', 'ab'), cryptWithSalt('12345678', 'ab'))
    assert.equal(cryptWithSalt(textOf(Buffer.of(0x80 + 0x61)), 'ab'), cryptWithSalt('a', 'ab'))
  })

  test('ends a password at its first NUL, as C does', () => {
    for (const salt of ['ab', '$1$ab', '$5$ab']) assert.equal(cryptWithSalt('a\0b', salt), cryptWithSalt('a', salt))
  })

  test('refuses a salt of no known form, too many rounds and an overlong password', () => {
    for (const salt of [
      '',
      'a',
      'a!',
      '*0',
      '$2b$10$abcdefghijklmnopqrstuu',
      '$5$rounds=1000001$a',
      '$1$a b',
      '$6$ä',
    ]) {
      assert.throws(() => cryptWithSalt('secret', salt), RangeError, salt)
    }
    assert.throws(() => cryptWithSalt('x'.repeat(512), '$6$ab'), RangeError)
    assert.equal(cryptWithSalt('x'.repeat(512), 'ab').length, 13)
  })

  test('hands out its work in slices where the rounds are many', () => {
    const steps = cryptInSlices('secret', '$5$rounds=4500$ab')
    let slices = 0
    while (steps.next().done !== true) slices += 1
    assert.equal(slices, 4)
  })
})

describe('cryptPassword', () => {
  test('makes a classic value with a salt of its own', () => {
    const values = new Set(Array.from({ length: 20 }, () => cryptPassword('secret')))
    assert.ok(values.size > 1)
    for (const value of values) assert.equal(cryptWithSalt('secret', value), value)
  })
})

describe('isCryptValue', () => {
  test('knows the four forms and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        const isClassic = text.length === 13 && text.split('').every((unit) => ALPHABET.includes(unit))
        assert.equal(isCryptValue(text), isClassic)
      }),
    )
    const value = cryptWithSalt('secret', '$6$ab')
    for (const text of [
      '',
      '*',
      '!',
      'abcdefghijklm!',
      value.slice(1),
      value.slice(0, -1),
      `${value}a`,
      `${value}\n`,
    ]) {
      assert.equal(isCryptValue(text), false, text)
    }
  })
})
