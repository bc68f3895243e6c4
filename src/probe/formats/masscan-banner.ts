/** What masscan tells of a service, by its own names for kinds of banners. */
import type { Banner } from '../model.ts'
import { boundedText, textOrNull } from './report-builder.ts'

/** Kinds that are one fact of a page, and not a first line. */
const HTTP_FACTS: ReadonlyMap<string, string> = new Map([
  ['title', 'title'],
  ['http.server', 'server'],
])
/** Kinds that tell of TLS itself, which no service's name is. */
const TLS_KINDS: ReadonlySet<string> = new Set(['ssl', 'X509', 'X509CA'])

/** Null for a kind that tells nothing of what the service says (`vuln`). */
export function readMasscanBanner(kind: string, text: string): Banner | null {
  const none = { product: null, version: null, tls: null }
  if (kind === 'vuln') return null
  const fact = HTTP_FACTS.get(kind)
  if (fact !== undefined) return { ...none, service: 'http', text: null, details: { [fact]: boundedText(text) } }
  if (TLS_KINDS.has(kind)) return { ...none, service: null, text: null, details: { tunnel: 'ssl' } }
  // The breaks of lines are written as \x0d\x0a, or \u000d\u000a before JSON is read.
  const line = text.split(/\\x0d\\x0a|\\x0a|\r?\n/, 1)[0]
  return { ...none, service: kind === 'unknown' ? null : textOrNull(kind), text: textOrNull(line), details: {} }
}
