/** Who may tell the binder what to do: root (protocol.md §6). */
import { STATUS, verifyPassword } from '../../directory/index.ts'
import { passwordIn } from '../client/credential.ts'
import { RESERVED_PORT_END } from '../programs.ts'
import type { RpcCall } from './rpc-program.ts'
import { WrongPasswords } from './wrong-passwords.ts'
import type { GuardClock } from './wrong-passwords.ts'

/** The uid whose password counts, whatever uid the credential names. */
const ROOT_UID = 0

/**
 * Root's password as this machine keeps it: the stored form of the entry for uid 0. An empty one accepts every password, as the
 * original does; null accepts none.
 */
export type RootPassword = () => string | null | Promise<string | null>

export class BinderAuthority {
  readonly #rootPassword: RootPassword
  readonly #wrong: WrongPasswords

  constructor(rootPassword: RootPassword, clock: GuardClock) {
    this.#rootPassword = rootPassword
    this.#wrong = new WrongPasswords(clock)
  }

  /** OK for root; else PERM, or MASTERBUSY where too many passwords of that caller are being checked. */
  async check({ header, peer }: RpcCall): Promise<number> {
    if (peer.isOwnAddress && peer.port < RESERVED_PORT_END) return STATUS.OK
    if (header.unix === null) return STATUS.PERM
    const stored = await this.#rootPassword()
    if (stored === null) return STATUS.PERM
    if (stored === '') return STATUS.OK
    const password = passwordIn(header.unix)
    const isRight = await this.#wrong.check(peer.address, ROOT_UID, () => verifyPassword(password, stored))
    if (isRight === null) return STATUS.MASTERBUSY
    return isRight ? STATUS.OK : STATUS.PERM
  }
}
