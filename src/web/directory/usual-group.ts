/** The group that a new user is proposed. */
import { firstValue } from '../../directory/index.ts'
import type { Domain } from '../../directory/index.ts'
import { FIRST_OF_PEOPLE } from './next-number.ts'

/** What systems name the group of everybody: Linux, and NeXT's and Apple's. */
const OF_EVERYBODY = ['users', 'staff'] as const

/** The number that most people's entries have as theirs, else that of everybody's group; null where neither is there. */
export function findUsualGroup(domain: Domain, users: number): string | null {
  const counts = new Map<string, number>()
  for (const child of domain.childrenOf(users)) {
    const properties = domain.read(child)?.properties ?? []
    const gid = firstValue(properties, 'gid')
    if (gid === undefined || Number(firstValue(properties, 'uid')) < FIRST_OF_PEOPLE) continue
    counts.set(gid, (counts.get(gid) ?? 0) + 1)
  }
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1])
  // A group that only one person has is that person's own.
  if (most !== undefined && most[1] > 1) return most[0]
  for (const name of OF_EVERYBODY) {
    const group = domain.findPath([
      ['name', 'groups'],
      ['name', name],
    ])
    const gid = group === undefined ? undefined : firstValue(domain.read(group)?.properties ?? [], 'gid')
    if (gid !== undefined) return gid
  }
  return null
}
