/** What a domain's `/services` declares of a port, and who said so. */
import type { Domain } from './domain.ts'
import { valuesOf } from './model.ts'
import type { Properties } from './model.ts'
import { isFromRegistry } from './registry-services.ts'

export interface LastWrite {
  readonly who: string
  readonly from: string
  /** Milliseconds since 1970. */
  readonly timeMs: number
  readonly revision: number
}

export interface ServiceEntry {
  /** The name first, then the aliases. */
  readonly names: readonly string[]
  readonly protocols: readonly string[]
  readonly description: string | null
}

export interface ServiceDeclaration extends ServiceEntry {
  readonly object: number
  readonly path: string
  /** Null where the journal does not go back so far, as on a clone. */
  readonly lastWrite: LastWrite | null
}

/** An entry of `/services` as it speaks of a port; null for what the registry says, and nobody here. */
export function readServiceEntry(properties: Properties): ServiceEntry | null {
  if (isFromRegistry(properties)) return null
  return {
    names: valuesOf(properties, 'name'),
    protocols: valuesOf(properties, 'protocol'),
    description: valuesOf(properties, 'description')[0] ?? null,
  }
}

/** The entries of a domain's `/services` that name a port, but for those that only repeat the registry. */
export function declarationsOn(domain: Domain, port: number): readonly ServiceDeclaration[] {
  const services = domain.findPath([['name', 'services']])
  if (services === undefined) return []
  return domain.find(services, 'port', String(port)).flatMap((object) => {
    const entry = readServiceEntry(domain.read(object)?.properties ?? [])
    if (entry === null) return []
    return [{ ...entry, object, path: domain.pathOf(object), lastWrite: lastWriteOf(domain, object) }]
  })
}

function lastWriteOf(domain: Domain, object: number): LastWrite | null {
  const found = domain.lastEntryOf(object)
  if (found === undefined) return null
  const { who, from, timeMs, revision } = found
  return { who, from, timeMs, revision }
}
