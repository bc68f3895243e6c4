/**
 * Directories by the names in an address: `/users/pia`, each part the first name of a directory.
 *
 * `dir:7` is the directory of that number: for one without a name, for the second of two with one name, and where a part of an
 * address means something else.
 */
import { ROOT_OBJECT, firstValue } from '../../directory/index.ts'
import type { Domain } from '../../directory/index.ts'

/** One step down from the root. */
export interface PathStep {
  readonly object: number
  /** Null for a directory without one. */
  readonly name: string | null
  /** What stands for it in an address, not yet encoded. */
  readonly part: string
}

/** No address is deeper; the store's own paths end here, too. */
const DEPTH_MAX = 256
const BY_NUMBER = /^dir:(0|[1-9]\d{0,9})$/
/** First parts that are pages of the domain, and not directories. */
const DOMAIN_PAGES: ReadonlySet<string> = new Set(['journal', 'events', 'import', 'export'])

/** The directory at a path of parts; undefined where there is none. Of several with one name, the first. */
export function resolveParts(domain: Domain, parts: readonly string[]): number | undefined {
  if (parts.length > DEPTH_MAX) return undefined
  let object: number | undefined = ROOT_OBJECT
  for (const part of parts) {
    object = childAt(domain, object, part)
    if (object === undefined) return undefined
  }
  return object
}

function childAt(domain: Domain, parent: number, part: string): number | undefined {
  const digits = BY_NUMBER.exec(part)?.[1]
  const object = digits === undefined ? undefined : Number(digits)
  if (object !== undefined && object !== ROOT_OBJECT && domain.parentOf(object) === parent) return object
  return childrenNamed(domain, parent, part)[0] ?? domain.find(parent, 'name', part)[0]
}

/** The children whose first name is this one, in order. */
export function childrenNamed(domain: Domain, parent: number, name: string): readonly number[] {
  return domain.find(parent, 'name', name).filter((object) => nameOf(domain, object) === name)
}

/** The first name of a directory; null where it has none. */
export function nameOf(domain: Domain, object: number): string | null {
  return firstValue(domain.read(object)?.properties ?? [], 'name') ?? null
}

/** The way down to a directory, without the root; undefined where there is no such directory. */
export function stepsTo(domain: Domain, object: number): readonly PathStep[] | undefined {
  const steps: PathStep[] = []
  let next = object
  while (next !== ROOT_OBJECT && steps.length < DEPTH_MAX) {
    const parent = domain.parentOf(next)
    if (parent === undefined) return undefined
    const name = nameOf(domain, next)
    steps.unshift({ object: next, name, part: partOf(domain, parent, next, name) })
    next = parent
  }
  return domain.id(object) === undefined ? undefined : steps
}

function partOf(domain: Domain, parent: number, object: number, name: string | null): string {
  const isPlain =
    name !== null &&
    isPlainPart(name) &&
    !(parent === ROOT_OBJECT && DOMAIN_PAGES.has(name)) &&
    childAt(domain, parent, name) === object
  return isPlain ? name : `dir:${object}`
}

/** Whether a name can stand in an address as it is: no bytes that are not UTF-8, no dots that browsers resolve. */
function isPlainPart(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && name.isWellFormed() && !BY_NUMBER.test(name)
}

/** `/directory/network/users/pia`, encoded. */
export function directoryHref(tag: string, parts: readonly string[]): string {
  return `/directory/${[tag, ...parts].map((part) => encodeURIComponent(part.toWellFormed())).join('/')}`
}

/** The address of a path by names, as the journal and `Domain.pathOf` write it. */
export function namedHref(tag: string, path: string): string {
  return directoryHref(tag, readJournalPath(path))
}

/** The parts of the path below `/directory/TAG`, decoded; null for what is no path. */
export function readParts(path: string): readonly string[] | null {
  try {
    return path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent)
  } catch {
    // A percent sign that is not followed by two digits: what a client sends is not to be trusted.
    return null
  }
}

/** The names of a path as the journal writes it: `/` between them, a backslash before what would mean something else. */
export function readJournalPath(path: string): readonly string[] {
  const parts = path.match(/(?:\\.|[^/\\])+/gs) ?? []
  return parts.map((part) => part.replaceAll(/\\(.)/gs, '$1'))
}
