/** Who may connect, as the root property `trusted_networks` says it (protocol.md §8.1). */
import { firstValue } from '../../directory/index.ts'
import type { DomainReads } from './domain-view.ts'
import type { RpcPeer } from './rpc-program.ts'

const BEGINS_WITH_DIGIT = /^[0-9]/
/** A network's number: one to four octets; those left out are 0. */
const NETWORK_FORM = /^\d{1,3}(?:\.\d{1,3}){0,3}\.?$/
const OCTET_MAX = 255
/** The octets that may count; the fourth names a machine, and never does. */
const SIGNIFICANT_OCTETS = 3

/**
 * True for the server's own addresses, for everybody where the property is absent (null), and for whom one of its values names:
 * by a network's number, or by the name of an entry of `/networks` with its `address`.
 */
export function isTrustedPeer(
  domain: Pick<DomainReads, 'findPath' | 'read'>,
  trustedNetworks: readonly string[] | null,
  peer: Pick<RpcPeer, 'address' | 'isOwnAddress'>,
): boolean {
  if (trustedNetworks === null || peer.isOwnAddress) return true
  return trustedNetworks.some((value) => {
    const network = BEGINS_WITH_DIGIT.test(value) ? value : addressOfNetwork(domain, value)
    return network !== undefined && isInNetwork(network, peer.address)
  })
}

/**
 * True where an address lies in a network as the original compares them: the first octet must be the same, then the second
 * and the third, each unless it is 0 in the network: from there on everything fits. What is no number of a network holds nobody.
 */
export function isInNetwork(network: string, address: string): boolean {
  if (!NETWORK_FORM.test(network)) return false
  const octets = network.split('.').map(Number)
  if (octets.some((octet) => octet > OCTET_MAX)) return false
  const others = address.split('.').map(Number)
  if (octets[0] !== others[0]) return false
  for (let index = 1; index < SIGNIFICANT_OCTETS; index += 1) {
    const octet = octets[index] ?? 0
    if (octet === 0) return true
    if (octet !== others[index]) return false
  }
  return true
}

function addressOfNetwork(domain: Pick<DomainReads, 'findPath' | 'read'>, name: string): string | undefined {
  const network = domain.findPath([
    ['name', 'networks'],
    ['name', name],
  ])
  return network === undefined ? undefined : firstValue(domain.read(network)?.properties ?? [], 'address')
}
