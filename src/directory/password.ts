/**
 * Passwords: how new ones are stored, and whether one fits what is stored.
 *
 * New ones are argon2id. What crypt(3) made is still checked, so that a domain can be brought over from an old system, and
 * each password be stored anew when its user next shows it.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { bytesOf } from '../core/index.ts'
import { cryptInSlices, isCryptValue } from './crypt.ts'
import {
  ARGON2_PARAMETERS,
  HASH_BYTES,
  SALT_BYTES,
  SCRYPT_PARAMETERS,
  derive,
  hasArgon2,
  readPhc,
  writePhc,
} from './password-phc.ts'

export { cryptPassword, cryptWithSalt, isCryptValue } from './crypt.ts'

/** Hashes a password for storing: argon2id, or scrypt on a Node without it; a string of the PHC form. Takes about 50 ms. */
export async function hashPassword(password: string): Promise<string> {
  const parameters = hasArgon2() ? ARGON2_PARAMETERS : SCRYPT_PARAMETERS
  const salt = randomBytes(SALT_BYTES)
  return writePhc({ parameters, salt, hash: await derive(bytesOf(password), salt, parameters, HASH_BYTES) })
}

/**
 * Whether a password fits a stored value: argon2id, scrypt, or one of the forms of crypt(3).
 *
 * Anything else is false: an empty value (what it means is for the caller to decide), `*`, a hash that asks for more memory or
 * rounds than is allowed, argon2id on a Node without it. What is compared takes the same time wherever it differs.
 */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const phc = readPhc(stored)
  if (phc !== null) {
    if (phc.parameters.kind === 'argon2id' && !hasArgon2()) return false
    return timingSafeEqual(await derive(bytesOf(password), phc.salt, phc.parameters, phc.hash.length), phc.hash)
  }
  const value = isCryptValue(stored) ? await cryptPolitely(password, stored) : null
  if (value === null || value.length !== stored.length) return false
  return timingSafeEqual(Buffer.from(value, 'latin1'), Buffer.from(stored, 'latin1'))
}

/** Whether a stored value is argon2id or scrypt within the allowed bounds: what needs no upgrade. */
export function isModernHash(stored: string): boolean {
  return readPhc(stored) !== null
}

/** crypt(3) in slices, between which others may go on; null where it refuses. */
async function cryptPolitely(password: string, stored: string): Promise<string | null> {
  try {
    const steps = cryptInSlices(password, stored)
    for (;;) {
      const step = steps.next()
      if (step.done === true) return step.value
      await yieldToOthers()
    }
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
