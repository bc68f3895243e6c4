/** Paths inside a domain (protocol.md §7.5): `/users/pia`, `/machines/ip_address=192.168.1.5`. */
import { DirectoryError, ROOT_OBJECT, STATUS } from '../../directory/index.ts'
import type { Id } from '../../directory/index.ts'
import type { DomainReads } from './procedures.ts'

/** One step down: the first child whose first property `key` contains `value`. */
export interface PathComponent {
  readonly key: string
  readonly value: string
}

/** A path that is all digits is a directory's number. */
export type Path =
  | { readonly kind: 'object'; readonly object: number }
  | { readonly kind: 'components'; readonly components: readonly PathComponent[] }

/** The key of a component that names none. */
export const NAME_KEY = 'name'
const OBJECT_MAX = 0xffff_ffff

/**
 * Reads a path. Slashes that follow each other count once, and those at the ends not at all. A backslash makes the next
 * character an ordinary one; a last one stands for itself. The first `=` of a component parts its key from its value.
 */
export function parsePath(text: string): Path {
  if (/^[0-9]+$/.test(text)) {
    const object = Number(text)
    if (object > OBJECT_MAX) throw new DirectoryError(STATUS.NODIR, text)
    return { kind: 'object', object }
  }
  return { kind: 'components', components: splitEscaped(text, '/').flatMap((part) => componentOf(part)) }
}

function componentOf(part: string): readonly PathComponent[] {
  if (part === '') return []
  const equals = findEscaped(part, '=')
  return equals === -1
    ? [{ key: NAME_KEY, value: unescape(part) }]
    : [{ key: unescape(part.slice(0, equals)), value: unescape(part.slice(equals + 1)) }]
}

/** The text of a path; `parsePath` reads the same components out of it. */
export function formatPath(components: readonly PathComponent[]): string {
  return `/${components.map(formatComponent).join('/')}`
}

/** The key is left out where it is `name`, but for an empty value, which could not be seen. */
export function formatComponent({ key, value }: PathComponent): string {
  return key === NAME_KEY && value !== '' ? escapePath(value) : `${escapePath(key)}=${escapePath(value)}`
}

/** Puts a backslash before what has a meaning in a path. */
export function escapePath(text: string): string {
  return text.replaceAll(/[/=\\]/g, String.raw`\$&`)
}

/** Parts a text at each separator that has no backslash before it; the parts keep their escapes. */
export function splitEscaped(text: string, separator: string): string[] {
  const parts: string[] = []
  let rest = text
  for (let at = findEscaped(rest, separator); at !== -1; at = findEscaped(rest, separator)) {
    parts.push(rest.slice(0, at))
    rest = rest.slice(at + separator.length)
  }
  return [...parts, rest]
}

/** Takes the escapes away. */
export function unescape(text: string): string {
  return text.replaceAll(/\\(.)/gsu, '$1')
}

function findEscaped(text: string, character: string): number {
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1
    else if (text[index] === character) return index
  }
  return -1
}

/**
 * Finds the directory at a path: one LOOKUP for each component, and its first hit taken.
 * @throws DirectoryError NODIR where a component finds nothing, or what the server says of an unknown number
 */
export async function resolvePath(domain: DomainReads, text: string): Promise<Id> {
  const path = parsePath(text)
  if (path.kind === 'object') return await domain.self(path.object)
  if (path.components.length === 0) return await domain.root()
  let object = ROOT_OBJECT
  for (const { key, value } of path.components) object = await step(domain, object, key, value)
  return await domain.self(object)
}

async function step(domain: DomainReads, object: number, key: string, value: string): Promise<number> {
  const [first] = (await domain.lookup(object, key, value)).objects
  if (first === undefined) throw new DirectoryError(STATUS.NODIR, formatComponent({ key, value }))
  return first
}
