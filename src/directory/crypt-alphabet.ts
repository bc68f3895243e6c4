/** The 64 characters in which crypt(3) writes salts and results: six bits each. */

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

const BITS = 6
const MASK = 0x3f

/** The six bits that a character stands for; -1 for a character that stands for none. */
export function bitsOfCharacter(character: string): number {
  return character.length === 1 ? ALPHABET.indexOf(character) : -1
}

/** The character for the lowest six bits of a number. */
export function characterOfBits(bits: number): string {
  return ALPHABET.charAt(bits & MASK)
}

/** Writes a number's lowest bits, the lowest six first, as the forms with `$` do. */
export function writeLowFirst(value: number, characters: number): string {
  let text = ''
  for (let index = 0; index < characters; index += 1) text += characterOfBits(value >>> (BITS * index))
  return text
}
