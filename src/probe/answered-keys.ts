/** Which pairs of host and port have an answer: 8 bytes each, found by halving. */
import type { AnsweredPairs } from './job.ts'
import { portKey } from './model.ts'
import type { ProbeTransport } from './model.ts'

const PAIRS_OF_HOST = 2 * 65_536

/** One number for a pair: below 2^49, and so exact. */
export function keyOfPair(hostIndex: number, transport: ProbeTransport, port: number): number {
  return hostIndex * PAIRS_OF_HOST + portKey(transport, port)
}

export class AnsweredKeys implements AnsweredPairs {
  readonly size: number
  /** Ascending, none twice. */
  readonly #keys: Float64Array

  /** Takes the keys over, in any order, and sorts them in place. */
  constructor(keys: Float64Array) {
    keys.sort()
    let size = 0
    for (const key of keys) {
      if (size > 0 && keys[size - 1] === key) continue
      keys[size] = key
      size += 1
    }
    this.#keys = keys.subarray(0, size)
    this.size = size
  }

  has(hostIndex: number, transport: ProbeTransport, port: number): boolean {
    return this.placeOf(keyOfPair(hostIndex, transport, port)) !== null
  }

  countOf(hostIndex: number): number {
    return this.#countBelow((hostIndex + 1) * PAIRS_OF_HOST) - this.#countBelow(hostIndex * PAIRS_OF_HOST)
  }

  /** The number of a key among all; null where it is not among them. */
  placeOf(key: number): number | null {
    const place = this.#countBelow(key)
    return this.#keys[place] === key ? place : null
  }

  #countBelow(key: number): number {
    const keys = this.#keys
    let [low, high] = [0, keys.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((keys[middle] ?? Infinity) < key) low = middle + 1
      else high = middle
    }
    return low
  }
}
