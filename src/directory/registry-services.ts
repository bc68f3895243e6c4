/**
 * The root domain's `/services`, filled from IANA's registry: `/services/ssh` then resolves in any domain by climbing to the root,
 * whatever client asks.
 *
 * The entries are ordinary directories, so that every client and clone sees them. Each carries `_registry`: the source, its day,
 * and a digest of the entry; while that fits, nobody has changed it, and it is the registry's word, not a declaration of ours.
 */
import { createHash } from 'node:crypto'
import type { Assignment, Registry } from '../registry/index.ts'
import type { Domain } from './domain.ts'
import { ROOT_OBJECT, findProperty, firstValue } from './model.ts'
import type { Properties } from './model.ts'
import { SYSTEM_CALLER } from './new-domain.ts'
import { createChildren, putTree } from './put-tree.ts'

export const REGISTRY_MARK = '_registry'
const DIGEST_CHARS = 16
/** A range of ports is listed whole up to this length, so that each of them is found; of a longer one the ends. */
const PORTS_LISTED = 256

export interface RegistrySync {
  readonly created: number
  readonly changed: number
  readonly removed: number
  /** Entries that somebody has edited: they stay as they are. */
  readonly kept: number
}

/** Whether an entry of `/services` is the registry's own, not changed by anybody. */
export function isFromRegistry(properties: Properties): boolean {
  const mark = findProperty(properties, REGISTRY_MARK)?.values
  return mark !== undefined && mark.at(-1) === digestOf(properties)
}

/**
 * Brings `/services` of a domain to what the registry says; what somebody has edited or declared stays.
 * @throws DirectoryError
 */
export async function syncRegistryServices(domain: Domain, registry: Registry): Promise<RegistrySync> {
  const directory = { properties: [{ name: 'name', values: ['services'] }], children: [] }
  let services = domain.findPath([['name', 'services']])
  if (services === undefined) {
    await putTree(domain, ROOT_OBJECT, directory, SYSTEM_CALLER)
    services = domain.findPath([['name', 'services']])
  }
  if (services === undefined) return { created: 0, changed: 0, removed: 0, kept: 0 }
  const wanted = new Map(serviceEntries(registry).map((properties) => [keyOf(properties), properties]))
  const counts = { created: 0, changed: 0, removed: 0, kept: 0 }
  for (const object of domain.childrenOf(services)) {
    const found = domain.read(object)
    if (found === undefined || findProperty(found.properties, REGISTRY_MARK) === undefined) continue
    const key = keyOf(found.properties)
    const entry = wanted.get(key)
    wanted.delete(key)
    if (!isFromRegistry(found.properties)) {
      counts.kept += 1
    } else if (entry === undefined) {
      const parent = domain.id(services)
      if (parent === undefined) continue
      await domain.write({ kind: 'destroy', parent, child: found.id }, SYSTEM_CALLER)
      counts.removed += 1
    } else if (digestOf(entry) !== digestOf(found.properties)) {
      await domain.write({ kind: 'write', id: found.id, properties: entry }, SYSTEM_CALLER)
      counts.changed += 1
    }
  }
  counts.created = wanted.size
  await createChildren(domain, services, [...wanted.values()], SYSTEM_CALLER)
  return counts
}

/** One entry for each name and its first port, with the transports of all its rows; those without a name or a port are left out. */
export function serviceEntries(registry: Registry): readonly Properties[] {
  const groups = new Map<string, Assignment[]>()
  for (const { record } of registry.texts()) {
    const row = registry.assignment(record)
    if (row.name === '' || row.ports === null) continue
    const key = `${row.name.toLowerCase()} ${row.ports.first}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return [...groups.values()]
    .toSorted((a, b) => portOf(a) - portOf(b) || Number(a[0]?.isHistoric) - Number(b[0]?.isHistoric))
    .flatMap(entryOf)
}

function portOf(rows: readonly Assignment[]): number {
  return rows[0]?.ports?.first ?? 0
}

function entryOf(rows: readonly Assignment[]): Properties[] {
  const [row] = rows
  if (row?.ports === null || row === undefined) return []
  const transports = [...new Set(rows.flatMap((each) => each.transports))]
  const { first, last } = row.ports
  const count = last - first + 1
  const ports = count <= PORTS_LISTED ? Array.from({ length: count }, (_, index) => first + index) : [first, last]
  const properties = [
    { name: 'name', values: [row.name] },
    { name: 'port', values: ports.map(String) },
    { name: 'protocol', values: transports },
    ...(row.description === '' ? [] : [{ name: 'description', values: [row.description] }]),
    ...(row.assignee === '' ? [] : [{ name: 'assignee', values: [row.assignee] }]),
  ]
  const mark = { name: REGISTRY_MARK, values: [row.source.id, row.source.asOf, digestOf(properties)] }
  return [[...properties, mark]]
}

function keyOf(properties: Properties): string {
  return `${(firstValue(properties, 'name') ?? '').toLowerCase()} ${firstValue(properties, 'port') ?? ''}`
}

function digestOf(properties: Properties): string {
  const text = JSON.stringify(properties.filter(({ name }) => name !== REGISTRY_MARK))
  return createHash('sha256').update(text).digest('hex').slice(0, DIGEST_CHARS)
}
