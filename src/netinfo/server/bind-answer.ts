/** BIND of netinfod (protocol.md §7.3): is this client a child of this domain? */
import { valuesOf } from '../../directory/index.ts'
import type { Binding } from '../handle.ts'
import type { DomainReads } from './domain-view.ts'
import { parseServes } from './machines.ts'

/**
 * True where `/machines` says that the client's host serves a child domain under the client's tag.
 *
 * Only the first entry with the client's address counts. It costs one look into an index: BIND comes by broadcast, from
 * every machine of a network, and without authentication.
 */
export function isChild(domain: DomainReads, client: Binding): boolean {
  const machines = domain.findPath([['name', 'machines']])
  const [entry] = machines === undefined ? [] : domain.find(machines, 'ip_address', client.address)
  const properties = entry === undefined ? undefined : domain.read(entry)?.properties
  if (properties === undefined) return false
  return valuesOf(properties, 'serves').some((value) => {
    const serves = parseServes(value)
    return serves !== null && isChildName(serves.domain) && serves.tag === client.tag
  })
}

/** `.` is this domain and `..` its parent; a child has a name. */
function isChildName(domain: string): boolean {
  return domain !== '' && domain !== '.' && domain !== '..'
}
