/** How a use that the lore knows stands to what the registry says of the same port. */
import type { LoreUse } from './lore-file.ts'
import type { Transport } from './model.ts'
import type { Registry } from './registry.ts'

/**
 * - `registered`: IANA lists the port for this very service; what the lore adds is history.
 * - `conflict`: IANA assigned the port to someone else.
 * - `unofficial`: IANA assigned the port to no one.
 */
export type Relation = 'registered' | 'conflict' | 'unofficial'

export interface RelatedUse extends LoreUse {
  readonly relation: Relation
  /** The primary names of those to whom IANA assigned the port, where they are not this service. */
  readonly conflictsWith: readonly { readonly transport: Transport; readonly name: string }[]
}

/** Sets a port's lore beside the registry. The registry alone decides a status; this never changes one. */
export function relateUse(registry: Registry, port: number, use: LoreUse): RelatedUse {
  const own = new Set((use.lore.registryNames ?? []).map((name) => name.toLowerCase()))
  const transports = new Set(use.uses.flatMap((each) => each.transports))
  const entries = [...transports].map((transport) => registry.lookup(port, transport))
  const assigned = entries.filter((entry) => entry.status === 'assigned')
  const conflictsWith = assigned
    .filter((entry) => !entry.names.some((name) => own.has(name.toLowerCase())))
    .map((entry) => ({
      transport: entry.transport,
      name: entry.name === '' ? (entry.assignments[0]?.description ?? '') : entry.name,
    }))
  const isRegistered = assigned.length > conflictsWith.length
  const relation = isRegistered ? 'registered' : conflictsWith.length > 0 ? 'conflict' : 'unofficial'
  return { ...use, relation, conflictsWith: isRegistered ? [] : conflictsWith }
}

/** A ghost port: every service known to have used it is extinct, and no one else holds it. */
export function isGhost(uses: readonly RelatedUse[], isAssigned: boolean): boolean {
  const services = uses.filter((use) => use.lore.category !== 'malware')
  if (services.length === 0 || services.some((use) => use.lore.state !== 'extinct')) return false
  return !isAssigned || services.some((use) => use.relation === 'registered')
}
