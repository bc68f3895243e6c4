/** Opens domains by their names, and servers by host and tag (protocol.md §7.4). */
import { lookup } from 'node:dns/promises'
import { isIPv4 } from 'node:net'
import { PortolanError } from '../../core/index.ts'
import { DirectoryError, STATUS } from '../../directory/index.ts'
import type { Binding, DomainHandle, OpenOptions } from '../handle.ts'
import { openHandle } from './domain-handle.ts'
import { escapeDomain, parseDomainName } from './domain-name.ts'
import type { DomainStep } from './domain-name.ts'
import { pause } from './pause.ts'
import { DEFAULT_TIMEOUT_MS } from './server-connection.ts'
import { addressFrom, addressesOf, findChildName, isSameServer, listServers, listServersOf } from './servers.ts'

const LOCAL: Binding = { address: '127.0.0.1', tag: 'local' }
/** While its server seeks a parent it says that none responds yet: how long to wait before it is asked again. */
const PARENT_PAUSE_MS = 1000
/** A hierarchy deeper than this goes round in a circle. */
const DEPTH_MAX = 64

/**
 * Opens a domain: `.` this machine's own, `..` its parent, `/` the root, `/sales/leaf` from the root, `x/y` from here,
 * `tag@host` a server; `\/` and `\\` stand for themselves. Reads go to the nearest of its servers, writes to its master.
 * @throws DirectoryError INVALIDDOMAIN, NETROOT, CANTFINDADDRESS; RpcError; ERR_PORTOLAN_DOMAIN_INVALID
 */
export async function openDomain(name: string, options: OpenOptions = {}): Promise<DomainHandle> {
  const [first, ...others] = parseDomainName(name)
  let handle = await openFirst(first, options)
  for (const step of others) handle = await replace(handle, (from) => openStep(from, step, options))
  return handle
}

/**
 * Opens the server of a tag on a host, named or by its dotted address; writes go to that very server.
 * @throws DirectoryError CANTFINDADDRESS, NOTAG, NORESPONSE; RpcError
 */
export async function openServer(host: string, tag: string, options: OpenOptions = {}): Promise<DomainHandle> {
  if (host === '' || tag === '')
    throw new PortolanError('ERR_PORTOLAN_DOMAIN_INVALID', 'a server needs a host and a tag')
  return await openHandle({ servers: [{ address: await findAddress(host), tag }], isWritingToMaster: false }, options)
}

async function openFirst(step: DomainStep, options: OpenOptions): Promise<DomainHandle> {
  if (step.kind === 'server') return await openServer(step.host, step.tag, options)
  const local = await openHandle({ servers: [LOCAL], isWritingToMaster: true }, options)
  return step.kind === 'self' ? local : await replace(local, (from) => openStep(from, step, options))
}

/** Opens what lies one step from a domain; the domain itself where the step leads nowhere else. */
async function openStep(from: DomainHandle, step: DomainStep, options: OpenOptions): Promise<DomainHandle> {
  switch (step.kind) {
    case 'self':
      return from
    case 'server':
      return await openServer(step.host, step.tag, options)
    case 'parent':
      return await openParent(from, options)
    case 'root':
      return await climb(from, options)
    case 'child':
      break
  }
  return await openChild(from, step.name, options)
}

async function openChild(from: DomainHandle, name: string, options: OpenOptions): Promise<DomainHandle> {
  const found = await listServersOf(from, name)
  if (found.length === 0) throw new DirectoryError(STATUS.INVALIDDOMAIN, `no domain ${name} is known here`)
  const servers = found.map(({ tag, address }) => ({ tag, address: addressFrom(address, from.server.address) }))
  return await openHandle({ servers, isWritingToMaster: true }, options)
}

/**
 * Opens the parent, by the servers that it lists. A server that its own domain does not list is not taken for one of them
 * (protocol.md §7.4).
 * @throws DirectoryError NETROOT, NORESPONSE
 */
async function openParent(from: DomainHandle, options: OpenOptions): Promise<DomainHandle> {
  const { tag, address } = await findParent(from, options)
  const reached = { tag, address: addressFrom(address, from.server.address) }
  const handle = await openHandle({ servers: [reached], isWritingToMaster: true }, options)
  return await replace(handle, async () => {
    const listed = (await listServers(handle)).map((server) => ({
      tag: server.tag,
      address: addressFrom(server.address, reached.address),
    }))
    const [only, ...others] = listed
    if (only === undefined || (others.length === 0 && isSameServer(only, reached))) return handle
    return await openHandle({ servers: listed, isWritingToMaster: true }, options)
  })
}

async function findParent(from: DomainHandle, options: OpenOptions): Promise<Binding> {
  const end = Date.now() + (options.readTimeoutMs ?? DEFAULT_TIMEOUT_MS.read)
  for (;;)
    try {
      return await from.rparent()
    } catch (error) {
      const isSeeking = error instanceof DirectoryError && error.status === STATUS.NORESPONSE
      if (!isSeeking || (options.isAborting !== false && Date.now() + PARENT_PAUSE_MS > end)) throw error
      await pause(PARENT_PAUSE_MS, options.signal)
    }
}

async function openParentOrNull(from: DomainHandle, options: OpenOptions): Promise<DomainHandle | null> {
  try {
    return await openParent(from, options)
  } catch (error) {
    if (error instanceof DirectoryError && error.status === STATUS.NETROOT) return null
    throw error
  }
}

/**
 * Finds the absolute name of a domain, `/sales/leaf`: each parent's `/machines` tells what it calls its child. A domain
 * that its parent does not know stands as `tag@address`.
 * @throws DirectoryError
 */
export async function domainNameOf(handle: DomainHandle, options: OpenOptions = {}): Promise<string> {
  const names: string[] = []
  const last = await climb(handle, options, async (parent, child) => {
    const { tag, address } = child.server
    const name = await findChildName(parent, await addressesOf(child, child.server), tag)
    names.unshift(name === undefined ? `${tag}@${address}` : escapeDomain(name))
  })
  if (last !== handle) last.close()
  return `/${names.join('/')}`
}

/**
 * Goes up from a domain to the root; `visit` is called with each parent and the child that it was reached from. Those
 * between are closed.
 * @returns the root; the domain itself where it is that
 */
async function climb(
  from: DomainHandle,
  options: OpenOptions,
  visit: (parent: DomainHandle, child: DomainHandle) => Promise<void> = () => Promise.resolve(),
): Promise<DomainHandle> {
  let child = from
  try {
    for (let depth = 0; depth < DEPTH_MAX; depth += 1) {
      const parent = await openParentOrNull(child, options)
      if (parent === null) return child
      const below = child
      child = parent
      try {
        await visit(parent, below)
      } finally {
        if (below !== from) below.close()
      }
    }
    throw new DirectoryError(STATUS.INVALIDDOMAIN, `more than ${DEPTH_MAX} domains above each other`)
  } catch (error) {
    if (child !== from) child.close()
    throw error
  }
}

/** Opens one domain from another, which is closed when that fails or leads elsewhere. */
async function replace(
  handle: DomainHandle,
  open: (from: DomainHandle) => Promise<DomainHandle>,
): Promise<DomainHandle> {
  let opened: DomainHandle | null = null
  try {
    opened = await open(handle)
    return opened
  } finally {
    if (opened !== handle) handle.close()
  }
}

/** NetInfo speaks IPv4 alone. */
export async function findAddress(host: string): Promise<string> {
  if (isIPv4(host)) return host
  try {
    return (await lookup(host, { family: 4 })).address
  } catch {
    throw new DirectoryError(STATUS.CANTFINDADDRESS, host)
  }
}
