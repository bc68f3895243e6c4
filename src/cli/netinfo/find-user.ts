/** Finds the domain that has a user, and what the domains above ask of passwords (tools.md §9). */
import { STATUS, valuesOf } from '../../directory/index.ts'
import type { DomainHandle, OpenOptions } from '../../netinfo/index.ts'
import type { Client } from './client.ts'
import { readAt } from './edit.ts'
import type { Snapshot } from './edit.ts'
import { escapeName } from './paths.ts'
import { openTarget } from './target.ts'
import type { Target } from './target.ts'
import { TOOL_EXIT, ToolError, isStatus } from './tool-exit.ts'

/** Deeper hierarchies there are none; a loop of parents would be climbed for ever. */
const DOMAINS_MAX = 32
const OPTIONS = 'security_options'
const SECURE = 'secure_passwords'

export interface FoundUser {
  readonly handle: DomainHandle
  readonly entry: Snapshot
  /** Whether a domain, from this one or the local one up, asks for secure passwords. */
  readonly isSecure: boolean
}

/**
 * Climbs from a domain to the root. The user must be in the first, or, with `isClimbing`, in any; the lowest counts. The handle
 * found is the caller's to close.
 * @throws ToolError when no domain has the user
 */
export async function findUser(user: string, start: Target, isClimbing: boolean, client: Client): Promise<FoundUser> {
  let found: Omit<FoundUser, 'isSecure'> | null = null
  let isSecure = false
  let handle: DomainHandle | null = await openTarget(start, client)
  for (let level = 0; handle !== null && level < DOMAINS_MAX; level += 1) {
    if (found === null && (isClimbing || level === 0)) {
      const entry = await entryOf(handle, user)
      found = entry === null ? null : { handle, entry }
      if (found === null && !isClimbing) break
    }
    isSecure ||= await asksSecure(handle)
    const above: DomainHandle | null = await parentOf(handle, start.options, client, found !== null)
    if (handle !== found?.handle) handle.close()
    handle = above
  }
  if (handle !== null && handle !== found?.handle) handle.close()
  if (found !== null) return { ...found, isSecure }
  throw new ToolError(
    TOOL_EXIT.usage,
    isClimbing ? `no domain has the user ${user}` : `${start.name} has no user ${user}`,
  )
}

async function entryOf(handle: DomainHandle, user: string): Promise<Snapshot | null> {
  try {
    return await readAt(handle, `/users/${escapeName(user)}`)
  } catch (error) {
    if (isStatus(error, STATUS.NODIR)) return null
    throw error
  }
}

async function asksSecure(handle: DomainHandle): Promise<boolean> {
  const { properties } = await handle.read((await handle.root()).object)
  return valuesOf(properties, OPTIONS).includes(SECURE)
}

/** Null at the root. Once the user is found, a parent that does not answer ends the climb too: its rules cannot be known. */
async function parentOf(
  handle: DomainHandle,
  options: OpenOptions,
  client: Client,
  isFound: boolean,
): Promise<DomainHandle | null> {
  try {
    const { address, tag } = await handle.rparent()
    return await client.openServer(address, tag, options)
  } catch (error) {
    if (isStatus(error, STATUS.NETROOT) || isFound) return null
    throw error
  }
}
