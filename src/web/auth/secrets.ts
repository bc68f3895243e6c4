/** Random secrets that are given out once, and what is kept of them. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 bits: nobody guesses one, whatever they can try. */
const SECRET_BYTES = 32

/** 43 characters of base64url. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/** What is kept of a secret: its SHA-256. A secret of 256 bits needs no slow hash, for there is no list of likely ones. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** Another secret that only who has the first can know. */
export function deriveSecret(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url')
}

/** Whether two texts are the same; it takes the same time wherever they differ. */
export function isSameSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(digestOf(a)), Buffer.from(digestOf(b))]
  return timingSafeEqual(left, right)
}
