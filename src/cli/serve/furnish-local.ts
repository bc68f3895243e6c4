/** What a new domain is filled with: this machine's accounts and mounts, what listens here, and the registry's services. */
import type { Domain, PutCounts, Tree } from '../../directory/index.ts'
import {
  REGISTRY_MARK,
  ROOT_OBJECT,
  SYSTEM_CALLER,
  findProperty,
  putTree,
  readMachine,
  syncRegistryServices,
} from '../../directory/index.ts'
import type { Listener } from '../../listeners/index.ts'
import { readSockets } from '../../listeners/index.ts'
import { openRegistry } from '../../registry/index.ts'
import type { Environment } from '../../core/index.ts'

const LISTENERS = 'listeners'
const ENTRIES_LOOKED_AT = 100

/** Users, groups, hosts and mounts of this machine; no password is read. What could not be read is told in sentences. */
export async function loadMachine(domain: Domain, onProblem: (problem: string) => void): Promise<PutCounts> {
  const { trees, problems } = await readMachine({ only: ['users', 'groups', 'hosts', 'mounts'] })
  for (const { file, line, message } of problems) onProblem(`${file}:${line}: ${message}`)
  let counts: PutCounts = { created: 0, changed: 0 }
  for (const tree of trees) counts = sum(counts, await putTree(domain, ROOT_OBJECT, tree, SYSTEM_CALLER))
  return counts
}

/** Puts what listens here now into /localconfig/listeners, in place of what listened before. */
export async function loadListeners(domain: Domain): Promise<readonly Listener[]> {
  const { listeners } = await readSockets({ details: 'names' })
  const tree: Tree = {
    properties: [{ name: 'name', values: ['localconfig'] }],
    children: [{ properties: [{ name: 'name', values: [LISTENERS] }], children: listeners.map(listenerTree) }],
  }
  await removeOldListeners(domain)
  await putTree(domain, ROOT_OBJECT, tree, SYSTEM_CALLER)
  return listeners
}

async function removeOldListeners(domain: Domain): Promise<void> {
  const folder = domain.findPath([
    ['name', 'localconfig'],
    ['name', LISTENERS],
  ])
  if (folder === undefined) return
  for (const object of domain.childrenOf(folder)) {
    const [parent, child] = [domain.id(folder), domain.id(object)]
    if (parent !== undefined && child !== undefined)
      await domain.write({ kind: 'destroy', parent, child }, SYSTEM_CALLER)
  }
}

function listenerTree({ transport, address, port, process, reach }: Listener): Tree {
  const properties = [
    { name: 'name', values: [`${transport}:${address}:${port}`] },
    { name: 'port', values: [String(port)] },
    { name: 'protocol', values: [transport] },
    { name: 'address', values: [address] },
    { name: 'reach', values: [reach] },
    ...(process === null ? [] : [{ name: 'process', values: [process.name] }]),
  ]
  return { properties, children: [] }
}

/**
 * Brings /services of a root domain to what the registry says now: a new domain's, and one's that was filled from it before.
 * @returns what was done, in a sentence; null where nothing was
 */
export async function loadRegistry(domain: Domain, isNew: boolean, env: Environment): Promise<string | null> {
  if (!isNew && !hasRegistryServices(domain)) return null
  const { created, changed, removed, kept } = await syncRegistryServices(domain, openRegistry(env).registry)
  if (isNew) return 'The domain is new, and a root: /services holds what the registry says.'
  if (created + changed + removed === 0) return null
  return `The registry has changed: in /services ${created} entries are new, ${changed} changed, ${removed} removed; ${kept} that were edited here stay.`
}

/** The first entries tell: the registry's are put in before any others. */
function hasRegistryServices(domain: Domain): boolean {
  const services = domain.findPath([['name', 'services']])
  if (services === undefined) return false
  return domain
    .childrenOf(services)
    .slice(0, ENTRIES_LOOKED_AT)
    .some((object) => findProperty(domain.read(object)?.properties ?? [], REGISTRY_MARK) !== undefined)
}

function sum(a: PutCounts, b: PutCounts): PutCounts {
  return { created: a.created + b.created, changed: a.changed + b.changed }
}
