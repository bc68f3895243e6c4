/** What a new domain holds so that its server knows who it is (protocol.md §6, end). */
import type { Domain } from './domain.ts'
import { ROOT_OBJECT, firstValue } from './model.ts'
import type { Caller } from './operation.ts'
import { putTree } from './put-tree.ts'
import { DirectoryError, STATUS } from './status.ts'

export interface ServerPlace {
  readonly hostName: string
  /** Dotted quads; those of the loopback where there are no others. */
  readonly addresses: readonly string[]
  readonly tag: string
}

/** Who writes what a program of this machine makes on its own. */
export const SYSTEM_CALLER: Caller = { kind: 'superuser', name: 'portolan', from: 'local' }

/** Whether a domain says who its master is: a server without that cannot run. */
export function isFurnished(domain: Domain): boolean {
  return firstValue(domain.read(ROOT_OBJECT)?.properties ?? [], 'master') !== undefined
}

/** Names the master of a new domain: this server, or for a clone the one whose copy it will get. */
export async function furnish(domain: Domain, master: ServerPlace): Promise<void> {
  const root = domain.read(ROOT_OBJECT)
  if (root === undefined) throw new DirectoryError(STATUS.NODIR)
  const property = { name: 'master', values: [`${master.hostName}/${master.tag}`] }
  await domain.write({ kind: 'write', id: root.id, properties: [...root.properties, property] }, SYSTEM_CALLER)
  const entry = [
    { name: 'name', values: [master.hostName] },
    { name: 'ip_address', values: master.addresses },
    { name: 'serves', values: [`./${master.tag}`] },
  ]
  const tree = {
    properties: [{ name: 'name', values: ['machines'] }],
    children: [{ properties: entry, children: [] }],
  }
  await putTree(domain, ROOT_OBJECT, tree, SYSTEM_CALLER)
}

/** Names the server of a domain's parent, so that it is found without a broadcast (protocol.md §7.1, `../TAG`). */
export async function nameParent(domain: Domain, parent: ServerPlace): Promise<void> {
  const serves = `../${parent.tag}`
  const machines = domain.findPath([['name', 'machines']])
  const [found] = machines === undefined ? [] : domain.find(machines, 'name', parent.hostName)
  const before = found === undefined ? [] : (domain.read(found)?.properties ?? [])
  const others = before.filter(({ name }) => name !== 'name' && name !== 'ip_address' && name !== 'serves')
  const old = before.find(({ name }) => name === 'serves')?.values ?? []
  const isKept = (value: string): boolean => !value.startsWith('../')
  const properties = [
    { name: 'name', values: [parent.hostName] },
    { name: 'ip_address', values: parent.addresses },
    { name: 'serves', values: [...old.filter(isKept), serves] },
    ...others,
  ]
  const entry = { properties, children: [] }
  await putTree(
    domain,
    ROOT_OBJECT,
    { properties: [{ name: 'name', values: ['machines'] }], children: [entry] },
    SYSTEM_CALLER,
  )
}
