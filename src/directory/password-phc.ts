/**
 * Slow hashes of passwords as strings of the PHC form (github.com/P-H-C/phc-string-format): `$argon2id$v=19$m=…,t=…,p=…$salt$hash`
 * and `$scrypt$ln=…,r=…,p=…$salt$hash`, salt and hash in base64 without padding.
 *
 * The work runs on the threads of Node's pool, never on the event loop.
 */
import crypto from 'node:crypto'

/** How a hash is to be made: the memory it takes is what makes guessing dear. */
export type PhcParameters =
  | { readonly kind: 'argon2id'; readonly memoryKib: number; readonly passes: number; readonly lanes: number }
  | { readonly kind: 'scrypt'; readonly costLog2: number; readonly blockSize: number; readonly parallel: number }

export interface PhcHash {
  readonly parameters: PhcParameters
  readonly salt: Buffer
  readonly hash: Buffer
}

/**
 * OWASP's Password Storage Cheat Sheet: argon2id with 19 MiB and two passes, the smallest memory that it recommends, since a
 * directory may check many passwords at once.
 */
export const ARGON2_PARAMETERS: PhcParameters = { kind: 'argon2id', memoryKib: 19_456, passes: 2, lanes: 1 }
/** OWASP's setting of equal strength for a Node without argon2 (before 24.7): 32 MiB, three in a row. */
export const SCRYPT_PARAMETERS: PhcParameters = { kind: 'scrypt', costLog2: 15, blockSize: 8, parallel: 3 }

/** RFC 9106 §3.1 recommends 16 bytes of salt, and 256 bits of hash are enough for any use. */
export const SALT_BYTES = 16
export const HASH_BYTES = 32

/** What a stored string may ask for. It is written by an administrator or copied from elsewhere, and must not stop the server. */
const BOUNDS = {
  /** 128 MiB: twice RFC 9106's setting for small memory, and scrypt's strongest one at OWASP. Four run at once. */
  memoryBytes: 128 * 1024 * 1024,
  /** Passes or lanes; with the memory above, some seconds of one processor at most. */
  repetitions: 16,
  saltBytesMin: 8,
  /** Of salt and of hash. */
  bytesMax: 64,
  hashBytesMin: 16,
} as const

const KIB = 1024
/** Blocks of 128 bytes (RFC 7914 §2). */
const SCRYPT_UNIT_BYTES = 128
const ARGON2_KIB_PER_LANE_MIN = 8
const NUMBER = '(0|[1-9][0-9]{0,9})'
const PATTERN = new RegExp(
  `^\\$(?:argon2id\\$v=19\\$m=${NUMBER},t=${NUMBER},p=${NUMBER}|scrypt\\$ln=${NUMBER},r=${NUMBER},p=${NUMBER})` +
    '\\$([A-Za-z0-9+/]{1,86})\\$([A-Za-z0-9+/]{1,86})$',
)

/** Whether this Node can make argon2id. */
export function hasArgon2(): boolean {
  return typeof crypto.argon2 === 'function'
}

/** Reads a stored string; null for any other form, and for one that asks for more than the bounds allow. */
export function readPhc(stored: string): PhcHash | null {
  const match = PATTERN.exec(stored)
  if (match === null) return null
  const parameters = readParameters(match)
  const salt = readBase64(match[7] ?? '', BOUNDS.saltBytesMin)
  const hash = readBase64(match[8] ?? '', BOUNDS.hashBytesMin)
  return parameters === null || salt === null || hash === null ? null : { parameters, salt, hash }
}

export function writePhc({ parameters, salt, hash }: PhcHash): string {
  return `${writeParameters(parameters)}$${writeBase64(salt)}$${writeBase64(hash)}`
}

/** Makes the hash. @throws Error where this Node has no argon2 and the parameters ask for it */
export function derive(
  password: Uint8Array,
  salt: Uint8Array,
  parameters: PhcParameters,
  lengthBytes: number,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null, hash: Buffer): void => (error === null ? resolve(hash) : reject(error))
    if (parameters.kind === 'argon2id') {
      const { memoryKib: memory, passes, lanes: parallelism } = parameters
      crypto.argon2(
        'argon2id',
        { message: password, nonce: salt, memory, passes, parallelism, tagLength: lengthBytes },
        settle,
      )
      return
    }
    const { costLog2, blockSize, parallel } = parameters
    // Node counts a little more than the formula; twice it is no bound that matters here.
    const maxmem = 2 * scryptBytes(costLog2, blockSize) + SCRYPT_UNIT_BYTES * blockSize * parallel
    crypto.scrypt(password, salt, lengthBytes, { N: 2 ** costLog2, r: blockSize, p: parallel, maxmem }, settle)
  })
}

function readParameters(match: RegExpExecArray): PhcParameters | null {
  const [memoryKib, passes, lanes] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (match[1] !== undefined) {
    const isBounded =
      memoryKib * KIB <= BOUNDS.memoryBytes &&
      memoryKib >= ARGON2_KIB_PER_LANE_MIN * lanes &&
      isRepetition(passes) &&
      isRepetition(lanes)
    return isBounded ? { kind: 'argon2id', memoryKib, passes, lanes } : null
  }
  const [costLog2, blockSize, parallel] = [Number(match[4]), Number(match[5]), Number(match[6])]
  const isBounded =
    costLog2 >= 1 &&
    blockSize >= 1 &&
    scryptBytes(costLog2, blockSize) <= BOUNDS.memoryBytes &&
    // N must be below 2^(128 r / 8) (RFC 7914 §2).
    costLog2 < (SCRYPT_UNIT_BYTES * blockSize) / 8 &&
    isRepetition(parallel)
  return isBounded ? { kind: 'scrypt', costLog2, blockSize, parallel } : null
}

function isRepetition(count: number): boolean {
  return count >= 1 && count <= BOUNDS.repetitions
}

function scryptBytes(costLog2: number, blockSize: number): number {
  return SCRYPT_UNIT_BYTES * 2 ** costLog2 * blockSize
}

function writeParameters(parameters: PhcParameters): string {
  return parameters.kind === 'argon2id'
    ? `$argon2id$v=19$m=${parameters.memoryKib},t=${parameters.passes},p=${parameters.lanes}`
    : `$scrypt$ln=${parameters.costLog2},r=${parameters.blockSize},p=${parameters.parallel}`
}

/** Null for a length that is out of bounds, or bits that no encoder writes. */
function readBase64(text: string, bytesMin: number): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  const isGood = bytes.length >= bytesMin && bytes.length <= BOUNDS.bytesMax && writeBase64(bytes) === text
  return isGood ? bytes : null
}

function writeBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
