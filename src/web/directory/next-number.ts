/** The number that a new user or group is proposed. */
import { firstValue } from '../../directory/index.ts'
import type { Domain } from '../../directory/index.ts'

/** Where the numbers of people begin by default (login.defs: UID_MIN). */
export const FIRST_OF_PEOPLE = 1000
/** Where they end (UID_MAX). */
const LAST = 60_000
const NUMBER = /^\d{1,10}$/

/** One more than the largest in use among those for people, the lowest free one where that is the last; null where none is free. */
export function nextFreeNumber(domain: Domain, parent: number, property: 'uid' | 'gid'): number | null {
  const used = new Set<number>()
  for (const child of domain.childrenOf(parent)) {
    const value = firstValue(domain.read(child)?.properties ?? [], property) ?? ''
    if (NUMBER.test(value)) used.add(Number(value))
  }
  const inRange = [...used].filter((number) => number >= FIRST_OF_PEOPLE && number <= LAST)
  const next = inRange.reduce((most, number) => Math.max(most, number), FIRST_OF_PEOPLE - 1) + 1
  if (next <= LAST) return next
  for (let number = FIRST_OF_PEOPLE; number <= LAST; number += 1) if (!used.has(number)) return number
  return null
}
