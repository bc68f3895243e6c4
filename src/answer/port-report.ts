/**
 * The whole answer for one port, as data: what `--json` prints and what the page for people is made from.
 * The form is documented in docs/reference/json.md; a change that removes or renames a field raises the version.
 */
import { NO_DIRECTORY } from './declared.ts'
import type { Declaration, DeclaredBook } from './declared.ts'
import type { Connection, Listener, Sockets } from '../listeners/index.ts'
import { isGhost, rangeOf, readablePeople, relateUse } from '../registry/index.ts'
import type {
  Assignment,
  Lore,
  LoreBook,
  LoreCite,
  PortEntry,
  PortSpan,
  Registry,
  RelatedUse,
  Relation,
  Status,
  Transport,
} from '../registry/index.ts'

export const PORT_SCHEMA_VERSION = 1

export interface ReportedAssignment {
  readonly name: string | null
  readonly description: string
  readonly ports: PortSpan | null
  readonly transports: readonly Transport[]
  readonly historic: boolean
  readonly aliasOf: string | null
  readonly assignee: string | null
  readonly contact: string | null
  readonly registrationDate: string | null
  readonly modificationDate: string | null
  readonly references: readonly { readonly label: string; readonly url: string | null }[]
  readonly serviceCode: string | null
  readonly unauthorizedUse: string | null
  readonly notes: string | null
  readonly source: string
  readonly asOf: string
  /** Where everything but name and description comes from. */
  readonly detailSource: string
  readonly detailAsOf: string
}

export interface ReportedTransport {
  readonly status: Status
  /** The primary name first. */
  readonly names: readonly string[]
  readonly description: string
  readonly source: string
  readonly asOf: string
  readonly asOfBasis: string
  readonly sourceUrl: string
  /** The ports around this one that share the answer. */
  readonly run: PortSpan
  readonly assignments: readonly ReportedAssignment[]
}

export interface Citation {
  readonly title: string
  readonly publisher: string
  readonly url: string
  readonly date: string | null
  /** False: not yet read by us; take it as unverified. */
  readonly seen: boolean
}

export interface CitedText {
  readonly text: string
  readonly citations: readonly Citation[]
}

export interface ReportedUse {
  readonly id: string
  readonly name: string
  readonly category: Lore['category']
  readonly state: Lore['state']
  readonly relation: Relation
  readonly conflictsWith: RelatedUse['conflictsWith']
  readonly summary: CitedText
  readonly uses: readonly (CitedText & {
    readonly ports: readonly string[]
    readonly transports: readonly Transport[]
  })[]
  readonly era: {
    readonly from: string | null
    readonly until: string | null
    readonly text: string | null
    readonly citations: readonly Citation[]
  } | null
  readonly successors: readonly {
    readonly name: string
    readonly ports: readonly string[]
    readonly citations: readonly Citation[]
  }[]
  readonly history: readonly CitedText[]
  readonly security: readonly CitedText[]
}

export interface PortReport {
  readonly schemaVersion: typeof PORT_SCHEMA_VERSION
  readonly port: number
  readonly range: 'system' | 'user' | 'dynamic'
  /** Every service known to have used the port is extinct, and no one else holds it. */
  readonly ghost: boolean
  /** IANA assigned the port on some transport, asked for or not. */
  readonly assigned: boolean
  readonly transports: Readonly<Partial<Record<Transport, ReportedTransport>>>
  /** Uses that the registry does not record: on a port of no one's, or of someone else's (`relation`: `conflict`). */
  readonly unofficialUses: readonly ReportedUse[]
  /** What the lore adds to services that IANA lists on this port. */
  readonly registeredUses: readonly ReportedUse[]
  readonly listeners: readonly Listener[]
  readonly connections: readonly Connection[]
  /** Entries of a directory that say the port should be in use. */
  readonly declared: readonly Declaration[]
}

/** Joins what is known of one port. `sockets` may hold those of other ports too; null leaves this machine out. */
export function reportPort(
  port: number,
  transports: readonly Transport[],
  registry: Registry,
  lore: LoreBook,
  sockets: Sockets | null,
  declared: DeclaredBook = NO_DIRECTORY,
): PortReport {
  const entries = registry.lookupAll(port)
  const assigned = entries.some((entry) => entry.status === 'assigned')
  const related = lore
    .forPort(port)
    .map((use) => relateUse(registry, port, use))
    .toSorted((a, b) => weightOf(a) - weightOf(b))
  const asked = related.filter((use) =>
    use.uses.some((each) => each.transports.some((transport) => transports.includes(transport))),
  )
  const isAsked = (socket: { readonly transport: Transport }): boolean => transports.includes(socket.transport)
  return {
    schemaVersion: PORT_SCHEMA_VERSION,
    port,
    range: rangeOf(port).name,
    ghost: isGhost(related, assigned),
    assigned,
    transports: Object.fromEntries(entries.filter(isAsked).map((entry) => [entry.transport, reportEntry(entry)])),
    unofficialUses: asked.filter((use) => use.relation !== 'registered').map(reportUse),
    registeredUses: asked.filter((use) => use.relation === 'registered').map(reportUse),
    listeners: (sockets?.listeners ?? []).filter((each) => each.port === port && isAsked(each)),
    connections: (sockets?.connections ?? []).filter(
      (each) => (each.port === port || each.remotePort === port) && isAsked(each),
    ),
    declared: declared.forPort(port).filter((each) => isAskedBy(each, transports)),
  }
}

/** A declaration without a protocol speaks of all. */
function isAskedBy({ protocols }: Declaration, transports: readonly Transport[]): boolean {
  return protocols.length === 0 || transports.some((transport) => protocols.includes(transport))
}

/** What a reader most likely meets comes first: what is in use today, what is extinct, malware; the order is else kept. */
function weightOf({ lore }: RelatedUse): number {
  return (lore.category === 'malware' ? 2 : 0) + (lore.state === 'extinct' ? 1 : 0)
}

/** The source's name; of a pair without a row it is that of the source that has none. */
export function sourceOf({ source }: ReportedTransport): string {
  return source.replace(/, no row$/, '')
}

function reportEntry(entry: PortEntry): ReportedTransport {
  const { source, assignments } = entry
  return {
    status: entry.status,
    names: entry.names,
    description: assignments[0]?.description ?? defaultDescription(entry.status),
    source: source.id,
    asOf: source.asOf,
    asOfBasis: source.asOfBasis,
    sourceUrl: source.url,
    run: entry.run,
    assignments: assignments.map(reportAssignment),
  }
}

function defaultDescription(status: Status): string {
  return status === 'reserved' ? 'Reserved' : 'Unassigned'
}

/** A row of the registry as an answer shows it. */
export function reportAssignment(row: Assignment): ReportedAssignment {
  const orNull = (text: string): string | null => (text === '' ? null : text)
  return {
    name: orNull(row.name),
    description: row.description,
    ports: row.ports,
    transports: row.transports,
    historic: row.isHistoric,
    aliasOf: row.aliasOf,
    assignee: orNull(readablePeople(row.assignee)),
    contact: orNull(readablePeople(row.contact)),
    registrationDate: orNull(row.registrationDate),
    modificationDate: orNull(row.modificationDate),
    references: row.references,
    serviceCode: orNull(row.serviceCode),
    unauthorizedUse: orNull(row.unauthorizedUse),
    notes: orNull(row.notes),
    source: row.source.id,
    asOf: row.source.asOf,
    detailSource: row.detailSource.id,
    detailAsOf: row.detailSource.asOf,
  }
}

function reportUse(use: RelatedUse): ReportedUse {
  const { lore } = use
  const citations = (cites: readonly LoreCite[]): Citation[] =>
    cites.flatMap(({ source, seen }) => {
      const found = lore.sources[source]
      return found === undefined
        ? []
        : [{ title: found.title, publisher: found.publisher, url: found.url, date: found.date ?? null, seen }]
    })
  const cited = ({ text, cites }: { text: string; cites: readonly LoreCite[] }): CitedText => ({
    text,
    citations: citations(cites),
  })
  return {
    id: lore.id,
    name: lore.name,
    category: lore.category,
    state: lore.state,
    relation: use.relation,
    conflictsWith: use.conflictsWith,
    summary: cited(lore.summary),
    uses: use.uses.map((each) => ({ ...cited(each), ports: each.ports, transports: each.transports })),
    era:
      lore.era === undefined
        ? null
        : {
            from: lore.era.from ?? null,
            until: lore.era.until ?? null,
            text: lore.era.text ?? null,
            citations: citations(lore.era.cites),
          },
    successors: (lore.successors ?? []).map((each) => ({
      name: each.name,
      ports: each.ports ?? [],
      citations: citations(each.cites),
    })),
    history: (lore.history ?? []).map(cited),
    security: (lore.security ?? []).map(cited),
  }
}
