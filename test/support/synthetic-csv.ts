/** Files in the form of IANA's registry, made up whole: IANA's own is never copied into the tests. */

export interface SyntheticRow {
  readonly name?: string
  readonly ports?: string
  readonly transport?: string
  readonly description?: string
  readonly assignee?: string
  readonly contact?: string
  readonly registered?: string
  readonly modified?: string
  readonly reference?: string
  readonly serviceCode?: string
  readonly unauthorizedUse?: string
  readonly notes?: string
}

export const HEADER_LINE =
  'Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,Modification Date,' +
  'Reference,Service Code,Unauthorized Use Reported,Assignment Notes'

/** What every true copy of the registry holds. */
export const LANDMARK_ROWS: readonly SyntheticRow[] = [
  { name: 'ftp', ports: '21', transport: 'tcp', description: 'File Transfer' },
  { name: 'telnet', ports: '23', transport: 'tcp', description: 'Telnet' },
  { name: 'smtp', ports: '25', transport: 'tcp', description: 'Mail' },
  { name: 'domain', ports: '53', transport: 'udp', description: 'Names' },
  { name: 'http', ports: '80', transport: 'tcp', description: 'Hypertext', modified: '2021-10-01' },
]

/** The rows that say of every port below 49152 that it is in the registry; no transport, so they hold for all. */
export const COVERING_ROWS: readonly SyntheticRow[] = [
  { ports: '0-1023', description: 'Unassigned' },
  { ports: '1024-49151', description: 'Unassigned' },
]

/** The line of the first row that `wholeCsv` was given, as long as no landmark spans lines. */
export const FIRST_EXTRA_LINE: number = LANDMARK_ROWS.length + 2

export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export function csvLine(row: SyntheticRow): string {
  const fields = [row.name, row.ports, row.transport, row.description, row.assignee, row.contact, row.registered]
  const rest = [row.modified, row.reference, row.serviceCode, row.unauthorizedUse, row.notes]
  return `${[...fields, ...rest].map((field) => csvField(field ?? '')).join(',')}\n`
}

export function csvOf(rows: readonly SyntheticRow[]): string {
  return `${HEADER_LINE}\n${rows.map(csvLine).join('')}`
}

/** A file that passes as the whole registry: landmarks, then the rows given, then the rows that cover the rest. */
export function wholeCsv(extra: readonly SyntheticRow[] = []): string {
  return csvOf([...LANDMARK_ROWS, ...extra, ...COVERING_ROWS])
}
