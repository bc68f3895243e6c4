/** Waits for what must happen, by looking again and again, and not for a time in which it should have. */
import { setTimeout as sleep } from 'node:timers/promises'

const DEADLINE_MS = 30_000
const LOOK_AGAIN_MS = 20

/** The first value that is neither null nor undefined. */
export async function until<T>(what: string, look: () => T | null | undefined): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const found = look()
    if (found !== null && found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`it did not happen within ${DEADLINE_MS / 1000} s: ${what}`)
    await sleep(LOOK_AGAIN_MS)
  }
}
