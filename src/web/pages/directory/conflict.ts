/** Two versions of a directory that came from one: for each property what it was, what another made of it, and what was typed. */
import type { Properties, Property } from '../../../directory/index.ts'

export type Side = 'theirs' | 'yours'

export interface Contested {
  /** The name, and which property of that name it is, counted from 0. */
  readonly key: string
  readonly name: string
  readonly base: Property | null
  readonly theirs: Property | null
  readonly yours: Property | null
  /** The side that alone changed it; theirs where both did. */
  readonly proposed: Side
}

interface Keyed {
  readonly key: string
  readonly property: Property
}

function keyed(properties: Properties): readonly Keyed[] {
  const counts = new Map<string, number>()
  return properties.map((property) => {
    const count = counts.get(property.name) ?? 0
    counts.set(property.name, count + 1)
    return { key: `${count} ${property.name}`, property }
  })
}

function byKey(properties: Properties): ReadonlyMap<string, Property> {
  return new Map(keyed(properties).map(({ key, property }) => [key, property]))
}

function isSame(a: Property | null, b: Property | null): boolean {
  return JSON.stringify(a?.values ?? null) === JSON.stringify(b?.values ?? null)
}

/** The properties in which the two versions differ, yours first in their order. */
export function contestedIn(base: Properties, theirs: Properties, yours: Properties): readonly Contested[] {
  const [mine, others, before] = [byKey(yours), byKey(theirs), byKey(base)]
  const keys = new Set([mine, others, before].flatMap((side) => Array.from(side.keys())))
  return [...keys].flatMap((key) => {
    const [own, other, old] = [mine.get(key) ?? null, others.get(key) ?? null, before.get(key) ?? null]
    if (isSame(own, other)) return []
    const proposed = isSame(other, old) ? 'yours' : 'theirs'
    return [{ key, name: key.slice(key.indexOf(' ') + 1), base: old, theirs: other, yours: own, proposed }]
  })
}

/** One list of the two, in the order of yours, as was chosen; what nobody chose is as it was proposed. */
export function mergeChoice(
  base: Properties,
  theirs: Properties,
  yours: Properties,
  choose: (contested: Contested) => Side,
): Properties {
  const chosen = new Map(contestedIn(base, theirs, yours).map((each) => [each.key, each[choose(each)]]))
  const own = keyed(yours)
  const ownKeys = new Set(own.map(({ key }) => key))
  return [...own, ...keyed(theirs).filter(({ key }) => !ownKeys.has(key))].flatMap(({ key, property }) => {
    const choice = chosen.get(key)
    if (choice === undefined) return [property]
    return choice === null ? [] : [choice]
  })
}
