/** Tags that mean another tag to some clients (protocol.md §6, line A): root properties `alias_name` and `alias_addrs`. */
import { isIPv4 } from 'node:net'

export interface TagAlias {
  /** The tag as the clients say it. */
  readonly name: string
  /** The tag that is served. */
  readonly tag: string
  /** Whose alias it is: values `net/mask` or `net&mask`, both dotted. */
  readonly addresses: readonly string[]
}

const ADDRESS_FORM = /^([0-9.]+)[/&]([0-9.]+)$/

/** The tag that a client means: the first alias that fits it, or the tag itself. */
export function resolveTag(tag: string, client: string, aliases: readonly TagAlias[]): string {
  const alias = aliases.find(
    ({ name, addresses }) => name === tag && addresses.some((value) => isWithin(client, value)),
  )
  return alias === undefined ? tag : alias.tag
}

function isWithin(address: string, value: string): boolean {
  const [, network = '', mask = ''] = ADDRESS_FORM.exec(value) ?? []
  if (![address, network, mask].every((each) => isIPv4(each))) return false
  return (numberOf(address) & numberOf(mask)) === (numberOf(network) & numberOf(mask))
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, octet) => (sum << 8) | Number(octet), 0)
}
