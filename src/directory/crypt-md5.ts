/** The form `$1$` of crypt(3), which FreeBSD brought in 1994: a thousand rounds of MD5 (crypt(5), "md5crypt"). */
import { createHash } from 'node:crypto'
import { writeLowFirst } from './crypt-alphabet.ts'

const PREFIX = '$1$'
const SALT_CHARACTERS = 8
const DIGEST_BYTES = 16
const ROUNDS = 1000
/** Three bytes of the digest make four characters; the eleventh byte is written alone, in two. */
const GROUPS = [
  [0, 6, 12],
  [1, 7, 13],
  [2, 8, 14],
  [3, 9, 15],
  [4, 10, 5],
] as const
const LAST_BYTE = 11

/** Hashes a password as crypt(3) does with a setting `$1$SALT`; of the salt the first eight bytes count. */
export function cryptMd5(password: Uint8Array, setting: string): string {
  const salt = (setting.slice(PREFIX.length).split('$', 1)[0] ?? '').slice(0, SALT_CHARACTERS)
  const digest = stretch(password, Buffer.from(salt, 'latin1'), firstDigest(password, salt))
  const characters = GROUPS.map(([high, middle, low]) =>
    writeLowFirst(((digest[high] ?? 0) << 16) | ((digest[middle] ?? 0) << 8) | (digest[low] ?? 0), 4),
  )
  return `${PREFIX}${salt}$${characters.join('')}${writeLowFirst(digest[LAST_BYTE] ?? 0, 2)}`
}

function firstDigest(password: Uint8Array, salt: string): Buffer {
  const inner = createHash('md5').update(password).update(salt, 'latin1').update(password).digest()
  const outer = createHash('md5').update(password).update(PREFIX).update(salt, 'latin1')
  for (let left = password.length; left > 0; left -= DIGEST_BYTES) {
    outer.update(inner.subarray(0, Math.min(left, DIGEST_BYTES)))
  }
  // One byte for each bit of the length: nought for a set bit, the password's first byte for the others.
  for (let length = password.length; length > 0; length >>= 1) {
    outer.update((length & 1) === 1 ? Buffer.of(0) : password.subarray(0, 1))
  }
  return outer.digest()
}

function stretch(password: Uint8Array, salt: Uint8Array, first: Buffer): Buffer {
  let digest = first
  for (let round = 0; round < ROUNDS; round += 1) {
    const isOdd = (round & 1) === 1
    const hash = createHash('md5').update(isOdd ? password : digest)
    if (round % 3 !== 0) hash.update(salt)
    if (round % 7 !== 0) hash.update(password)
    digest = hash.update(isOdd ? digest : password).digest()
  }
  return digest
}
