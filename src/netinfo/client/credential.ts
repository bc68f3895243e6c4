/** What a client sends to show who writes (protocol.md §8.2). */
import { bytesOf, textOf } from '../../core/index.ts'
import { DirectoryError, STATUS, firstValue } from '../../directory/index.ts'
import type { UnixCredential } from '../rpc-message.ts'
import type { DomainReads } from './procedures.ts'

/** The password takes the place of the machine's name, which may be no longer (RFC 5531 §14). */
const PASSWORD_BYTES_MAX = 255
const UID_MAX = 0xffff_ffff
const SUPERUSER = 'root'

/** Who writes, as `OpenOptions` says it. */
export interface Writer {
  readonly user?: string | undefined
  readonly password?: string | undefined
}

/** The credential of a user id and a password: every byte of it inverted, so that no string of it is on the wire as it is. */
export function credentialOf(uid: number, password: string): UnixCredential {
  const bytes = bytesOf(password)
  if (bytes.length > PASSWORD_BYTES_MAX)
    throw new DirectoryError(STATUS.AUTHERROR, `a password of more than ${PASSWORD_BYTES_MAX} bytes cannot be sent`)
  const stamp = Math.floor(Date.now() / 1000)
  return { stamp, machineName: Buffer.from(bytes.map((byte) => ~byte & 0xff)), uid, gid: 0, gids: [] }
}

/** The password in a credential. It ends at its first NUL, an inverted 0xFF, as a string of C does. */
export function passwordIn({ machineName }: Pick<UnixCredential, 'machineName'>): string {
  const bytes = machineName.map((byte) => ~byte)
  const end = bytes.indexOf(0)
  return textOf(end === -1 ? bytes : bytes.subarray(0, end))
}

/**
 * The credential of a user of a domain, whose number is read from `/users` there; null where nobody is named. A password
 * alone is root's.
 * @throws DirectoryError NOUSER where the domain knows no such user, or no number of him
 */
export async function findCredential(domain: DomainReads, writer: Writer): Promise<UnixCredential | null> {
  if (writer.user === undefined && writer.password === undefined) return null
  const user = writer.user ?? SUPERUSER
  const uid = Number(await findUid(domain, user))
  if (!Number.isInteger(uid) || uid < 0 || uid > UID_MAX) throw new DirectoryError(STATUS.NOUSER, user)
  return credentialOf(uid, writer.password ?? '')
}

async function findUid(domain: DomainReads, user: string): Promise<string> {
  try {
    const { object: root } = await domain.root()
    const users = await domain.lookup(root, 'name', 'users')
    const { properties } = await domain.lookupRead(users.objects[0] ?? root, 'name', user)
    return firstValue(properties, 'uid') ?? 'none'
  } catch (error) {
    if (error instanceof DirectoryError && (error.status === STATUS.NODIR || error.status === STATUS.BADID))
      throw new DirectoryError(STATUS.NOUSER, user)
    throw error
  }
}
