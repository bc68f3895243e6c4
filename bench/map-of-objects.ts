/** The plain way to hold a registry: a Map from "port/transport" to objects. */
import { PORT_MAX, TRANSPORTS } from '../src/registry/index.ts'
import type { Assignment, Registry, Status } from '../src/registry/index.ts'

export interface PlainEntry {
  readonly status: Status
  readonly name: string
  readonly names: readonly string[]
  readonly assignments: readonly Assignment[]
}

/** Every pair that a row of the registry speaks of; a pair that is not there is unassigned. */
export function mapOfObjects(registry: Registry): Map<string, PlainEntry> {
  const map = new Map<string, PlainEntry>()
  for (const transport of TRANSPORTS) {
    for (let port = 0; port <= PORT_MAX; port += 1) {
      const { status, name, names, assignments } = registry.lookup(port, transport)
      if (status !== 'unassigned' || assignments.length > 0)
        map.set(`${port}/${transport}`, { status, name, names, assignments })
    }
  }
  return map
}
