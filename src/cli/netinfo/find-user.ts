/** Finds the domain that has a user, and what the domains above ask of passwords (tools.md §9). */
import { DirectoryError, STATUS, valuesOf } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import type { Client } from './client.ts'
import { readAt } from './edit.ts'
import type { Snapshot } from './edit.ts'
import { escapeName } from './paths.ts'
import { openTarget, readServerName } from './target.ts'
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
  try {
    for (let level = 0; level < DOMAINS_MAX; level += 1) {
      const handle = await openAbove(start, level, client, found !== null)
      if (handle === null) break
      try {
        const entry: Snapshot | null = found === null ? await entryOf(handle, user) : null
        if (entry !== null) found = { handle, entry }
        if (found === null && !isClimbing) break
        isSecure ||= await asksSecure(handle)
      } finally {
        if (handle !== found?.handle) handle.close()
      }
    }
  } catch (error) {
    found?.handle.close()
    throw error
  }
  if (found !== null) return { ...found, isSecure }
  throw new ToolError(
    TOOL_EXIT.usage,
    isClimbing ? `no domain has the user ${user}` : `${start.name} has no user ${user}`,
  )
}

/**
 * The domain so many levels above; null above the root. Once the user is found, a domain that does not answer ends the climb
 * too: its rules cannot be known.
 */
async function openAbove(start: Target, level: number, client: Client, isFound: boolean): Promise<DomainHandle | null> {
  if (level === 0) return openTarget(start, client)
  try {
    return await client.openDomain(nameAbove(start, level), start.options)
  } catch (error) {
    if (isStatus(error, STATUS.NETROOT) || (isFound && error instanceof DirectoryError)) return null
    throw error
  }
}

/** A name may go on from a server: `network@ada/..`. */
function nameAbove({ name, isServer }: Target, level: number): string {
  const { host, tag } = isServer ? readServerName(name) : { host: '', tag: '' }
  const first = isServer ? escapeName(`${tag}@${host}`) : name.replace(/\/+$/, '')
  return `${first}${'/..'.repeat(level)}`
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
