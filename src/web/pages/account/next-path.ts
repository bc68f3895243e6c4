/** Where to go after signing in: a page of ours, whatever the address says. */

const CHARS_MAX = 1024
const BASE = 'http://portolan.invalid'

/** The path that was asked for, or the account's page where it leads anywhere else (an open redirect). */
export function safeNext(text: string | undefined): string | null {
  if (text === undefined || text.length > CHARS_MAX) return null
  // A browser takes a backslash for a slash, and drops tabs and line ends before it looks.
  if (!/^\/(?![/\\])[!-~]*$/.test(text) || text.includes('\\')) return null
  const url = URL.parse(text, BASE)
  if (url === null || url.origin !== BASE || url.pathname.startsWith('//')) return null
  return `${url.pathname}${url.search}`
}
