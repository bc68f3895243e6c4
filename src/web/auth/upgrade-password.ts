/** A crypt(3) value of an imported domain gives way to argon2id as soon as somebody has shown the password that fits it. */
import { DirectoryError, firstValue, hashPassword } from '../../directory/index.ts'
import type { Caller } from '../../directory/index.ts'
import type { ServedDomains } from '../live/served-domains.ts'

const CALLER: Caller = { kind: 'superuser', name: 'password upgrade', from: 'local' }
const SECRET_NAME = 'passwd'

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
  const found = main.domain.read(object)
  // Somebody may have changed it meanwhile.
  if (found === undefined || firstValue(found.properties, SECRET_NAME) !== stored) return
  const index = found.properties.findIndex(({ name }) => name === SECRET_NAME)
  const rest = found.properties[index]?.values.slice(1) ?? []
  try {
    await main.domain.write({ kind: 'writeProperty', id: found.id, index, values: [hash, ...rest] }, CALLER)
  } catch (error) {
    // Whoever was quicker may have the entry: the next sign-in finds what is there then.
    if (!(error instanceof DirectoryError)) throw error
  }
}
