/**
 * An order of the numbers below `size` that a seed decides and that takes no memory: a Feistel network over the least
 * square that holds them, where a number that falls outside is sent through again until it falls inside ("cycle
 * walking": Black and Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002, sections 3 and 4).
 */

/** Four rounds hide all order from the eye; this is for spreading load, not for secrecy. */
const ROUNDS = 4

/** Scrambles 32 bits: the finalizer of MurmurHash3 (Appleby), in which each bit of the input changes half of the output's. */
export function mixBits(value: number): number {
  let bits = value | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** Where `index` stands in the order of `seed`: each number from 0 to `size` - 1 once. `size` is at most 2^52. */
export function permute(index: number, size: number, seed: number): number {
  const side = Math.ceil(Math.sqrt(size))
  let at = index
  do {
    let left = Math.floor(at / side)
    let right = at % side
    for (let round = 1; round <= ROUNDS; round += 1) {
      const next = (left + mixBits(right ^ mixBits(seed + Math.imul(round, 0x9e37_79b9)))) % side
      left = right
      right = next
    }
    at = left * side + right
  } while (at >= size)
  return at
}
