/** A crypt(3) value of an imported domain gives way to argon2id as soon as somebody has shown the password that fits it. */
import { DirectoryError, hashPassword, replaceOldPassword } from '../../directory/index.ts'
import type { ServedDomains } from '../live/served-domains.ts'

/**
 * Stores `password` anew for a user whose value is still `stored`. Not on a copy of a domain, whose master does it, nor where the
 * domain serves old values to old clients.
 */
export async function upgradePassword(
  domains: ServedDomains,
  object: number,
  stored: string,
  password: string,
): Promise<void> {
  const main = domains.main()
  if (main === undefined || !main.isMaster || main.domain.disclosure() !== 'masked') return
  const hash = await hashPassword(password)
  try {
    await replaceOldPassword(main.domain, object, stored, hash)
  } catch (error) {
    // Whoever was quicker may have the entry: the next sign-in finds what is there then.
    if (!(error instanceof DirectoryError)) throw error
  }
}
