/** A crypt(3) value gives way to a new hash of the password that was shown to fit it. */
import { firstValue } from './model.ts'
import type { Id, Properties } from './model.ts'
import type { Caller, WriteOperation } from './operation.ts'
import { SECRET_NAME } from './secrets.ts'

const CALLER: Caller = { kind: 'superuser', name: 'password upgrade', from: 'local' }

/** What this needs of a domain. */
interface Written {
  readonly read: (object: number) => { readonly id: Id; readonly properties: Properties } | undefined
  readonly write: (operation: WriteOperation, caller: Caller) => Promise<unknown>
}

/**
 * Stores `hash` for a user in the place of `stored`; nothing is done where somebody has changed that meanwhile.
 * @throws DirectoryError when the domain refuses the write
 */
export async function replaceOldPassword(domain: Written, user: number, stored: string, hash: string): Promise<void> {
  const found = domain.read(user)
  if (found === undefined || firstValue(found.properties, SECRET_NAME) !== stored) return
  const index = found.properties.findIndex(({ name }) => name === SECRET_NAME)
  const rest = found.properties[index]?.values.slice(1) ?? []
  await domain.write({ kind: 'writeProperty', id: found.id, index, values: [hash, ...rest] }, CALLER)
}
