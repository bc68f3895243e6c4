/**
 * Who wants to write (protocol.md §8.2): the checks in the order of the protocol.
 *
 * A password travels in the machine name of AUTH_UNIX, each byte inverted. It is compared with the `passwd` of every `/users` entry
 * of the uid; NetInfo sends no user name.
 */
import { STATUS, findProperty, firstValue, isCryptValue, valuesOf, verifyPassword } from '../../directory/index.ts'
import type { Caller, Properties } from '../../directory/index.ts'
import { passwordIn } from '../client/credential.ts'
import { RESERVED_PORT_END } from '../programs.ts'
import { AUTH_FLAVOR } from '../rpc-message.ts'
import type { CallHeader, UnixCredential } from '../rpc-message.ts'
import type { DomainReads } from './domain-view.ts'
import type { RpcPeer } from './rpc-program.ts'
import type { ServerRole } from './server-role.ts'
import type { Tunables } from './tunables.ts'
import { VerifiedPasswords } from './verified-passwords.ts'
import { WrongPasswords } from './wrong-passwords.ts'
import type { Timers } from './timers.ts'

/** A caller, or the status with which its write is refused. */
export type Authentication = { readonly status: 0; readonly caller: Caller } | { readonly status: number }

export interface AuthenticatorOptions {
  readonly domain: DomainReads
  readonly tunables: () => Tunables
  readonly role: () => ServerRole
  readonly clock: Timers
  /** True while the database is locked: every write is then refused with MASTERBUSY. */
  readonly isLocked?: () => boolean
  /** Is told of a right password whose stored form is one of crypt(3)'s (upgrade-passwords.ts). */
  readonly onCryptPassword?: (user: number, stored: string, password: string) => void
}

/** What STATISTICS shows of it (protocol.md §5.2). */
export interface AuthenticationCounts {
  readonly userGood: number
  readonly userBad: number
  readonly writeGood: number
  readonly writeBad: number
}

const INT32_END = 0x8000_0000
const UINT32_END = 0x1_0000_0000

export class Authenticator {
  readonly #options: AuthenticatorOptions
  readonly #verified: VerifiedPasswords
  readonly #wrong: WrongPasswords
  #counts: AuthenticationCounts = { userGood: 0, userBad: 0, writeGood: 0, writeBad: 0 }

  constructor(options: AuthenticatorOptions) {
    this.#options = options
    this.#verified = new VerifiedPasswords(options.clock.now)
    this.#wrong = new WrongPasswords(options.clock)
  }

  get counts(): AuthenticationCounts {
    return this.#counts
  }

  /** Who sent this call, before any list of writers is asked. A wrong password is answered late. */
  async authenticate(header: CallHeader, peer: RpcPeer): Promise<Authentication> {
    const role = this.#options.role()
    const found = role.kind === 'master' ? await this.#onMaster(header, peer) : this.#onClone(role, header, peer)
    const answer: Authentication = this.#options.isLocked?.() === true ? { status: STATUS.MASTERBUSY } : found
    if (answer.status === STATUS.OK) this.#count('writeGood')
    else this.#count('writeBad')
    return answer
  }

  /** A clone takes its master's updates and nothing else. */
  #onClone(role: ServerRole, header: CallHeader, peer: RpcPeer): Authentication {
    const isUpdate =
      role.kind === 'clone' &&
      header.flavor !== AUTH_FLAVOR.unix &&
      role.masterAddresses.includes(peer.address) &&
      peer.port < RESERVED_PORT_END
    if (!isUpdate) return { status: STATUS.RDONLY }
    return { status: STATUS.OK, caller: { ...callerOf('superuser', 'master', peer), isMaster: true } }
  }

  async #onMaster(header: CallHeader, peer: RpcPeer): Promise<Authentication> {
    if (peer.isOwnAddress && peer.port < RESERVED_PORT_END) return superuser('root', peer)
    if (header.flavor !== AUTH_FLAVOR.unix)
      return { status: STATUS.OK, caller: callerOf('anonymous', 'anonymous', peer) }
    const answer = header.unix === null ? { status: STATUS.AUTHERROR } : await this.#byPassword(header.unix, peer)
    this.#count(answer.status === STATUS.OK ? 'userGood' : 'userBad')
    return answer
  }

  async #byPassword(credential: UnixCredential, peer: RpcPeer): Promise<Authentication> {
    const password = passwordIn(credential)
    const users = usersOf(this.#options.domain, credential.uid)
    if (users.length === 0) return { status: STATUS.NOUSER }
    // A password known to be right does not wait behind another's guesses.
    const [first] = users
    let accepted = first !== undefined && this.#isKnown(password, first.properties) ? first : undefined
    if (accepted === undefined) {
      const isRight = await this.#wrong.check(peer.address, credential.uid, async () => {
        accepted = await this.#firstFitting(password, users)
        return accepted !== undefined
      })
      if (isRight === null) return { status: STATUS.MASTERBUSY }
    }
    return accepted === undefined ? { status: STATUS.AUTHERROR } : this.#accept(accepted, credential.uid, peer)
  }

  #accept({ properties }: User, uid: number, peer: RpcPeer): Authentication {
    const name = firstValue(properties, 'name')
    if (name === undefined) return { status: STATUS.NOUSER }
    if (uid === 0 || this.#isAdmin(name)) return superuser(name, peer)
    return { status: STATUS.OK, caller: callerOf('user', name, peer) }
  }

  #isAdmin(name: string): boolean {
    if (!this.#options.tunables().isPromotingAdmins) return false
    const { domain } = this.#options
    const group = domain.findPath([
      ['name', 'groups'],
      ['name', 'admin'],
    ])
    return group !== undefined && valuesOf(domain.read(group)?.properties ?? [], 'users').includes(name)
  }

  #isKnown(password: string, user: Properties): boolean {
    if (!isCheckedHere(user)) return false
    const stored = firstValue(user, 'passwd') ?? ''
    return stored === '' || this.#verified.has(password, stored)
  }

  async #firstFitting(password: string, users: readonly User[]): Promise<User | undefined> {
    for (const user of users) if (await this.#fits(password, user)) return user
    return undefined
  }

  async #fits(password: string, { object, properties }: User): Promise<boolean> {
    if (this.#isKnown(password, properties)) return true
    const stored = firstValue(properties, 'passwd') ?? ''
    if (!isCheckedHere(properties) || !(await verifyPassword(password, stored))) return false
    this.#verified.add(password, stored)
    if (isCryptValue(stored)) this.#options.onCryptPassword?.(object, stored, password)
    return true
  }

  #count(name: keyof AuthenticationCounts): void {
    this.#counts = { ...this.#counts, [name]: this.#counts[name] + 1 }
  }
}

interface User {
  readonly object: number
  readonly properties: Properties
}

function usersOf(domain: DomainReads, uid: number): User[] {
  const directory = domain.findPath([['name', 'users']])
  if (directory === undefined) return []
  // Old systems wrote the uid of `nobody` as -2.
  const forms = uid >= INT32_END ? [String(uid), String(uid - UINT32_END)] : [String(uid)]
  return forms
    .flatMap((form) => domain.find(directory, 'uid', form))
    .map((object) => ({ object, properties: domain.read(object)?.properties ?? [] }))
}

/** `authentication_authority` hands a password to others unless one of its values is of type `basic`: `1.0;basic;`. */
function isCheckedHere(user: Properties): boolean {
  const authorities = findProperty(user, 'authentication_authority')?.values ?? []
  return authorities.length === 0 || authorities.some((value) => value.split(';')[1] === 'basic')
}

function superuser(name: string, peer: RpcPeer): Authentication {
  return { status: STATUS.OK, caller: callerOf('superuser', name, peer) }
}

function callerOf(kind: Caller['kind'], name: string, peer: RpcPeer): Caller {
  return { kind, name, from: `${peer.address}:${peer.port}` }
}
