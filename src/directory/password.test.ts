import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { textOf } from '../core/index.ts'
import { cryptWithSalt } from './crypt.ts'
import { SCRYPT_PARAMETERS, derive, hasArgon2, readPhc, writePhc } from './password-phc.ts'
import { hashPassword, isModernHash, verifyPassword } from './password.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64').replaceAll('=', '')
const SALT = base64('somesalt')
const HASH = base64('x'.repeat(32))

describe('hashPassword', () => {
  test('makes a hash that fits its password and no other', async () => {
    const stored = await hashPassword('grün')
    assert.match(stored, hasArgon2() ? /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/ : /^\$scrypt\$ln=15,r=8,p=3\$/)
    assert.ok(isModernHash(stored))
    assert.equal(await verifyPassword('grün', stored), true)
    for (const other of ['grun', 'grün ', '', 'GRÜN']) assert.equal(await verifyPassword(other, stored), false)
  })

  test('salts each hash anew', async () => {
    assert.notEqual(await hashPassword('same'), await hashPassword('same'))
  })

  test('keeps bytes apart that are no UTF-8', async () => {
    const stored = await hashPassword(textOf(Buffer.of(0xff)))
    assert.equal(await verifyPassword(textOf(Buffer.of(0xff)), stored), true)
    assert.equal(await verifyPassword(textOf(Buffer.of(0xfe)), stored), false)
  })
})

describe('verifyPassword', () => {
  test('knows argon2id as the reference implementation tests it', async (context) => {
    if (!hasArgon2()) return context.skip('needs a Node with argon2')
    // phc-winner-argon2, src/test.c.
    const stored = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
    assert.equal(await verifyPassword('password', stored), true)
    assert.equal(await verifyPassword('differentpassword', stored), false)
  })

  test('knows scrypt as RFC 7914 §12 and passlib write it', async () => {
    const tag =
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
      'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887'
    const hash = Buffer.from(tag, 'hex').toString('base64').replaceAll('=', '')
    assert.equal(
      await verifyPassword('pleaseletmein', `$scrypt$ln=14,r=8,p=1$${base64('SodiumChloride')}$${hash}`),
      true,
    )
    const stored = '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E'
    assert.equal(await verifyPassword('password', stored), true)
    assert.equal(await verifyPassword('Password', stored), false)
  })

  test('fits what it makes with the setting for a Node without argon2', async () => {
    const salt = Buffer.from('0123456789abcdef')
    const hash = await derive(Buffer.from('secret'), salt, SCRYPT_PARAMETERS, 32)
    const stored = writePhc({ parameters: SCRYPT_PARAMETERS, salt, hash })
    assert.equal(await verifyPassword('secret', stored), true)
    assert.equal(await verifyPassword('secreT', stored), false)
  })

  test('knows the four forms of crypt(3)', async () => {
    for (const salt of ['ab', '$1$abcdefgh', '$5$abcdefgh', '$6$rounds=2500$abcdefgh']) {
      const stored = cryptWithSalt('secret', salt)
      assert.equal(await verifyPassword('secret', stored), true)
      assert.equal(await verifyPassword('Secret', stored), false)
      assert.equal(isModernHash(stored), false)
    }
  })

  test('lets other work go on between the slices of many rounds', async () => {
    const stored = cryptWithSalt('secret', '$5$rounds=20000$ab')
    let turns = 0
    const count = (): void => {
      turns += 1
      pending = setImmediate(count)
    }
    let pending = setImmediate(count)
    assert.equal(await verifyPassword('secret', stored), true)
    clearImmediate(pending)
    assert.ok(turns >= 10, `${turns} turns`)
  })

  test('says no to an empty value, to marks of no login and to all that is not a hash', async () => {
    for (const stored of ['', '*', '!', 'x', '*LK*', '$2b$10$abc', `${cryptWithSalt('secret', 'ab')} `]) {
      assert.equal(await verifyPassword('secret', stored), false)
      assert.equal(await verifyPassword('', stored), false)
      assert.equal(await verifyPassword(stored, stored), false)
    }
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (stored) => {
        assert.equal(await verifyPassword('secret', stored), false)
      }),
    )
  })

  test('does no work for a hash that asks for more than is allowed', async () => {
    const bold = [
      `$argon2id$v=19$m=131073,t=1,p=1$${SALT}$${HASH}`,
      `$argon2id$v=19$m=4294967295,t=1,p=1$${SALT}$${HASH}`,
      `$argon2id$v=19$m=19456,t=17,p=1$${SALT}$${HASH}`,
      `$argon2id$v=19$m=19456,t=1,p=17$${SALT}$${HASH}`,
      `$argon2id$v=19$m=15,t=1,p=2$${SALT}$${HASH}`,
      `$argon2id$v=19$m=19456,t=0,p=1$${SALT}$${HASH}`,
      `$argon2id$v=16$m=19456,t=2,p=1$${SALT}$${HASH}`,
      `$argon2id$v=19$m=19456,t=2,p=1$${base64('x'.repeat(65))}$${HASH}`,
      `$argon2id$v=19$m=19456,t=2,p=1$c29t$${HASH}`,
      `$argon2id$v=19$m=19456,t=2,p=1$${SALT}$c29t`,
      `$argon2id$v=19$m=19456,t=2,p=1$${SALT}$${HASH}=`,
      `$scrypt$ln=18,r=8,p=1$${SALT}$${HASH}`,
      `$scrypt$ln=31,r=8,p=1$${SALT}$${HASH}`,
      `$scrypt$ln=9999999999,r=8,p=1$${SALT}$${HASH}`,
      `$scrypt$ln=14,r=8,p=17$${SALT}$${HASH}`,
      `$scrypt$ln=0,r=8,p=1$${SALT}$${HASH}`,
      `$scrypt$ln=16,r=1,p=1$${SALT}$${HASH}`,
    ]
    for (const stored of bold) {
      assert.equal(isModernHash(stored), false, stored)
      assert.equal(await verifyPassword('secret', stored), false)
    }
    assert.equal(await verifyPassword('x'.repeat(512), cryptWithSalt('x'.repeat(511), '$5$ab')), false)
    const value = cryptWithSalt('secret', '$5$rounds=1000$ab').replace('=1000$', '=999999999$')
    assert.equal(await verifyPassword('secret', value), false)
  })
})

describe('readPhc', () => {
  test('reads what writePhc writes', () => {
    const plain = { noNullPrototype: true }
    const parameters = fc.oneof(
      fc.record(
        {
          kind: fc.constant('argon2id' as const),
          memoryKib: fc.integer({ min: 128, max: 131_072 }),
          passes: fc.integer({ min: 1, max: 16 }),
          lanes: fc.integer({ min: 1, max: 16 }),
        },
        plain,
      ),
      fc.record(
        {
          kind: fc.constant('scrypt' as const),
          costLog2: fc.integer({ min: 1, max: 15 }),
          blockSize: fc.integer({ min: 1, max: 32 }),
          parallel: fc.integer({ min: 1, max: 16 }),
        },
        plain,
      ),
    )
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 64 }).map((array) => Buffer.from(array))
    fc.assert(
      fc.property(parameters, bytes, bytes, (made, salt, hash) => {
        assert.deepEqual(readPhc(writePhc({ parameters: made, salt, hash })), { parameters: made, salt, hash })
      }),
    )
  })
})
