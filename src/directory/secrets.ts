/**
 * What no front end gives away: the values of `passwd`, in any directory, are read as the one value `*`.
 *
 * Checksums, instances and what a listed clone receives are those of the real data. A domain may be told to serve the old
 * `crypt(3)` values (root property `serve_crypt`) to clients that check passwords themselves; newer hashes stay hidden.
 */
import type { Properties, Property } from './model.ts'
import { firstValue } from './model.ts'
import { isCryptValue } from './password.ts'

export const SECRET_NAME = 'passwd'
export const MASK = '*'
export const SERVE_CRYPT = 'serve_crypt'

const YES = /^(?:YES|yes|Yes|Y|y|1)$/

/** How much of `passwd` a domain shows. */
export type Disclosure = 'masked' | 'crypt' | 'all'

/** What the root directory says about it. */
export function disclosureOf(root: Properties): Disclosure {
  return YES.test(firstValue(root, SERVE_CRYPT) ?? '') ? 'crypt' : 'masked'
}

/** The values of a property as a reader may see them. */
export function visibleValues({ name, values }: Property, disclosure: Disclosure): readonly string[] {
  if (name !== SECRET_NAME || values.length === 0 || disclosure === 'all') return values
  if (disclosure === 'crypt' && values.every((value) => isOldValue(value))) return values
  return [MASK]
}

/** Old clients know how to read these: crypt(3) values, and what stands for "no password" or "no login". */
function isOldValue(value: string): boolean {
  return isCryptValue(value) || !value.startsWith('$')
}

export function maskProperties(properties: Properties, disclosure: Disclosure = 'masked'): Properties {
  if (!properties.some(({ name }) => name === SECRET_NAME)) return properties
  return properties.map((property) => ({ name: property.name, values: visibleValues(property, disclosure) }))
}

/**
 * A client that writes back what it read sends the mask: it means the value that is there.
 * @returns the new values, with the old ones where the new are the mask of them
 */
export function unmaskValues(name: string, before: readonly string[], after: readonly string[]): readonly string[] {
  const isMask = name === SECRET_NAME && after.length === 1 && after[0] === MASK
  return isMask && before.length > 0 ? before : after
}

/** The same for a whole list; of several secret properties the first stands for the first, and so on. */
export function unmaskProperties(before: Properties, after: Properties): Properties {
  const old = before.filter(({ name }) => name === SECRET_NAME).values()
  return after.map(({ name, values }) =>
    name === SECRET_NAME
      ? { name, values: unmaskValues(name, old.next().value?.values ?? [], values) }
      : { name, values },
  )
}
