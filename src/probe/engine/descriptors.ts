/** How many attempts can be under way at once: each needs a file descriptor. */
import { readFileSync, readdirSync } from 'node:fs'
import { LIMITS } from '../../core/index.ts'

/** Left to the rest of the program: files, banners, pages. */
const RESERVED = 64
/** What every system gives a process: macOS has the least. */
const ANYWHERE = 256

/** Attempts that the limit of open files of this process leaves room for; at least one. */
export function countAttemptsMost(): number {
  const { limit, used } = readLimit()
  return Math.max(1, Math.min(limit - used - RESERVED, LIMITS.probeAttempts))
}

function readLimit(): { readonly limit: number; readonly used: number } {
  try {
    const words = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
    if (words === undefined) return { limit: ANYWHERE, used: 0 }
    const limit = words === 'unlimited' ? Infinity : Number(words)
    return { limit, used: readdirSync('/proc/self/fd').length }
  } catch {
    return { limit: ANYWHERE, used: 0 }
  }
}
