/** What a request to the directory is about, and what its visitor may do there. */
import { requireDirectoryAccess, requirePropertyAccess, viewOf } from '../../../directory/index.ts'
import type { Caller, Properties } from '../../../directory/index.ts'
import { hasScope, mayReadMachine } from '../../auth/policy.ts'
import { directoryHref, readParts, resolveParts } from '../../directory/paths.ts'
import { readDirectory } from '../../directory/read.ts'
import type { DeskDirectory } from '../../directory/read.ts'
import type { WebContext } from '../../env.ts'
import type { View } from '../../i18n/view.ts'
import type { ServedDomain } from '../../live/served-domains.ts'
import type { WebServices } from '../../services.ts'
import type { Visitor } from '../../visitor.ts'

/** Why a visitor sees no button that writes. */
export type WriteBar = 'signIn' | 'noScope' | 'clone'

/** A domain, and who looks at it. */
export interface Site {
  readonly view: View
  readonly served: ServedDomain
  readonly visitor: Visitor | null
  /** Null for who may write, as far as access lists let them. */
  readonly bar: WriteBar | null
  /** Whether the journal may be shown: it says who works here, and when. */
  readonly mayReadJournal: boolean
  readonly services: WebServices
}

/** A directory of it. */
export interface Place extends Site {
  readonly directory: DeskDirectory
  /** Without the language: `/directory/network/users`. */
  readonly path: string
}

/** The domain of a request; null where none of its tag is open. */
export function siteOf(c: WebContext, services: WebServices): Site | null {
  const [tag] = partsOf(c) ?? []
  const served = tag === undefined ? undefined : services.domains.get(tag)
  if (served === undefined) return null
  return {
    view: c.get('view'),
    served,
    visitor: c.get('visitor'),
    bar: barOf(c, served),
    mayReadJournal: mayReadMachine(c, services),
    services,
  }
}

function barOf(c: WebContext, { isMaster }: ServedDomain): WriteBar | null {
  if (!isMaster) return 'clone'
  if (c.get('visitor') === null) return 'signIn'
  return hasScope(c, 'write') ? null : 'noScope'
}

/** The directory of a request; null where there is none. */
export function placeOf(c: WebContext, services: WebServices): Place | null {
  const site = siteOf(c, services)
  if (site === null) return null
  const object = resolveParts(site.served.domain, (partsOf(c) ?? []).slice(1))
  const directory = object === undefined ? undefined : readDirectory(site.served.domain, object)
  return directory === undefined ? null : placeAt(site, directory)
}

export function placeAt(site: Site, directory: DeskDirectory): Place {
  return { ...site, directory, path: hrefOf(site, directory) }
}

/** Without the language. */
export function hrefOf({ served }: Site, { steps }: DeskDirectory): string {
  return directoryHref(
    served.tag,
    steps.map(({ part }) => part),
  )
}

/** The parts after `/directory`, the tag first; null for what is no path. */
function partsOf(c: WebContext): readonly string[] | null {
  return readParts(c.req.path.slice('/directory'.length))
}

/** Whether the access list of a directory lets a visitor change it as a whole, and add to it. */
export function mayChange({ bar, visitor }: Site, properties: Properties): boolean {
  if (bar !== null || visitor === null) return false
  try {
    requireDirectoryAccess(properties, visitor.caller)
    return true
  } catch {
    return false
  }
}

/** The properties whose values a visitor may change though the directory as a whole is not theirs (`_writers_NAME`). */
export function changeableIn({ bar, visitor }: Site, properties: Properties): ReadonlySet<string> {
  if (bar !== null || visitor === null) return new Set()
  const { caller } = visitor
  return new Set(properties.map(({ name }) => name).filter((name) => mayWriteValues(properties, name, caller)))
}

function mayWriteValues(properties: Properties, name: string, caller: Caller): boolean {
  try {
    requirePropertyAccess(properties, name, caller, true)
    return true
  } catch {
    return false
  }
}

/** What is shown for a name: `pia`, or the number of a directory without one. */
export function shownName(
  view: View,
  { name, object }: { readonly name: string | null; readonly object: number },
): string {
  return name !== null && name.trim() !== '' ? name : view.t('directory.page.unnamed', { number: view.digits(object) })
}

/** The well-known directory in which an entry stands: `/users` of `/users/pia`; of one that is itself the entry, its own path. */
export function viewedPathOf({ path, parent, steps }: DeskDirectory): string {
  if (parent === null || path === '/locations/resolver') return path
  // What stands at the top is of no kind: `/` is that of the domain itself.
  if (steps.length < 2) return ''
  return `/${steps
    .slice(0, -1)
    .map(({ name }) => name ?? '')
    .join('/')}`
}

/** A line about an entry of a well-known directory for lists; empty where nothing is known of its kind. */
export function summaryOf(directoryPath: string, properties: Properties): string {
  switch (directoryPath) {
    case '/users':
      return joined([viewOf(directoryPath, properties).realname, viewOf(directoryPath, properties).uid])
    case '/groups':
      return joined([viewOf(directoryPath, properties).gid, viewOf(directoryPath, properties).users.join(', ')])
    case '/aliases':
      return joined(viewOf(directoryPath, properties).members)
    case '/machines':
      return joined([...viewOf(directoryPath, properties).ipAddresses, ...viewOf(directoryPath, properties).aliases])
    case '/services': {
      const { port, protocols } = viewOf(directoryPath, properties)
      return joined([port, protocols.join('/')])
    }
    case '/protocols':
    case '/rpcs':
      return joined([viewOf(directoryPath, properties).number])
    case '/networks':
      return viewOf(directoryPath, properties).address
    case '/mounts': {
      const { dir, type } = viewOf(directoryPath, properties)
      return joined([dir, type])
    }
    default:
      return ''
  }
}

function joined(parts: readonly (string | number | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join(' · ')
}
