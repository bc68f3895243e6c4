/**
 * The forms `$5$` and `$6$` of crypt(3): SHA-256 and SHA-512 in rounds, as Ulrich Drepper's "Unix crypt using SHA-256 and
 * SHA-512" (version 0.6, 2016) specifies them; its numbers of steps stand in the comments.
 *
 * The rounds are many where an administrator said so. They are handed out in slices, so that a server can do other work
 * between them.
 */
import { createHash } from 'node:crypto'
import { writeLowFirst } from './crypt-alphabet.ts'

const SALT_BYTES = 16
const ROUNDS_DEFAULT = 5000
const ROUNDS_MIN = 1000
/** The specification allows 999,999,999, half an hour of work. Settings in use have at most 656,000 (passlib's default). */
export const SHA_ROUNDS_MAX = 1_000_000
/** About 2 ms of work. */
const SLICE_ROUNDS = 1000

interface Variant {
  readonly hash: 'sha256' | 'sha512'
  readonly prefix: '$5$' | '$6$'
  readonly bytes: number
  readonly write: (digest: Uint8Array) => string
}

const VARIANTS: Readonly<Record<string, Variant>> = {
  $5$: { hash: 'sha256', prefix: '$5$', bytes: 32, write: writeSha256 },
  $6$: { hash: 'sha512', prefix: '$6$', bytes: 64, write: writeSha512 },
}

export interface ShaSetting {
  readonly variant: Variant
  /** What stands between the prefix and the salt, as it is to be written again: `rounds=5000$` or nothing. */
  readonly roundsText: string
  readonly rounds: number
  readonly salt: string
}

/**
 * Reads `$5$[rounds=N$]SALT` and `$6$…`; a number of rounds below 1,000 becomes 1,000, as the specification says.
 * @returns null for any other text, and where the rounds are more than `SHA_ROUNDS_MAX`
 */
export function readShaSetting(setting: string): ShaSetting | null {
  const match = /^(\$[56]\$)(?:rounds=([0-9]{1,9})\$)?([^$]*)/.exec(setting)
  const variant = VARIANTS[match?.[1] ?? '']
  if (match === null || variant === undefined) return null
  const salt = (match[3] ?? '').slice(0, SALT_BYTES)
  if (match[2] === undefined) return { variant, roundsText: '', rounds: ROUNDS_DEFAULT, salt }
  const rounds = Math.max(ROUNDS_MIN, Number(match[2]))
  return rounds > SHA_ROUNDS_MAX ? null : { variant, roundsText: `rounds=${rounds}$`, rounds, salt }
}

/** Hashes a password; yields after each slice of rounds, and returns what crypt(3) would. */
export function* cryptSha(password: Uint8Array, setting: ShaSetting): Generator<void, string, undefined> {
  const { variant, rounds, roundsText } = setting
  const salt = Buffer.from(setting.salt, 'latin1')
  const first = firstDigest(password, salt, variant)
  const passwordSequence = sequenceOf(password, password.length, variant)
  const saltSequence = sequenceOf(salt, 16 + (first[0] ?? 0), variant).subarray(0, salt.length)
  let digest = first
  // Step 21.
  for (let round = 0; round < rounds; round += 1) {
    if (round > 0 && round % SLICE_ROUNDS === 0) yield
    const isOdd = (round & 1) === 1
    const hash = createHash(variant.hash).update(isOdd ? passwordSequence : digest)
    if (round % 3 !== 0) hash.update(saltSequence)
    if (round % 7 !== 0) hash.update(passwordSequence)
    digest = hash.update(isOdd ? digest : passwordSequence).digest()
  }
  return `${variant.prefix}${roundsText}${setting.salt}$${variant.write(digest)}`
}

/** Steps 1 to 12: digest A. */
function firstDigest(password: Uint8Array, salt: Uint8Array, variant: Variant): Buffer {
  const inner = createHash(variant.hash).update(password).update(salt).update(password).digest()
  const outer = createHash(variant.hash).update(password).update(salt)
  for (let left = password.length; left > 0; left -= variant.bytes) {
    outer.update(inner.subarray(0, Math.min(left, variant.bytes)))
  }
  for (let length = password.length; length > 0; length >>= 1) outer.update((length & 1) === 1 ? inner : password)
  return outer.digest()
}

/** Steps 13 to 16, and 17 to 20: a digest of repetitions, itself repeated to the length of what it is of. */
function sequenceOf(bytes: Uint8Array, repetitions: number, variant: Variant): Buffer {
  const hash = createHash(variant.hash)
  for (let index = 0; index < repetitions; index += 1) hash.update(bytes)
  const digest = hash.digest()
  return Buffer.alloc(bytes.length, digest)
}

function groupOf(digest: Uint8Array, high: number, middle: number, low: number): number {
  return ((digest[high] ?? 0) << 16) | ((digest[middle] ?? 0) << 8) | (digest[low] ?? 0)
}

/** Step 22: three bytes make four characters, in an order that steps through the digest's thirds. */
function writeSha256(digest: Uint8Array): string {
  let text = ''
  let [high, middle, low] = [0, 10, 20]
  for (let group = 0; group < 10; group += 1) {
    text += writeLowFirst(groupOf(digest, high, middle, low), 4)
    ;[high, middle, low] = [low + 1, high + 1, middle + 1]
  }
  return text + writeLowFirst(((digest[31] ?? 0) << 8) | (digest[30] ?? 0), 3)
}

function writeSha512(digest: Uint8Array): string {
  let text = ''
  let [high, middle, low] = [0, 21, 42]
  for (let group = 0; group < 21; group += 1) {
    text += writeLowFirst(groupOf(digest, high, middle, low), 4)
    ;[high, middle, low] = [middle + 1, low + 1, high + 1]
  }
  return text + writeLowFirst(digest[63] ?? 0, 2)
}
