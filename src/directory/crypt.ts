/**
 * crypt(3), the hashes that old clients send and understand: classic DES, `$1$` (MD5), `$5$` and `$6$` (SHA-2).
 *
 * All of them are weak by today's measure or slow to check; they are here so that old systems can log in and be upgraded.
 */
import { randomInt } from 'node:crypto'
import { bytesOf } from '../core/index.ts'
import { characterOfBits } from './crypt-alphabet.ts'
import { cryptDes } from './crypt-des.ts'
import { cryptMd5 } from './crypt-md5.ts'
import { cryptSha, readShaSetting } from './crypt-sha.ts'

/**
 * The longest password that the forms with `$` take; libxcrypt has the same bound. Their work grows with the square of its
 * length.
 */
export const CRYPT_PASSWORD_BYTES_MAX = 511
const ALPHABET_SIZE = 64

const CRYPT_VALUE =
  /^(?:[./0-9A-Za-z]{13}|\$1\$[!-#%-~]{0,8}\$[./0-9A-Za-z]{22}|\$5\$(?:rounds=[1-9][0-9]{3,8}\$)?[!-#%-~]{0,16}\$[./0-9A-Za-z]{43}|\$6\$(?:rounds=[1-9][0-9]{3,8}\$)?[!-#%-~]{0,16}\$[./0-9A-Za-z]{86})$/

/** Whether a stored value is a result of crypt(3) in one of the four forms: what old clients understand. */
export function isCryptValue(stored: string): boolean {
  return CRYPT_VALUE.test(stored)
}

/** Hashes a password in the classic form with a random salt, as the original passwd did; only its first eight bytes count. */
export function cryptPassword(password: string): string {
  return cryptWithSalt(password, characterOfBits(randomInt(ALPHABET_SIZE)) + characterOfBits(randomInt(ALPHABET_SIZE)))
}

/**
 * Hashes a password as crypt(3) does; the salt may be a whole stored value. The password ends at its first NUL, as in C.
 *
 * The event loop waits meanwhile: `$5$` and `$6$` take about 10 ms for their usual 5,000 rounds.
 * @throws RangeError for a salt of no known form, more than 1,000,000 rounds, or a password that is too long for the form
 */
export function cryptWithSalt(password: string, salt: string): string {
  const steps = cryptInSlices(password, salt)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** As `cryptWithSalt`, yielding every 2 ms or so where the work is long. */
export function* cryptInSlices(password: string, salt: string): Generator<void, string, undefined> {
  const bytes = bytesBeforeNul(password)
  if (!salt.startsWith('$')) {
    const value = cryptDes(bytes, salt)
    if (value === null) throw new RangeError('a classic salt is two characters of ./0-9A-Za-z')
    return value
  }
  if (bytes.length > CRYPT_PASSWORD_BYTES_MAX) {
    throw new RangeError(`the password has more than ${CRYPT_PASSWORD_BYTES_MAX} bytes`)
  }
  // Others would not survive in /etc/passwd, and crypt(3) refuses them.
  if (!/^[!-~]*$/.test(salt)) throw new RangeError('a salt is of printable ASCII')
  if (salt.startsWith('$1$')) return cryptMd5(bytes, salt)
  const setting = readShaSetting(salt)
  if (setting === null) throw new RangeError('a salt of this form is not known, or its rounds are too many')
  return yield* cryptSha(bytes, setting)
}

function bytesBeforeNul(password: string): Buffer {
  const bytes = bytesOf(password)
  const end = bytes.indexOf(0)
  return end === -1 ? bytes : bytes.subarray(0, end)
}
