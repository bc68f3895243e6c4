/** A port that was probed, as JSON and CSV tell it (docs/reference/json.md, "Probed port"). */
import type { Banner, PortState, ProbeTransport, Reason } from '../../probe/index.ts'
import type { Status } from '../../registry/index.ts'
import { csvRows } from '../csv-rows.ts'
import type { Declaration, MeaningBook, Remark } from '../../answer/index.ts'

export const PROBE_SCHEMA_VERSION = 1

/** What is told of a port: from the engine, or from a file, which does not say how often it was tried. */
export interface ToldPort {
  readonly host: string
  readonly names: readonly string[]
  readonly port: number
  readonly transport: ProbeTransport
  readonly state: PortState
  readonly reason: Reason
  readonly rttMs: number | null
  readonly attempts: number | null
  readonly banner: Banner | null
}

export interface ProbedPort extends ToldPort {
  readonly schemaVersion: typeof PROBE_SCHEMA_VERSION
  readonly status: Status
  readonly service: string | null
  readonly ghost: boolean
  readonly uses: readonly {
    readonly id: string
    readonly name: string
    readonly state: string
    readonly relation: string
  }[]
  readonly declared: readonly Declaration[]
  readonly remarks: readonly Remark[]
}

export function makeRow(told: ToldPort, book: MeaningBook): ProbedPort {
  const meaning = book.meaningOf(told, told.host, told.names)
  const { host, names, port, transport, state, reason, rttMs, attempts, banner } = told
  return {
    schemaVersion: PROBE_SCHEMA_VERSION,
    host,
    names,
    port,
    transport,
    state,
    reason,
    rttMs: rttMs === null ? null : Math.round(rttMs * 1000) / 1000,
    attempts,
    status: meaning.entry.status,
    service: meaning.entry.names[0] ?? null,
    ghost: meaning.isGhost,
    uses: meaning.uses.map(({ lore, relation }) => ({ id: lore.id, name: lore.name, state: lore.state, relation })),
    declared: meaning.declared,
    banner,
    remarks: meaning.remarks,
  }
}

const CSV_HEADING = [
  'host',
  'name',
  'port',
  'transport',
  'state',
  'reason',
  'rttMs',
  'service',
  'found',
  'product',
  'version',
  'declared',
  'remarks',
]

export function csvHeading(): string {
  return csvRows([CSV_HEADING])
}

export function csvRow(row: ProbedPort): string {
  const { banner } = row
  return csvRows([
    [
      row.host,
      row.names[0] ?? null,
      row.port,
      row.transport,
      row.state,
      row.reason,
      row.rttMs,
      row.service,
      banner?.service ?? null,
      banner?.product ?? null,
      banner?.version ?? null,
      row.declared.map(({ names }) => names[0] ?? '').join(' '),
      row.remarks.map(({ text }) => text).join(' '),
    ],
  ])
}
