/**
 * The people who may sign in: the entries of /users in the main domain that have a password, and the operator of this process.
 *
 * What they may do follows NetInfo's own rules (protocol.md §8.2): uid 0 and the members of the group `admin` pass every list of
 * writers; all others write where the lists name them.
 */
import { ROOT_OBJECT, findProperty, firstValue, valuesOf } from '../../directory/index.ts'
import type { Domain, Properties } from '../../directory/index.ts'
import type { ServedDomains } from '../live/served-domains.ts'
import { SCOPES } from '../visitor.ts'
import type { Scope } from '../visitor.ts'
import { digestOf } from './secrets.ts'

export interface Account {
  readonly kind: 'user' | 'operator'
  readonly name: string
  /** Other when the entry is another's: who is removed and made anew is not the one that a token was made for. */
  readonly identity: string
  /** Other after each change of the password, too: sessions end with it. */
  readonly stamp: string
  readonly isSuperuser: boolean
  readonly scopes: ReadonlySet<Scope>
}

/** An account with what only checking a password needs. */
export interface StoredAccount {
  readonly account: Account
  /** What is stored of the password; null where the user cannot sign in here. */
  readonly stored: string | null
  readonly object: number
}

const ADMIN_GROUP = 'admin'
/** Their members see and end everything here, but only `admin` is above the lists of writers. */
const OPERATING_GROUPS = [ADMIN_GROUP, 'wheel'] as const
const SUPERUSER_ID = '0'
const USER_SCOPES: ReadonlySet<Scope> = new Set(['read', 'write'])
const ALL_SCOPES: ReadonlySet<Scope> = new Set(SCOPES)
/** What `promote_admins` says where members of `admin` are like all others. */
const NO = /^(?:NO|no|No|N|n|0)$/

/** Who has started this process, and has shown it by the link that it printed. */
export function operatorAccount(name: string): Account {
  return { kind: 'operator', name, identity: 'operator', stamp: 'operator', isSuperuser: true, scopes: ALL_SCOPES }
}

/** A user of the main domain by name, as it is now; null where there is none. */
export function findAccount(domains: ServedDomains, name: string): StoredAccount | null {
  const domain = domains.main()?.domain
  const users = domain?.findPath([['name', 'users']])
  const [object] = domain === undefined || users === undefined ? [] : domain.find(users, 'name', name)
  if (domain === undefined || object === undefined) return null
  const properties = domain.read(object)?.properties ?? []
  const uid = firstValue(properties, 'uid') ?? ''
  const passwd = firstValue(properties, 'passwd') ?? ''
  const canonical = firstValue(properties, 'name') ?? name
  const identity = digestOf(JSON.stringify([domain.tag, object, uid, canonical]))
  const isAdmin = isMember(domain, ADMIN_GROUP, canonical)
  const operates = uid === SUPERUSER_ID || OPERATING_GROUPS.some((group) => isMember(domain, group, canonical))
  return {
    account: {
      kind: 'user',
      name: canonical,
      identity,
      stamp: digestOf(JSON.stringify([identity, passwd])),
      isSuperuser: uid === SUPERUSER_ID || (isAdmin && promotesAdmins(domain)),
      scopes: operates ? ALL_SCOPES : USER_SCOPES,
    },
    stored: passwd !== '' && isCheckedHere(properties) ? passwd : null,
    object,
  }
}

function isMember(domain: Domain, group: string, name: string): boolean {
  const object = domain.findPath([
    ['name', 'groups'],
    ['name', group],
  ])
  return object !== undefined && valuesOf(domain.read(object)?.properties ?? [], 'users').includes(name)
}

function promotesAdmins(domain: Domain): boolean {
  return !NO.test(firstValue(domain.read(ROOT_OBJECT)?.properties ?? [], 'promote_admins') ?? '')
}

/** `authentication_authority` hands a password to others unless one of its values is of type `basic`: `1.0;basic;`. */
function isCheckedHere(user: Properties): boolean {
  const authorities = findProperty(user, 'authentication_authority')?.values ?? []
  return authorities.length === 0 || authorities.some((value) => value.split(';')[1] === 'basic')
}
