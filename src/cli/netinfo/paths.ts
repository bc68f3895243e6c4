/** Paths inside a domain (protocol.md §7.5): `/users/pia`, `/machines/ip_address=192.168.1.5`. */

/** One step: the child whose property `key` has this value. */
export interface PathStep {
  readonly key: string
  readonly value: string
}

const DEFAULT_KEY = 'name'
const OBJECT_MAX = 0xffff_ffff

/** The steps of a path from the root; none for `/`. Slashes in a row count as one; a backslash makes the next character literal. */
export function readPath(path: string): readonly PathStep[] {
  const steps: PathStep[] = []
  let key: string | null = null
  let text = ''
  const endStep = (): void => {
    if (key !== null || text !== '') steps.push({ key: key ?? DEFAULT_KEY, value: text })
    key = null
    text = ''
  }
  for (let index = 0; index < path.length; index += 1) {
    const character = path.charAt(index)
    if (character === '/') endStep()
    else if (character === '=' && key === null) {
      key = text
      text = ''
    } else if (character === '\\' && index + 1 < path.length) {
      index += 1
      text += path.charAt(index)
    } else text += character
  }
  endStep()
  return steps
}

/** A name as one step of a path, whatever characters it has. */
export function escapeName(name: string): string {
  return name.replaceAll(/[\\/=]/g, '\\$&')
}

/** The number of a directory, where the path is one; null where it is not. */
export function objectOf(path: string): number | null {
  if (!/^\d{1,10}$/.test(path)) return null
  const object = Number(path)
  return object <= OBJECT_MAX ? object : null
}
