/** What the entries of the well-known directories hold (protocol.md §10), as data: for forms, for help, for warnings. */
import type { ValueForm } from './forms.ts'

export interface PropertyDescription {
  readonly name: string
  /** A phrase without a full stop. */
  readonly meaning: string
  readonly form: ValueForm
  /** Whether several values are meant to be there. */
  readonly isList: boolean
  /** An entry without it is of no use. */
  readonly isRequired: boolean
}

export interface DirectoryDescription {
  /** `/users`. */
  readonly path: string
  /** What an entry is: `user`. */
  readonly entry: string
  /** Whether an entry is a child of the directory, or the directory itself. */
  readonly holds: 'children' | 'itself'
  /** Empty for a directory of free form. */
  readonly properties: readonly PropertyDescription[]
}

function one(name: string, meaning: string, form: ValueForm = 'text'): PropertyDescription {
  return { name, meaning, form, isList: false, isRequired: false }
}

function many(name: string, meaning: string, form: ValueForm = 'text'): PropertyDescription {
  return { ...one(name, meaning, form), isList: true }
}

function required(description: PropertyDescription): PropertyDescription {
  return { ...description, isRequired: true }
}

function describeChildren(
  path: string,
  entry: string,
  properties: readonly PropertyDescription[],
): DirectoryDescription {
  return { path, entry, holds: 'children', properties }
}

function describeItself(path: string, entry: string, properties: readonly PropertyDescription[]): DirectoryDescription {
  return { path, entry, holds: 'itself', properties }
}

const NAME = required(many('name', 'the name, then other names'))

const DESCRIPTIONS: readonly DirectoryDescription[] = [
  describeItself('/', 'domain', [
    one('master', 'who takes the writes: HOST/TAG', 'serves'),
    many('trusted_networks', 'who may connect; everybody where it is missing'),
  ]),
  describeChildren('/users', 'user', [
    required(many('name', 'the login name, then other names')),
    one('passwd', 'the hashed password; without one, no password is asked for'),
    required(one('uid', 'the user number', 'number')),
    required(one('gid', 'the number of the main group', 'number')),
    one('realname', 'the full name'),
    one('home', 'the home folder'),
    one('shell', 'the login shell'),
    one('class', 'the login class'),
    one('change', 'when the password must be changed, in seconds since 1970; 0 for never', 'number'),
    one('expire', 'when the account expires, in seconds since 1970; 0 for never', 'number'),
    many('_writers_passwd', 'who may change the password'),
    one('picture', "the path of the user's picture"),
    one('hint', 'a hint to the password'),
    one('generateduid', 'the universally unique id'),
    many('authentication_authority', 'how the password is checked'),
  ]),
  describeChildren('/groups', 'group', [
    NAME,
    one('passwd', 'the hashed password of the group'),
    required(one('gid', 'the group number', 'number')),
    many('users', 'the members, by login name'),
  ]),
  describeChildren('/aliases', 'mail alias', [
    NAME,
    required(many('members', 'where the mail goes: addresses, users, files, programs')),
  ]),
  describeChildren('/machines', 'machine', [
    NAME,
    many('ip_address', 'the addresses', 'address'),
    many('en_address', 'the Ethernet addresses, lower case and without leading zeros', 'ethernet'),
    many('serves', 'the domains that it serves: DOMAIN/TAG', 'serves'),
    one('bootfile', 'the file to boot from over the network'),
    many('bootparams', 'what it mounts without a disk: KEY=HOST:PATH', 'bootparam'),
    many('netgroups', 'the netgroups it belongs to'),
  ]),
  describeChildren('/networks', 'network', [
    NAME,
    required(one('address', 'the network number, dotted, without leading zeros', 'network')),
  ]),
  describeChildren('/services', 'service', [
    NAME,
    required(one('port', 'the port number', 'port')),
    required(many('protocol', 'the transports: tcp, udp')),
  ]),
  describeChildren('/protocols', 'protocol', [NAME, required(one('number', 'the protocol number of IP', 'number'))]),
  describeChildren('/rpcs', 'RPC program', [NAME, required(one('number', 'the program number', 'number'))]),
  describeChildren('/mounts', 'mount', [
    required(one('name', 'what is mounted: HOST:/PATH, or a device')),
    required(one('dir', 'where it is mounted')),
    one('vfstype', 'the type of file system; nfs where it is missing'),
    one('type', 'an older name of vfstype'),
    many('opts', 'the options'),
    one('freq', 'how often it is dumped, in days', 'number'),
    one('dump_freq', 'another name of freq', 'number'),
    one('passno', 'in which pass it is checked', 'number'),
  ]),
  describeChildren('/exports', 'export', [
    required(many('name', 'the paths that others may mount')),
    many('opts', 'the options, without their dash'),
    many('clients', 'who may mount it; everybody where it is missing'),
  ]),
  describeChildren('/printers', 'printer', [NAME]),
  describeItself('/locations/resolver', 'resolver', [
    one('domain', 'the DNS domain of this domain'),
    many('search', 'the DNS domains to search'),
    many('nameserver', 'the name servers', 'address'),
  ]),
  describeChildren('/netdomains', 'netgroup', [
    NAME,
    many('hosts', 'the machines that belong to it'),
    many('users', 'the users that belong to it'),
    many('domains', 'the domains that belong to it'),
    many('netgroups', 'the netgroups that belong to it'),
  ]),
  describeChildren('/locations', 'location', []),
  describeChildren('/locations/lookupd', 'category of lookups', []),
  describeChildren('/localconfig', 'setting of a machine', []),
  describeChildren('/config', 'configuration', []),
  describeChildren('/fax_modems', 'fax modem', []),
]

/** The well-known directories by path; a directory that is not here is of free form too. */
export const DIRECTORY_DESCRIPTIONS: ReadonlyMap<string, DirectoryDescription> = new Map(
  DESCRIPTIONS.map((description) => [description.path, description]),
)
