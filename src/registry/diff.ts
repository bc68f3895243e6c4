/** What changed between two states of the registry, gathered into runs of ports. */
import { PORT_MAX, TRANSPORTS } from './model.ts'
import type { PortSpan, Status, Transport } from './model.ts'
import type { Registry } from './registry.ts'

/** What a pair of port and transport was, or is. */
export interface PairState {
  readonly status: Status
  /** The primary name first. */
  readonly names: readonly string[]
  readonly description: string
}

/** The weightiest thing that changed: the status, else the primary name, else other names, else the description. */
export type ChangeKind = 'status' | 'name' | 'alias' | 'description'

export interface Change {
  readonly kind: ChangeKind
  readonly ports: PortSpan
  readonly transports: readonly Transport[]
  readonly before: PairState
  readonly after: PairState
}

/** Lists the changes by port; adjacent ports and transports that changed alike are one change. */
export function diffRegistries(before: Registry, after: Registry): readonly Change[] {
  const runs: { key: string; change: Change }[] = []
  for (const transport of TRANSPORTS) {
    let open: { key: string; change: Change } | null = null
    for (let port = 0; port <= PORT_MAX; port += 1) {
      const change = changeOf(before, after, port, transport)
      const key: string = change === null ? '' : JSON.stringify([change.kind, change.before, change.after])
      if (open !== null && open.key === key) {
        open.change = { ...open.change, ports: { first: open.change.ports.first, last: port } }
        continue
      }
      if (open !== null) runs.push(open)
      open = change === null ? null : { key, change }
    }
    if (open !== null) runs.push(open)
  }
  return joinTransports(runs)
}

function changeOf(before: Registry, after: Registry, port: number, transport: Transport): Change | null {
  const old = stateOf(before, port, transport)
  const now = stateOf(after, port, transport)
  const kind = kindOf(old, now)
  return kind === null
    ? null
    : { kind, ports: { first: port, last: port }, transports: [transport], before: old, after: now }
}

function stateOf(registry: Registry, port: number, transport: Transport): PairState {
  const { status, names, assignments } = registry.lookup(port, transport)
  return {
    status,
    names,
    description: plainless(assignments[0]?.description ?? ''),
  }
}

/** A description that only repeats the status says nothing that could have changed. */
function plainless(description: string): string {
  return /^(unassigned|reserved)$/i.test(description) ? '' : description
}

function kindOf(before: PairState, after: PairState): ChangeKind | null {
  if (before.status !== after.status) return 'status'
  if (before.names[0] !== after.names[0]) return 'name'
  if (before.names.join() !== after.names.join()) return 'alias'
  return before.description === after.description ? null : 'description'
}

function joinTransports(runs: readonly { key: string; change: Change }[]): readonly Change[] {
  const joined = new Map<string, Change>()
  for (const { key, change } of runs) {
    const whole = `${change.ports.first}-${change.ports.last} ${key}`
    const known = joined.get(whole)
    joined.set(
      whole,
      known === undefined ? change : { ...known, transports: [...known.transports, ...change.transports] },
    )
  }
  return [...joined.values()].toSorted((a, b) => a.ports.first - b.ports.first || a.ports.last - b.ports.last)
}
