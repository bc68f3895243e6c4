/** Names of domains as they are typed (protocol.md §7.4), taken apart into steps from the domain of this machine. */
import { PortolanError, printable } from '../../core/index.ts'
import { splitEscaped, unescape } from './paths.ts'

export type DomainStep =
  /** `.`: stay. */
  | { readonly kind: 'self' }
  /** `..` */
  | { readonly kind: 'parent' }
  /** A slash at the front. */
  | { readonly kind: 'root' }
  | { readonly kind: 'child'; readonly name: string }
  /** `tag@host`, wherever one stands. */
  | { readonly kind: 'server'; readonly tag: string; readonly host: string }

/**
 * The steps of a name, one at least.
 * @throws ERR_PORTOLAN_DOMAIN_INVALID
 */
export function parseDomainName(text: string): readonly [DomainStep, ...DomainStep[]] {
  const steps = splitEscaped(text, '/')
    .filter((part) => part !== '')
    .map((part) => readStep(part, text))
  if (text.startsWith('/')) return [{ kind: 'root' }, ...steps]
  const [first, ...others] = steps
  if (first === undefined) throw invalid(text, 'is empty')
  return [first, ...others]
}

function readStep(part: string, text: string): DomainStep {
  if (part === '.') return { kind: 'self' }
  if (part === '..') return { kind: 'parent' }
  const name = unescape(part)
  const at = name.lastIndexOf('@')
  if (at === -1) return { kind: 'child', name }
  const server = { kind: 'server', tag: name.slice(0, at), host: name.slice(at + 1) } as const
  if (server.tag === '' || server.host === '')
    throw invalid(text, 'has an @ without a tag before it or a host after it')
  return server
}

function invalid(text: string, problem: string): PortolanError {
  return new PortolanError('ERR_PORTOLAN_DOMAIN_INVALID', `the name of a domain, '${printable(text)}', ${problem}`, {
    hint: 'Write . or .. or / or a path of names such as /sales/leaf, or TAG@HOST.',
  })
}

/** Puts a backslash before what has a meaning in the name of a domain. */
export function escapeDomain(name: string): string {
  return name.replaceAll(/[/\\]/g, String.raw`\$&`)
}
