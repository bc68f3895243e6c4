/**
 * The classic form of crypt(3): 13 characters, of which the first two are the salt.
 *
 * The first eight bytes of the password, seven bits each, are a DES key (FIPS 46-3). A block of zeros is enciphered with it 25
 * times; the salt's twelve bits swap outputs of the expansion E, so that hardware made for DES does not help. The tables
 * below are FIPS 46-3's, and number bits from 1, the leftmost. Bits are kept one to a byte: a call takes about a millisecond,
 * and the code stays as plain as the standard.
 */
import { bitsOfCharacter, characterOfBits } from './crypt-alphabet.ts'

const PASSWORD_BYTES = 8
const BLOCK_BITS = 64
const HALF_BITS = 32
const KEY_HALF_BITS = 28
const SUBKEY_BITS = 48
const ITERATIONS = 25
const SALT_BITS_EACH = 6
/** 64 bits and two zeros after them, in sixes. */
const RESULT_CHARACTERS = 11

const PERMUTED_CHOICE_1 = [
  57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36, 63, 55,
  47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
] as const
const PERMUTED_CHOICE_2 = [
  14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2, 41, 52, 31, 37, 47, 55, 30,
  40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
] as const
const KEY_SHIFTS = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1] as const
const PERMUTATION = [
  16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25,
] as const
const FINAL_PERMUTATION = [
  40, 8, 48, 16, 56, 24, 64, 32, 39, 7, 47, 15, 55, 23, 63, 31, 38, 6, 46, 14, 54, 22, 62, 30, 37, 5, 45, 13, 53, 21,
  61, 29, 36, 4, 44, 12, 52, 20, 60, 28, 35, 3, 43, 11, 51, 19, 59, 27, 34, 2, 42, 10, 50, 18, 58, 26, 33, 1, 41, 9, 49,
  17, 57, 25,
] as const
/** S1 to S8, four rows of sixteen hexadecimal digits each. */
const SUBSTITUTIONS = [
  ['e4d12fb83a6c5907', '0f74e2d1a6cb9538', '41e8d62bfc973a50', 'fc8249175b3ea06d'],
  ['f18e6b34972dc05a', '3d47f28ec01a69b5', '0e7ba4d158c6932f', 'd8a13f42b67c05e9'],
  ['a09e63f51dc7b428', 'd709346a285ecbf1', 'd6498f30b12c5ae7', '1ad069874fe3b52c'],
  ['7de3069a1285bc4f', 'd8b56f03472c1ae9', 'a690cb7df13e5284', '3f06a1d8945bc72e'],
  ['2c417ab6853fd0e9', 'eb2c47d150fa3986', '421bad78f9c5630e', 'b8c71e2d6f09a453'],
  ['c1af92680d34e75b', 'af427c9561de0b38', '9ef528c3704a1db6', '432c95fabe17608d'],
  ['4b2ef08d3c975a61', 'd0b7491ae35c2f86', '14bdc37eaf680592', '6bd814a7950fe23c'],
  ['d2846fb1a93e50c7', '1fd8a374c56b0e92', '7b419ce206adf358', '21e74a8dfc90356b'],
].map((rows) => Uint8Array.from(rows.join(''), (digit) => Number.parseInt(digit, 16)))

/**
 * Enciphers a password (its first eight bytes, of which the highest bit does not count) as crypt(3) does with a salt of two
 * characters of `./0-9A-Za-z`; what follows them is not looked at.
 * @returns 13 characters, or null where the salt is none
 */
export function cryptDes(password: Uint8Array, salt: string): string | null {
  const [low, high] = [bitsOfCharacter(salt.charAt(0)), bitsOfCharacter(salt.charAt(1))]
  if (low === -1 || high === -1) return null
  const expansion = saltedExpansion(low | (high << SALT_BITS_EACH))
  const subkeys = makeSubkeys(keyBits(password))
  let block: Halves = { left: new Uint8Array(HALF_BITS), right: new Uint8Array(HALF_BITS) }
  // The final permutation of one pass and the initial one of the next cancel, and zeros permute to zeros.
  for (let pass = 0; pass < ITERATIONS; pass += 1) block = encipher(block, subkeys, expansion)
  const bits = pick(Uint8Array.of(...block.left, ...block.right), FINAL_PERMUTATION)
  return salt.slice(0, 2) + writeBits(bits)
}

interface Halves {
  readonly left: Uint8Array
  readonly right: Uint8Array
}

function pick(bits: Uint8Array, table: readonly number[]): Uint8Array {
  const picked = new Uint8Array(table.length)
  for (let index = 0; index < table.length; index += 1) picked[index] = bits[(table[index] ?? 1) - 1] ?? 0
  return picked
}

/** Seven bits of each byte; the eighth place, DES's parity, is empty. */
function keyBits(password: Uint8Array): Uint8Array {
  const bits = new Uint8Array(BLOCK_BITS)
  for (let byte = 0; byte < PASSWORD_BYTES; byte += 1) {
    for (let bit = 0; bit < 7; bit += 1) bits[byte * 8 + bit] = ((password[byte] ?? 0) >> (6 - bit)) & 1
  }
  return bits
}

function makeSubkeys(key: Uint8Array): Uint8Array[] {
  const chosen = pick(key, PERMUTED_CHOICE_1)
  let [left, right] = [chosen.subarray(0, KEY_HALF_BITS), chosen.subarray(KEY_HALF_BITS)]
  return KEY_SHIFTS.map((shift) => {
    left = rotate(left, shift)
    right = rotate(right, shift)
    return pick(Uint8Array.of(...left, ...right), PERMUTED_CHOICE_2)
  })
}

function rotate(bits: Uint8Array, by: number): Uint8Array {
  return Uint8Array.of(...bits.subarray(by), ...bits.subarray(0, by))
}

/** E as positions from 0, with its outputs `bit` and `bit + 24` exchanged for each bit that the salt has. */
function saltedExpansion(salt: number): Uint8Array {
  const expansion = Uint8Array.from(
    { length: SUBKEY_BITS },
    (_, index) => (Math.floor(index / 6) * 4 + (index % 6) + HALF_BITS - 1) % HALF_BITS,
  )
  for (let bit = 0; bit < 2 * SALT_BITS_EACH; bit += 1) {
    if (((salt >> bit) & 1) === 0) continue
    const other = bit + SUBKEY_BITS / 2
    const kept = expansion[bit] ?? 0
    expansion[bit] = expansion[other] ?? 0
    expansion[other] = kept
  }
  return expansion
}

/** The sixteen rounds; the halves change places at their end. */
function encipher(block: Halves, subkeys: readonly Uint8Array[], expansion: Uint8Array): Halves {
  let { left, right } = block
  for (const subkey of subkeys) {
    const mixed = mix(right, subkey, expansion)
    for (let bit = 0; bit < HALF_BITS; bit += 1) mixed[bit] = (mixed[bit] ?? 0) ^ (left[bit] ?? 0)
    left = right
    right = mixed
  }
  return { left: right, right: left }
}

/** The cipher function f (FIPS 46-3, "The Cipher Function f"). */
function mix(half: Uint8Array, subkey: Uint8Array, expansion: Uint8Array): Uint8Array {
  const substituted = new Uint8Array(HALF_BITS)
  for (const [box, rows] of SUBSTITUTIONS.entries()) {
    const bit = (place: number): number => {
      const index = box * 6 + place
      return (half[expansion[index] ?? 0] ?? 0) ^ (subkey[index] ?? 0)
    }
    const row = (bit(0) << 1) | bit(5)
    const column = (bit(1) << 3) | (bit(2) << 2) | (bit(3) << 1) | bit(4)
    const value = rows[row * 16 + column] ?? 0
    for (let place = 0; place < 4; place += 1) substituted[box * 4 + place] = (value >> (3 - place)) & 1
  }
  return pick(substituted, PERMUTATION)
}

function writeBits(bits: Uint8Array): string {
  let text = ''
  for (let index = 0; index < RESULT_CHARACTERS; index += 1) {
    let value = 0
    for (let bit = 0; bit < 6; bit += 1) value = (value << 1) | (bits[index * 6 + bit] ?? 0)
    text += characterOfBits(value)
  }
  return text
}
