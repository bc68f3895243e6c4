/**
 * Answers about all children of a directory, kept as they were sent: they cost a read of every child to make. An answer holds as
 * long as no child and not the directory itself has changed. The oldest make room; memory is bounded.
 */
import { LIMITS } from '../core/index.ts'

interface Kept {
  readonly generation: number
  readonly stamp: number
  readonly instance: number
  readonly bytes: Buffer
}

/** What an entry takes beside its bytes: the name, two bytes a character at most, and what the map and the buffer are. */
const ENTRY_BYTES = 400

function sizeOf(name: string, bytes: Buffer): number {
  return bytes.length + 2 * name.length + ENTRY_BYTES
}

export class AnswerCache {
  /** A map keeps the order of insertion, so its first is the one not used for longest. */
  readonly #kept: Map<string, Kept> = new Map()
  #totalBytes = 0

  /** Whether an answer of that size would be kept at all. */
  fits(lengthBytes: number): boolean {
    return lengthBytes <= LIMITS.answerCacheBytes / 4
  }

  get(name: string, generation: number, stamp: number, instance: number): Buffer | undefined {
    const found = this.#kept.get(name)
    if (found === undefined) return undefined
    this.#kept.delete(name)
    if (found.generation !== generation || found.stamp !== stamp || found.instance !== instance) {
      this.#totalBytes -= sizeOf(name, found.bytes)
      return undefined
    }
    this.#kept.set(name, found)
    return found.bytes
  }

  /** Keeps a copy of the answer. */
  put(name: string, generation: number, stamp: number, instance: number, answer: Uint8Array): void {
    if (!this.fits(answer.length)) return
    this.#remove(name)
    // In memory of its own: a short one out of Node's pool would hold 64 KB.
    const bytes = Buffer.allocUnsafeSlow(answer.length)
    bytes.set(answer)
    this.#kept.set(name, { generation, stamp, instance, bytes })
    this.#totalBytes += sizeOf(name, bytes)
    for (const oldest of this.#kept.keys()) {
      if (this.#totalBytes <= LIMITS.answerCacheBytes) return
      this.#remove(oldest)
    }
  }

  #remove(name: string): void {
    const found = this.#kept.get(name)
    if (found === undefined) return
    this.#totalBytes -= sizeOf(name, found.bytes)
    this.#kept.delete(name)
  }
}
