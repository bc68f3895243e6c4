/**
 * Looks at what a client asks for (RFC 9112 §3.2) before anything else does: one path has one spelling here, so that no part of the
 * site takes for a harmless path what another takes for a harmful one.
 */
import { splitLanguage } from './language.ts'

/** Of the whole target: proxies and browsers take about as much. */
const TARGET_CHARS_MAX = 8192
/** Of the path alone: the deepest path of a directory's tree that anybody types or links. */
const PATH_CHARS_MAX = 2048
const ABSOLUTE = /^https?:\/\/(?<authority>[^/?#]*)(?<rest>.*)$/i
/** As they stand, or encoded: `.`, `..`, `%2e`, `.%2E`. */
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?=[/?#]|$)/i
/** NUL and the other controls, encoded or not. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0020\u007f]|%(?:[01][0-9a-f]|7f)/i
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i
const ENCODED_SLASH = /%(?:2f|5c)/i
/** Names of directories may have slashes in them. */
const NAMES_ANYTHING = /^\/(?:directory|api)(?:\/|$)/

export type Target =
  | { readonly kind: 'good'; readonly target: string }
  | { readonly kind: 'bad'; readonly status: 400 | 414; readonly reason: string }

/** @param host what the Host header says; an absolute target must name the same */
export function readTarget(text: string, host: string): Target {
  if (text.length > TARGET_CHARS_MAX) return bad(414, 'the address is too long')
  const absolute = ABSOLUTE.exec(text)?.groups
  if (absolute !== undefined && absolute['authority']?.toLowerCase() !== host.toLowerCase())
    return bad(400, 'the address is not of this host')
  const rest = absolute === undefined ? text : (absolute['rest'] ?? '')
  const target = absolute !== undefined && !rest.startsWith('/') ? `/${rest}` : rest
  const end = target.search(/[?#]/)
  const path = end === -1 ? target : target.slice(0, end)
  if (path.length > PATH_CHARS_MAX) return bad(414, 'the path is too long')
  const reason = findFault(target, path)
  return reason === null ? { kind: 'good', target } : bad(400, reason)
}

function findFault(target: string, path: string): string | null {
  if (!target.startsWith('/')) return 'the address is no path'
  if (target.includes('#')) return 'the address has a fragment'
  if (path.includes('//')) return 'the path has an empty part'
  if (path.includes('\\')) return 'the path has a backslash'
  if (CONTROL.test(path)) return 'the path has a control character'
  if (BROKEN_ESCAPE.test(path)) return 'the path has a broken escape'
  if (DOT_SEGMENT.test(path)) return 'the path has a part of dots'
  if (ENCODED_SLASH.test(path) && !NAMES_ANYTHING.test(splitLanguage(path).path)) return 'the path has an encoded slash'
  return null
}

function bad(status: 400 | 414, reason: string): Target {
  return { kind: 'bad', status, reason }
}
