/** How near an address is: on this machine, on a network that it is attached to, or farther away. */
import { BlockList } from 'node:net'
import { networkInterfaces } from 'node:os'

export type Nearness = 'own' | 'attached' | 'far'

/** How near an IPv4 address is now; interfaces come and go. */
export function nearnessOf(address: string): Nearness {
  if (address.startsWith('127.')) return 'own'
  const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  if (interfaces.some((each) => each.address === address)) return 'own'
  const isAttached = interfaces.some(({ family, cidr }) => {
    const [network = '', prefix = ''] = cidr?.split('/') ?? []
    if (family !== 'IPv4' || network === '') return false
    const attached = new BlockList()
    attached.addSubnet(network, Number(prefix))
    return attached.check(address)
  })
  return isAttached ? 'attached' : 'far'
}

/** This machine's own IPv4 addresses, without those of the loopback. */
export function ownAddresses(): readonly string[] {
  const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return interfaces.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address)
}
