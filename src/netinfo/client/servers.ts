/** Which servers a domain has, as the domain itself says it (protocol.md §5.2, §7.1, §7.4). */
import { isIPv4 } from 'node:net'
import { DirectoryError, STATUS, firstValue, valuesOf } from '../../directory/index.ts'
import type { Properties } from '../../directory/index.ts'
import type { Binding } from '../handle.ts'
import { nearnessOf, ownAddresses } from './own-network.ts'
import type { DomainReads } from './procedures.ts'

/** More servers of one domain than this are not raced. */
const SERVERS_MAX = 64
/** In `serves`: this domain itself. */
const SELF = '.'

/** The server of an `a.b.c.d/tag`, or of a `host/tag` as far as its parts go. */
export function splitServer(text: string): { readonly host: string; readonly tag: string } | null {
  const slash = text.indexOf('/')
  return slash <= 0 || slash === text.length - 1 ? null : { host: text.slice(0, slash), tag: text.slice(slash + 1) }
}

/** The servers of the domain itself: as STATISTICS lists them, or else from `/machines`. */
export async function listServers(domain: DomainReads): Promise<readonly Binding[]> {
  const listed = valuesOf(await domain.statistics(), 'domain_servers').flatMap((text) => {
    const server = splitServer(text)
    return server !== null && isIPv4(server.host) ? [{ address: server.host, tag: server.tag }] : []
  })
  return listed.length > 0 ? listed.slice(0, SERVERS_MAX) : await listServersOf(domain, SELF)
}

/** The servers of a child domain by its name (of this one by `.`, of its parent by `..`), from `/machines`. */
export async function listServersOf(domain: DomainReads, name: string): Promise<readonly Binding[]> {
  const machines = await findMachines(domain)
  if (machines === null) return []
  const { entries } = await domain.list(machines, 'serves')
  const servers: Binding[] = []
  for (const { object, values } of entries) {
    const tags = (values ?? []).flatMap((value) => tagOf(value, name))
    if (tags.length === 0) continue
    const { properties } = await domain.read(object)
    const addresses = valuesOf(properties, 'ip_address').filter((address) => isIPv4(address))
    servers.push(...tags.flatMap((tag) => addresses.map((address) => ({ tag, address }))))
    if (servers.length >= SERVERS_MAX) break
  }
  return servers.slice(0, SERVERS_MAX)
}

/** The tag of a value of `serves` that is of this domain: what stands after the first slash. */
function tagOf(value: string, name: string): readonly string[] {
  return value.startsWith(`${name}/`) && value.length > name.length + 1 ? [value.slice(name.length + 1)] : []
}

/** The name under which a domain knows the child that is served there; undefined where it does not. */
export async function findChildName(
  domain: DomainReads,
  addresses: readonly string[],
  tag: string,
): Promise<string | undefined> {
  const machines = await findMachines(domain)
  if (machines === null) return undefined
  for (const address of addresses) {
    const properties = await readFirst(domain, machines, 'ip_address', address)
    for (const value of valuesOf(properties ?? [], 'serves')) {
      const slash = value.indexOf('/')
      const name = value.slice(0, Math.max(slash, 0))
      if (value.slice(slash + 1) === tag && name !== '' && name !== '.' && name !== '..') return name
    }
  }
  return undefined
}

/**
 * The servers that the root directory's `master` stands for: one for each address of the host, as `/machines` has it.
 * @throws DirectoryError CANTFINDADDRESS where it names none
 */
export async function findMaster(domain: DomainReads, asked: Binding): Promise<readonly Binding[]> {
  const { properties } = await domain.read((await domain.root()).object)
  const master = splitServer(firstValue(properties, 'master') ?? '')
  if (master === null) throw new DirectoryError(STATUS.CANTFINDADDRESS, 'the domain names no master')
  const machines = await findMachines(domain)
  const host = machines === null ? null : await readFirst(domain, machines, 'name', master.host)
  const addresses = valuesOf(host ?? [], 'ip_address').filter((address) => isIPv4(address))
  if (addresses.length === 0) throw new DirectoryError(STATUS.CANTFINDADDRESS, `master ${master.host}`)
  return addresses.map((address) => ({ tag: master.tag, address: addressFrom(address, asked.address) }))
}

/** An address as its server says it, for a client elsewhere: the server's loopback is the server's host. */
export function addressFrom(address: string, serverAddress: string): string {
  return address.startsWith('127.') ? serverAddress : address
}

/** The addresses under which others may know a server. */
export async function addressesOf(domain: DomainReads, server: Binding): Promise<readonly string[]> {
  const told = valuesOf(await domain.statistics(), 'ip_address').filter((address) => isIPv4(address))
  const own = nearnessOf(server.address) === 'own' ? ownAddresses() : []
  return [...new Set([server.address, ...told, ...own])]
}

/** True where both are the same server: one tag, and one address, or two of this machine. */
export function isSameServer(one: Binding, other: Binding): boolean {
  const isSameHost =
    one.address === other.address || (nearnessOf(one.address) === 'own' && nearnessOf(other.address) === 'own')
  return one.tag === other.tag && isSameHost
}

async function findMachines(domain: DomainReads): Promise<number | null> {
  return await orNull(async () => (await domain.lookup((await domain.root()).object, 'name', 'machines')).objects[0])
}

async function readFirst(domain: DomainReads, object: number, key: string, value: string): Promise<Properties | null> {
  return await orNull(async () => (await domain.lookupRead(object, key, value)).properties)
}

async function orNull<T>(find: () => Promise<T | undefined>): Promise<T | null> {
  try {
    return (await find()) ?? null
  } catch (error) {
    if (error instanceof DirectoryError && (error.status === STATUS.NODIR || error.status === STATUS.BADID)) return null
    throw error
  }
}
