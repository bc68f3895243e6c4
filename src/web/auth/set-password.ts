/** A visitor's own new password, written through the directory: its lists of writers say whether they may. */
import { APPEND, DirectoryError, SECRET_NAME, hashPassword, statusText } from '../../directory/index.ts'
import type { Caller, Domain, Id } from '../../directory/index.ts'
import type { ServedDomains } from '../live/served-domains.ts'
import type { SignIn } from './sign-in.ts'
import { findAccount } from './accounts.ts'
import { PASSWORD_CHARS_MAX } from './sign-in.ts'

/** NIST SP 800-63B §3.1.1.2 (2024) asks for 8 at least, and for no rules about kinds of characters. */
export const PASSWORD_CHARS_MIN = 8

export type SetPasswordResult =
  | { readonly kind: 'done' | 'busy' | 'noUser' }
  | { readonly kind: 'refused'; readonly reason: string }

export type PasswordFault = 'length' | 'differ' | 'name'

/** Why a new password will not do; null when it will. */
export function findPasswordFault(name: string, fresh: string, again: string): PasswordFault | null {
  const { length } = Array.from(fresh)
  if (length < PASSWORD_CHARS_MIN || fresh.length > PASSWORD_CHARS_MAX) return 'length'
  if (fresh !== again) return 'differ'
  return fresh.toLowerCase() === name.toLowerCase() ? 'name' : null
}

export async function setPassword(
  domains: ServedDomains,
  signIn: SignIn,
  name: string,
  fresh: string,
  caller: Caller,
): Promise<SetPasswordResult> {
  const hash = await signIn.inTurn(() => hashPassword(fresh))
  if (hash === null) return { kind: 'busy' }
  const domain = domains.main()?.domain
  const object = findAccount(domains, name)?.object
  const found = domain === undefined || object === undefined ? undefined : domain.read(object)
  if (domain === undefined || found === undefined) return { kind: 'noUser' }
  try {
    const index = found.properties.findIndex((property) => property.name === SECRET_NAME)
    await write(domain, found.id, index, [hash, ...(found.properties[index]?.values.slice(1) ?? [])], caller)
    return { kind: 'done' }
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error
    return { kind: 'refused', reason: statusText(error.status) }
  }
}

async function write(domain: Domain, id: Id, index: number, values: readonly string[], caller: Caller): Promise<void> {
  if (index === -1) {
    const property = { name: SECRET_NAME, values }
    await domain.write({ kind: 'createProperty', id, property, where: APPEND }, caller)
  } else await domain.write({ kind: 'writeProperty', id, index, values }, caller)
}
