/** The entries of the well-known directories as records with typed fields, as far as their values can be read so. */
import { firstValue, valuesOf } from '../model.ts'
import type { Properties } from '../model.ts'
import { readNumber } from './forms.ts'

export interface NamedView {
  /** Empty where the entry has none. */
  readonly name: string
  readonly aliases: readonly string[]
}

export interface UserView extends NamedView {
  readonly uid: number | null
  readonly gid: number | null
  readonly realname: string
  readonly home: string
  readonly shell: string
  readonly class: string
  /** Seconds since 1970; 0 for never. */
  readonly change: number | null
  /** Seconds since 1970; 0 for never. */
  readonly expire: number | null
}

export interface GroupView extends NamedView {
  readonly gid: number | null
  readonly users: readonly string[]
}

export interface AliasView extends NamedView {
  readonly members: readonly string[]
}

export interface MachineView extends NamedView {
  readonly ipAddresses: readonly string[]
  readonly enAddresses: readonly string[]
  /** Values of `serves` that are DOMAIN/TAG (protocol.md §7.1). */
  readonly serves: readonly { readonly domain: string; readonly tag: string }[]
  readonly bootfile: string
  readonly bootparams: readonly string[]
  readonly netgroups: readonly string[]
}

export interface NetworkView extends NamedView {
  readonly address: string
}

export interface ServiceView extends NamedView {
  readonly port: number | null
  readonly protocols: readonly string[]
}

export interface NumberView extends NamedView {
  readonly number: number | null
}

export interface MountView {
  readonly name: string
  readonly dir: string
  readonly type: string
  readonly options: readonly string[]
  readonly freq: number | null
  readonly passno: number | null
}

export interface ExportView {
  readonly paths: readonly string[]
  readonly options: readonly string[]
  readonly clients: readonly string[]
}

export interface PrinterView extends NamedView {
  /** A text, a number (stored as `#n`), or true for a flag (stored without values). */
  readonly capabilities: readonly { readonly name: string; readonly value: string | number | true }[]
}

export interface ResolverView {
  readonly domain: string
  readonly search: readonly string[]
  readonly nameservers: readonly string[]
}

export interface NetgroupView extends NamedView {
  readonly hosts: readonly string[]
  readonly users: readonly string[]
  readonly domains: readonly string[]
  readonly netgroups: readonly string[]
}

export interface Views {
  readonly '/users': UserView
  readonly '/groups': GroupView
  readonly '/aliases': AliasView
  readonly '/machines': MachineView
  readonly '/networks': NetworkView
  readonly '/services': ServiceView
  readonly '/protocols': NumberView
  readonly '/rpcs': NumberView
  readonly '/mounts': MountView
  readonly '/exports': ExportView
  readonly '/printers': PrinterView
  readonly '/locations/resolver': ResolverView
  readonly '/netdomains': NetgroupView
}

export type ViewedDirectory = keyof Views

const VIEWERS: { readonly [Directory in ViewedDirectory]: (entry: Properties) => Views[Directory] } = {
  '/users': (entry) => ({
    ...viewNames(entry),
    uid: numberOf(entry, 'uid'),
    gid: numberOf(entry, 'gid'),
    realname: textIn(entry, 'realname'),
    home: textIn(entry, 'home'),
    shell: textIn(entry, 'shell'),
    class: textIn(entry, 'class'),
    change: numberOf(entry, 'change'),
    expire: numberOf(entry, 'expire'),
  }),
  '/groups': (entry) => ({ ...viewNames(entry), gid: numberOf(entry, 'gid'), users: fullValues(entry, 'users') }),
  '/aliases': (entry) => ({ ...viewNames(entry), members: fullValues(entry, 'members') }),
  '/machines': (entry) => ({
    ...viewNames(entry),
    ipAddresses: fullValues(entry, 'ip_address'),
    enAddresses: fullValues(entry, 'en_address'),
    serves: fullValues(entry, 'serves').flatMap(readServes),
    bootfile: textIn(entry, 'bootfile'),
    bootparams: fullValues(entry, 'bootparams'),
    netgroups: fullValues(entry, 'netgroups'),
  }),
  '/networks': (entry) => ({ ...viewNames(entry), address: textIn(entry, 'address') }),
  '/services': (entry) => ({
    ...viewNames(entry),
    port: numberOf(entry, 'port'),
    protocols: fullValues(entry, 'protocol'),
  }),
  '/protocols': viewNumber,
  '/rpcs': viewNumber,
  '/mounts': (entry) => ({
    name: textIn(entry, 'name'),
    dir: textIn(entry, 'dir'),
    type: firstValue(entry, 'vfstype') ?? firstValue(entry, 'type') ?? 'nfs',
    options: fullValues(entry, 'opts'),
    freq: numberOf(entry, 'freq') ?? numberOf(entry, 'dump_freq'),
    passno: numberOf(entry, 'passno'),
  }),
  '/exports': (entry) => ({
    paths: fullValues(entry, 'name'),
    options: fullValues(entry, 'opts'),
    clients: fullValues(entry, 'clients'),
  }),
  '/printers': (entry) => ({
    ...viewNames(entry),
    capabilities: entry
      .filter(({ name }) => name !== 'name' && !name.startsWith('_'))
      .map(({ name, values: [value] }) => ({ name, value: readCapability(value) })),
  }),
  '/locations/resolver': (entry) => ({
    domain: textIn(entry, 'domain'),
    search: fullValues(entry, 'search'),
    nameservers: fullValues(entry, 'nameserver'),
  }),
  '/netdomains': (entry) => ({
    ...viewNames(entry),
    hosts: fullValues(entry, 'hosts'),
    users: fullValues(entry, 'users'),
    domains: fullValues(entry, 'domains'),
    netgroups: fullValues(entry, 'netgroups'),
  }),
}

export function isViewedDirectory(path: string): path is ViewedDirectory {
  return Object.hasOwn(VIEWERS, path)
}

/** Reads an entry of a well-known directory. What is missing is empty, and what is not a number is null: it never fails. */
export function viewOf<Directory extends ViewedDirectory>(directory: Directory, entry: Properties): Views[Directory] {
  return VIEWERS[directory](entry)
}

function viewNames(entry: Properties): NamedView {
  const [name = '', ...aliases] = valuesOf(entry, 'name')
  return { name, aliases }
}

function viewNumber(entry: Properties): NumberView {
  return { ...viewNames(entry), number: numberOf(entry, 'number') }
}

function textIn(entry: Properties, name: string): string {
  return firstValue(entry, name) ?? ''
}

function numberOf(entry: Properties, name: string): number | null {
  return readNumber(firstValue(entry, name))
}

/** The values that say something: niload makes one empty value of an empty list. */
function fullValues(entry: Properties, name: string): readonly string[] {
  return valuesOf(entry, name).filter((value) => value !== '')
}

function readServes(value: string): { domain: string; tag: string }[] {
  const slash = value.indexOf('/')
  // `./local` and `../network` are domains called `.` and `..`.
  return slash > 0 && slash < value.length - 1 ? [{ domain: value.slice(0, slash), tag: value.slice(slash + 1) }] : []
}

function readCapability(value: string | undefined): string | number | true {
  if (value === undefined) return true
  return value.startsWith('#') ? (readNumber(value.slice(1)) ?? value) : value
}
