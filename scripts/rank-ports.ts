/**
 * Ranks ports for `--top N`: `node scripts/rank-ports.ts` writes src/probe/top-ports-list.ts anew.
 *
 * First those that were measured (src/probe/top-ports-measured.ts), then those that we chose (top-ports-chosen.ts); then a rule
 * takes the rest, from the data that Portolan has: a port is the likelier to be open the more programs of today are known to use it
 * (the lore), and where the registry gives it to a protocol, more so if a document of the IETF describes that, or a system port was
 * worth it. docs/reference/probe-ports.md tells it.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROBE_TRANSPORTS } from '../src/probe/model.ts'
import type { ProbeTransport } from '../src/probe/model.ts'
import { PAYLOADS } from '../src/probe/payloads.ts'
import { listChosen } from '../src/probe/top-ports-chosen.ts'
import { rankMeasured } from '../src/probe/top-ports-measured.ts'
import { TRANSPORTS, parseSpan } from '../src/registry/model.ts'
import { tableOfPackages } from '../src/registry/npm-packages.ts'
import { pairKey } from '../src/registry/table.ts'
import { readLoreFiles } from './lore-files.ts'

const COUNT = 1000
/** A program that may use any of so many ports makes none of them likely. */
const SPAN_PORTS_MAX = 10
const SYSTEM_PORT_END = 1024
const POINTS = { program: 2, payload: 4, rfc: 3, system: 2, assigned: 1 } as const

const root = join(import.meta.dirname, '..')

/** How many programs of today, that their host's owner wanted, use each port. */
function countPrograms(transport: ProbeTransport): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const { state, category, uses } of readLoreFiles()) {
    if (state !== 'current' || category === 'malware') continue
    const spans = uses.filter(({ transports }) => transports.includes(transport)).flatMap(({ ports }) => ports)
    const ports = new Set<number>()
    for (const { first, last } of spans.map(parseSpan))
      if (last - first < SPAN_PORTS_MAX) for (let port = first; port <= last; port += 1) ports.add(port)
    for (const port of ports) counts.set(port, (counts.get(port) ?? 0) + 1)
  }
  return counts
}

/** The ports of a transport by this rule, the likeliest first. */
export function rankPorts(transport: ProbeTransport): readonly number[] {
  const first = [...new Set([...rankMeasured(transport), ...listChosen(transport)])]
  const programs = countPrograms(transport)
  const payloads = new Set(transport === 'udp' ? PAYLOADS.flatMap(({ ports }) => ports) : [])
  const { cells } = tableOfPackages()
  const points = (port: number): number => {
    const records = cells.get(pairKey(port, TRANSPORTS.indexOf(transport)))?.records ?? []
    const named = records.filter(({ name }) => name !== '')
    const isInRfc = named.some(({ reference }) => /RFC ?\d/.test(reference))
    return (
      POINTS.program * (programs.get(port) ?? 0) +
      (payloads.has(port) ? POINTS.payload : 0) +
      (isInRfc ? POINTS.rfc : 0) +
      (named.length === 0 ? 0 : port < SYSTEM_PORT_END ? POINTS.system : POINTS.assigned)
    )
  }
  const known = new Set(first)
  const rest = Array.from({ length: 65_535 }, (_, at) => at + 1)
    .filter((port) => !known.has(port))
    .map((port) => ({ port, points: points(port) }))
    .filter((each) => each.points > 0)
    .toSorted((a, b) => b.points - a.points || a.port - b.port)
  return [...first, ...rest.map(({ port }) => port)].slice(0, COUNT)
}

function listOf(transport: ProbeTransport): string {
  return `  ${transport}: [${rankPorts(transport).join(', ')}],\n`
}

if (import.meta.main) {
  const text =
    '// Made by scripts/rank-ports.ts, which tells the rule.\n' +
    '// oxfmt-ignore\n' +
    'export const RANKED_PORTS: { readonly tcp: readonly number[]; readonly udp: readonly number[] } = {\n' +
    `${PROBE_TRANSPORTS.map(listOf).join('')}}\n`
  writeFileSync(join(root, 'src', 'probe', 'top-ports-list.ts'), text)
}
