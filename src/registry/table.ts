/**
 * The registry as a table in memory, the form between a source (IANA's CSV, the two packages) and the compiled file.
 *
 * A cell answers one pair of port and transport. Pairs without a cell are unassigned because no row speaks of them.
 */
import { STATUSES, TRANSPORTS, statusOfRow } from './model.ts'
import type { RegistryRow, Source, Status } from './model.ts'

/** A row with the numbers of the sources of its name and description, and of everything else. */
export interface TableRecord extends RegistryRow {
  readonly textSource: number
  readonly detailSource: number
}

export interface Cell {
  readonly status: Status
  /** The number of the source that the status rests on. */
  readonly source: number
  /** The rows that say something of the pair, the primary name's first. */
  readonly records: readonly TableRecord[]
}

export interface RegistryTable {
  /** The last one stands for what no row of the others speaks of. */
  readonly sources: readonly Source[]
  readonly cells: ReadonlyMap<number, Cell>
  /** Service names that have no port. */
  readonly portless: readonly TableRecord[]
}

/** The number of a pair: its key in `RegistryTable.cells`. */
export function pairKey(port: number, transport: number): number {
  return transport * 65_536 + port
}

/** The numbers of the transports for which a row holds. */
export function transportNumbers(row: RegistryRow): readonly number[] {
  return row.transports.length === 0 ? [0, 1, 2, 3] : row.transports.map((each) => TRANSPORTS.indexOf(each))
}

/** Rows gathered by the pair they speak of, in their order. */
export function gatherByPair<Row extends RegistryRow>(rows: readonly Row[]): Map<number, Row[]> {
  const pairs = new Map<number, Row[]>()
  for (const row of rows) {
    if (row.ports === null) continue
    for (const transport of transportNumbers(row)) {
      for (let port = row.ports.first; port <= row.ports.last; port += 1) {
        const key = pairKey(port, transport)
        const list = pairs.get(key)
        if (list === undefined) pairs.set(key, [row])
        else list.push(row)
      }
    }
  }
  return pairs
}

/** Where rows disagree about a pair, the stronger word holds: assigned, then reserved, then unassigned. */
export function strongestStatus(rows: readonly RegistryRow[]): Status {
  return rows.reduce<Status>((best, row) => {
    const status = statusOfRow(row)
    return STATUSES.indexOf(status) > STATUSES.indexOf(best) ? status : best
  }, 'unassigned')
}

/** False for a row that says no more than `Unassigned` or `Reserved`. */
export function saysMore(row: RegistryRow): boolean {
  if (row.name !== '' || row.notes !== '' || row.unauthorizedUse !== '' || row.modificationDate !== '') return true
  return !/^(unassigned|reserved)$/i.test(row.description)
}

/** A table of rows that all come from one source. */
export function tableOfRows(rows: readonly RegistryRow[], source: Source): RegistryTable {
  const records = rows.map((row): TableRecord => ({ ...row, textSource: 0, detailSource: 0 }))
  const cells = new Map<number, Cell>()
  for (const [key, list] of gatherByPair(records)) {
    cells.set(key, { status: strongestStatus(list), source: 0, records: list.filter(saysMore) })
  }
  const absence = { ...source, id: `${source.id}, no row`, title: `${source.title}: no row lists the port` }
  return { sources: [source, absence], cells, portless: records.filter((row) => row.ports === null) }
}
