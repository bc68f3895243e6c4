/**
 * Remembers for a minute that a password fitted a stored value, so that a stream of writes does not pay argon2 (50 ms) for each.
 *
 * What is kept is an HMAC-SHA-256 of both, under a key that this process made and never shows. Who can read this process's memory
 * within that minute could guess faster than against argon2; but such a reader sees the passwords themselves as they come in.
 * The stored value is part of what is hashed: a changed password is forgotten by that.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { bytesOf } from '../../core/index.ts'

const REMEMBERED_MS = 60_000
/** A server's users who write within one minute; one more costs its owner 50 ms. */
const REMEMBERED_MAX = 1024
const KEY_BYTES = 32

export class VerifiedPasswords {
  readonly #now: () => number
  readonly #key = randomBytes(KEY_BYTES)
  /** Until when each is remembered. */
  readonly #untilMs = new Map<string, number>()

  constructor(now: () => number) {
    this.#now = now
  }

  has(password: string, stored: string): boolean {
    return (this.#untilMs.get(this.#digest(password, stored)) ?? 0) > this.#now()
  }

  add(password: string, stored: string): void {
    const digest = this.#digest(password, stored)
    this.#untilMs.delete(digest)
    this.#untilMs.set(digest, this.#now() + REMEMBERED_MS)
    const [oldest] = this.#untilMs.keys()
    if (this.#untilMs.size > REMEMBERED_MAX && oldest !== undefined) this.#untilMs.delete(oldest)
  }

  #digest(password: string, stored: string): string {
    // A NUL stands in neither.
    return createHmac('sha256', this.#key)
      .update(bytesOf(stored))
      .update('\0')
      .update(bytesOf(password))
      .digest('base64')
  }
}
