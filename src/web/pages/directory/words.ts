/** The names of kinds, properties and hints in the reader's language, for the directories that are known. */
import { DIRECTORY_DESCRIPTIONS } from '../../../directory/index.ts'
import type { DirectoryDescription } from '../../../directory/index.ts'
import type { MessageKey } from '../../i18n/catalogue.ts'
import type { View } from '../../i18n/view.ts'
import type labels from '../../../../locales/en/directory.json'

type Suffix<Prefix extends string> = keyof {
  [Key in keyof typeof labels as Key extends `${Prefix}.${infer Rest}` ? Rest : never]: true
}

const LABELS = [
  'name',
  'passwd',
  'uid',
  'gid',
  'realname',
  'home',
  'shell',
  'class',
  'change',
  'expire',
  '_writers_passwd',
  'picture',
  'hint',
  'generateduid',
  'authentication_authority',
  'users',
  'members',
  'ip_address',
  'en_address',
  'serves',
  'bootfile',
  'bootparams',
  'netgroups',
  'address',
  'port',
  'protocol',
  'number',
  'dir',
  'vfstype',
  'type',
  'opts',
  'freq',
  'dump_freq',
  'passno',
  'clients',
  'domain',
  'search',
  'nameserver',
  'hosts',
  'domains',
  'master',
  'trusted_networks',
] as const satisfies readonly Suffix<'label'>[]
type Label = (typeof LABELS)[number]

const KINDS = {
  '/': 'domain',
  '/users': 'users',
  '/groups': 'groups',
  '/aliases': 'aliases',
  '/machines': 'machines',
  '/networks': 'networks',
  '/services': 'services',
  '/protocols': 'protocols',
  '/rpcs': 'rpcs',
  '/mounts': 'mounts',
  '/exports': 'exports',
  '/printers': 'printers',
  '/locations/resolver': 'resolver',
  '/netdomains': 'netdomains',
  '/locations': 'locations',
} as const satisfies Readonly<Record<string, Suffix<'kind'>>>

/** What an entry is, by the path of the directory in which it stands (or of itself): `user`. */
export function kindWord(view: View, viewedPath: string): string {
  return view.t(isKnown(viewedPath) ? `directory.kind.${KINDS[viewedPath]}` : 'directory.kind.other')
}

/** What is made in a directory: `New user`. */
export function newWord(view: View, path: string): string {
  if (!isKnown(path) || path === '/' || path === '/locations/resolver') return view.t('directory.new.other')
  return view.t(`directory.new.${KINDS[path]}`)
}

function isKnown(path: string): path is keyof typeof KINDS {
  return Object.hasOwn(KINDS, path)
}

function isLabel(name: string): name is Label {
  return LABELS.some((label) => label === name)
}

/** The label of a property that is described; its own name otherwise. */
export function labelOf(view: View, name: string): string {
  return isLabel(name) ? view.t(`directory.label.${name}`) : name
}

export function hintOf(view: View, viewedPath: string, name: string): string | null {
  if (name === 'name' && viewedPath === '/mounts') return view.t('directory.hint.mountName')
  if (name === 'name' && viewedPath === '/exports') return view.t('directory.hint.exportName')
  if (!isLabel(name) || name === 'passwd') return null
  const key: MessageKey = `directory.hint.${name}`
  return view.t(key)
}

/** The description by which an entry's form is made; undefined for one of free form. */
export function descriptionOf(viewedPath: string): DirectoryDescription | undefined {
  const description = DIRECTORY_DESCRIPTIONS.get(viewedPath)
  return description === undefined || description.properties.length === 0 ? undefined : description
}
