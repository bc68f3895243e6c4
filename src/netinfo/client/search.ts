/**
 * The search policy of NetInfo's clients (protocol.md §10): this machine's domain first, then each one above it until there is a hit;
 * an enumeration takes all of them together, from the lowest to the root.
 */
import { DirectoryError, STATUS } from '../../directory/index.ts'
import type { Id, Properties } from '../../directory/index.ts'
import type { Binding, DomainHandle, OpenOptions } from '../handle.ts'
import { openDomain, openServer } from './open.ts'
import { addressFrom } from './servers.ts'

/** What was found, and in which domain: 0 is the lowest, each one above it has one more. */
export interface Found {
  readonly level: number
  readonly handle: DomainHandle
  readonly id: Id
  readonly properties: Properties
}

/** Deeper hierarchies go round in a circle: those of the largest sites had five levels. */
const LEVELS_MAX = 32
const LOWEST = '.'

/**
 * The domains from one, named or by its server, up to the root; each open until the next is asked for.
 * @throws DirectoryError where a domain's server does not answer; what was found below it stands
 */
export async function* climb(
  options: OpenOptions = {},
  lowest: string | Binding = LOWEST,
): AsyncGenerator<{ readonly level: number; readonly handle: DomainHandle }, void, undefined> {
  let handle = await (typeof lowest === 'string'
    ? openDomain(lowest, options)
    : openServer(lowest.address, lowest.tag, options))
  try {
    for (let level = 0; level < LEVELS_MAX; level += 1) {
      yield { level, handle }
      const parent = await parentOf(handle)
      if (parent === null) return
      const above = await openServer(addressFrom(parent.address, handle.server.address), parent.tag, options)
      handle.close()
      handle = above
    }
    throw new DirectoryError(STATUS.INVALIDDOMAIN, `more than ${LEVELS_MAX} domains above each other`)
  } finally {
    handle.close()
  }
}

/**
 * The first directory at a path, from the lowest domain up; null where no domain has it.
 * @throws DirectoryError
 */
export async function findUp(
  path: string,
  options: OpenOptions = {},
  lowest?: string,
): Promise<Omit<Found, 'handle'> | null> {
  for await (const found of findAllUp(path, options, lowest)) {
    const { level, id, properties } = found
    return { level, id, properties }
  }
  return null
}

/**
 * The directory at a path in every domain that has it, from the lowest up.
 * @throws DirectoryError
 */
export async function* findAllUp(
  path: string,
  options: OpenOptions = {},
  lowest?: string,
): AsyncGenerator<Found, void, undefined> {
  for await (const { level, handle } of climb(options, lowest)) {
    const id = await resolveOrNull(handle, path)
    if (id !== null) yield { level, handle, ...(await handle.read(id.object)) }
  }
}

/**
 * The entries of a directory in all domains, those of the lowest first: what `getpwent` of an old system went through.
 * @throws DirectoryError
 */
export async function* enumerateUp(
  path: string,
  options: OpenOptions = {},
  lowest?: string,
): AsyncGenerator<{ readonly level: number; readonly properties: Properties }, void, undefined> {
  for await (const { level, handle, id } of findAllUp(path, options, lowest)) {
    const { children } = await handle.listAll(id.object)
    for (const properties of children) yield { level, properties }
  }
}

async function parentOf(handle: DomainHandle): Promise<Binding | null> {
  try {
    return await handle.rparent()
  } catch (error) {
    if (error instanceof DirectoryError && error.status === STATUS.NETROOT) return null
    throw error
  }
}

async function resolveOrNull(handle: DomainHandle, path: string): Promise<Id | null> {
  try {
    return await handle.resolve(path)
  } catch (error) {
    if (error instanceof DirectoryError && (error.status === STATUS.NODIR || error.status === STATUS.BADID)) return null
    throw error
  }
}
