/** Whether a server is its domain's master or a clone of it (protocol.md §9). */
import { firstValue, valuesOf } from '../../directory/index.ts'
import type { Binding } from '../handle.ts'
import type { DomainReads } from './domain-view.ts'
import { rootProperties } from './domain-view.ts'
import { parseServerName } from './tunables.ts'

export type ServerRole =
  | { readonly kind: 'master' }
  | {
      readonly kind: 'clone'
      /** Null where `/machines` does not tell the master's address. */
      readonly master: Binding | null
      /** All its addresses: a host with several networks sends from any of them. */
      readonly masterAddresses: readonly string[]
    }
  /** The root directory does not say who is the master. */
  | { readonly kind: 'unknown' }

export interface OwnServer {
  readonly tag: string
  readonly isOwnAddress: (address: string) => boolean
}

/** The tag of a machine's own domain: never a clone of another. */
const LOCAL_TAG = 'local'

/**
 * What a server is by its own copy of the domain: the master when the host that the root property `master` names has a first
 * address of this machine, and the tags are equal.
 */
export function roleOf(domain: DomainReads, own: OwnServer): ServerRole {
  if (own.tag === LOCAL_TAG) return { kind: 'master' }
  const master = parseServerName(firstValue(rootProperties(domain), 'master'))
  if (master === null) return { kind: 'unknown' }
  const addresses = addressesOf(domain, master.host)
  const [address] = addresses
  if (address !== undefined && own.isOwnAddress(address) && master.tag === own.tag) return { kind: 'master' }
  return {
    kind: 'clone',
    master: address === undefined ? null : { tag: master.tag, address },
    masterAddresses: addresses,
  }
}

function addressesOf(domain: DomainReads, host: string): readonly string[] {
  const object = domain.findPath([
    ['name', 'machines'],
    ['name', host],
  ])
  return object === undefined ? [] : valuesOf(domain.read(object)?.properties ?? [], 'ip_address')
}
