/**
 * This machine's own files as directories: what `/etc` says of users, groups, machines and the rest, ready to be put below
 * the root of a domain.
 *
 * No password is read: every user and group gets `*`, which lets nobody in. It is not left out, for a user without a value
 * of `passwd` is let in without one (protocol.md §8.2).
 */
import { join } from 'node:path'
import { messageOf, textOf } from '../core/index.ts'
import { BoundedReadError, readBounded } from './etc-read.ts'
import { FORMATS } from './formats/index.ts'
import type { FormatProblem, Tree } from './formats/index.ts'
import { findProperty, firstValue, valuesOf } from './model.ts'
import type { Properties } from './model.ts'
import { MASK, SECRET_NAME } from './secrets.ts'

/** What can be read alone. */
export type MachinePart =
  | 'users'
  | 'groups'
  | 'hosts'
  | 'networks'
  | 'services'
  | 'protocols'
  | 'rpcs'
  | 'aliases'
  | 'mounts'
  | 'exports'
  | 'printers'
  | 'resolver'

export const MACHINE_PARTS: readonly MachinePart[] = [
  'users',
  'groups',
  'hosts',
  'networks',
  'services',
  'protocols',
  'rpcs',
  'aliases',
  'mounts',
  'exports',
  'printers',
  'resolver',
]

export interface ReadMachineOptions {
  /** The folder that stands for `/`. */
  readonly root?: string
  /** The parts to read; all where it is missing. */
  readonly only?: readonly MachinePart[]
}

export interface MachineProblem extends FormatProblem {
  /** From the root: `/etc/passwd`. The line is 0 when the file as a whole could not be read. */
  readonly file: string
}

export interface MachineData {
  /** One for each well-known directory that has something in it, in the order of `MACHINE_PARTS`. */
  readonly trees: readonly Tree[]
  readonly problems: readonly MachineProblem[]
}

/** Reads the files of this machine. A file that is missing is as good as an empty one; what is wrong is a problem. */
export async function readMachine(options: ReadMachineOptions = {}): Promise<MachineData> {
  const files = new MachineFiles(options.root ?? '/')
  const trees: Tree[] = []
  for (const part of MACHINE_PARTS) {
    if (options.only !== undefined && !options.only.includes(part)) continue
    const tree = await PART_READERS[part](files)
    if (tree !== undefined) trees.push(tree)
  }
  return { trees, problems: files.problems }
}

class MachineFiles {
  readonly problems: MachineProblem[] = []
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  /** The entries of a file in one of the formats. */
  async entries(file: string, format: string): Promise<readonly Properties[]> {
    const parse = FORMATS.get(format)?.parse
    if (parse === undefined) throw new TypeError(`no format ${format}`)
    const { entries, problems } = parse(await this.text(file))
    for (const problem of problems) this.problems.push({ file, ...problem })
    return entries
  }

  async text(file: string): Promise<string> {
    try {
      return textOf((await readBounded(join(this.#root, file))) ?? new Uint8Array())
    } catch (error) {
      const message = error instanceof BoundedReadError ? error.message : `cannot be read: ${messageOf(error)}`
      this.problems.push({ file, line: 0, message })
      return ''
    }
  }
}

type PartReader = (files: MachineFiles) => Promise<Tree | undefined>

const PART_READERS: Readonly<Record<MachinePart, PartReader>> = {
  users: async (files) => makeTree('users', (await files.entries('/etc/passwd', 'passwd.43')).map(hidePassword)),
  groups: async (files) => {
    const groups = await files.entries('/etc/group', 'group')
    return makeTree('groups', groups.map(hidePassword).map(dropEmptyUsers))
  },
  hosts: readHosts,
  networks: readFile('networks', '/etc/networks', 'networks'),
  services: readFile('services', '/etc/services', 'services'),
  protocols: readFile('protocols', '/etc/protocols', 'protocols'),
  rpcs: readFile('rpcs', '/etc/rpc', 'rpc'),
  aliases: readFile('aliases', '/etc/aliases', 'aliases'),
  mounts: readMounts,
  exports: readFile('exports', '/etc/exports', 'exports'),
  printers: readFile('printers', '/etc/printcap', 'printcap'),
  resolver: async (files) => {
    const [resolver] = await files.entries('/etc/resolv.conf', 'resolv.conf')
    if (resolver === undefined) return undefined
    const properties = [{ name: 'name', values: ['resolver'] }, ...resolver]
    return { properties: [{ name: 'name', values: ['locations'] }], children: [{ properties, children: [] }] }
  },
}

function readFile(directory: string, file: string, format: string): PartReader {
  return async (files) => makeTree(directory, await files.entries(file, format))
}

/** A directory with its entries; undefined where there are none. */
function makeTree(name: string, entries: readonly Properties[]): Tree | undefined {
  if (entries.length === 0) return undefined
  return {
    properties: [{ name: 'name', values: [name] }],
    children: entries.map((properties) => ({ properties, children: [] })),
  }
}

function hidePassword(entry: Properties): Properties {
  return entry.map((property) => (property.name === SECRET_NAME ? { name: SECRET_NAME, values: [MASK] } : property))
}

/** A group of nobody has no member, where niload's reading has one whose name is empty. */
function dropEmptyUsers(entry: Properties): Properties {
  return entry.map((property) =>
    property.name === 'users' ? { name: 'users', values: property.values.filter((user) => user !== '') } : property,
  )
}

/** The machines of `/etc/hosts`, this one by its name, and the Ethernet addresses of `/etc/ethers`. */
async function readHosts(files: MachineFiles): Promise<Tree | undefined> {
  const machines = (await files.entries('/etc/hosts', 'hosts')).map((entry) => entry.slice())
  const byName = new Map<string, (typeof machines)[number]>()
  const take = (machine: (typeof machines)[number]): void => {
    for (const name of valuesOf(machine, 'name')) if (!byName.has(name)) byName.set(name, machine)
  }
  machines.forEach(take)
  const own = (await files.text('/etc/hostname')).split('\n')[0]?.trim() ?? ''
  if (own !== '' && !byName.has(own)) {
    const machine = [{ name: 'name', values: [own] }]
    machines.push(machine)
    take(machine)
  }
  for (const entry of await files.entries('/etc/ethers', 'ethers')) {
    const machine = byName.get(firstValue(entry, 'name') ?? '')
    const address = findProperty(entry, 'en_address')
    if (machine === undefined) machines.push([...entry])
    else if (address !== undefined && findProperty(machine, 'en_address') === undefined) machine.push(address)
  }
  return makeTree('machines', machines)
}

const NFS = /^nfs\d?$/

/** The mounts of `/etc/fstab`, and what is mounted by NFS besides. */
async function readMounts(files: MachineFiles): Promise<Tree | undefined> {
  const planned = await files.entries('/etc/fstab', 'fstab')
  const keyOf = (entry: Properties): string => `${firstValue(entry, 'name') ?? ''}\n${firstValue(entry, 'dir') ?? ''}`
  const known = new Set(planned.map(keyOf))
  const mounted = (await files.entries('/proc/mounts', 'fstab')).filter(
    (entry) => NFS.test(firstValue(entry, 'vfstype') ?? '') && !known.has(keyOf(entry)),
  )
  return makeTree('mounts', [...planned, ...mounted])
}
