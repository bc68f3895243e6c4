/** Look-ups in an open registry: by port and transport, and by service name. */
import { PAGE_PORTS, RECORD_TEXTS, RECORD_WORDS, RecordFlags, openSections } from './index-file.ts'
import type { IndexMeta, IndexSections } from './index-file.ts'
import { PORT_MAX, STATUSES, TRANSPORTS, aliasTarget, isSecondaryName, rangeOf } from './model.ts'
import type { PortSpan, RowText, Source, Status, Transport } from './model.ts'
import { parseReferences } from './references.ts'
import type { Reference } from './references.ts'

/** Where a name without a port stands when rows are ordered by port. */
const PORTLESS_LAST = 65_536
const NAME = RECORD_TEXTS.indexOf('name')
const NOTES = RECORD_TEXTS.indexOf('notes')
const MISSING_SOURCE: Source = { id: 'unknown', title: 'unknown', asOf: '', asOfBasis: '', url: '' }

/** A row of the registry as an answer shows it. Texts are empty where the row is silent. */
export interface Assignment extends Omit<RowText, 'reference'> {
  /** Null for a service name without a port. */
  readonly ports: PortSpan | null
  readonly transports: readonly Transport[]
  readonly references: readonly Reference[]
  /** True for a name that IANA keeps only as an alias, a duplicate, or a record of widespread use. */
  readonly isHistoric: boolean
  readonly aliasOf: string | null
  /** Where name and description come from. */
  readonly source: Source
  /** Where everything else comes from; it may be older. */
  readonly detailSource: Source
}

/** What the registry says of one port on one transport. Cheap to make; texts are read when asked for. */
export class PortEntry {
  readonly port: number
  readonly transport: Transport
  readonly status: Status
  readonly #registry: Registry
  readonly #cell: number
  #assignments: readonly Assignment[] | null = null

  constructor(registry: Registry, port: number, transport: Transport, cell: number, status: Status) {
    this.#registry = registry
    this.port = port
    this.transport = transport
    this.#cell = cell
    this.status = status
  }

  /** The primary service name; empty where there is none. */
  get name(): string {
    return this.#registry.primaryName(this.#cell)
  }

  /** The rows that speak of the port: the primary name's first, aliases and historic names last. */
  get assignments(): readonly Assignment[] {
    this.#assignments ??= this.#registry.assignmentsOf(this.#cell)
    return this.#assignments
  }

  /** All service names, the primary first. */
  get names(): readonly string[] {
    return this.assignments.flatMap((each) => (each.name === '' ? [] : [each.name]))
  }

  /** What the status rests on. */
  get source(): Source {
    return this.#registry.sourceOf(this.#cell)
  }

  /** The longest run of ports around this one that share the answer: 954–988 for 973, 6000–6063 for 6010. */
  get run(): PortSpan {
    return this.#registry.runAround(this.port, this.transport)
  }
}

/** An open registry. It holds no file open and no global state. */
export class Registry {
  readonly meta: IndexMeta
  readonly #sections: IndexSections
  readonly #tables: Uint16Array
  readonly #pages: Uint16Array
  readonly #cells: Uint16Array
  readonly #primary: Map<number, string> = new Map()
  readonly #runs: RunMemory = new RunMemory()

  /**
   * Opens the bytes of a compiled file.
   * @throws ERR_PORTOLAN_REGISTRY_DATA_DAMAGED
   */
  constructor(bytes: Buffer, from: string) {
    this.#sections = openSections(bytes, from)
    this.meta = this.#sections.meta
    this.#tables = this.#sections.tables
    this.#pages = this.#sections.pages
    this.#cells = this.#sections.cells
  }

  /** The answer for one pair; `port` is an integer from 0 to 65535. Constant time. */
  lookup(port: number, transport: Transport): PortEntry {
    const cell = this.#cellOf(port, TRANSPORTS.indexOf(transport))
    return new PortEntry(this, port, transport, cell, this.#statusOf(cell))
  }

  /** The answers for all four transports. */
  lookupAll(port: number): readonly PortEntry[] {
    return TRANSPORTS.map((transport) => this.lookup(port, transport))
  }

  /** The status alone. Constant time, and makes no object. */
  status(port: number, transport: Transport): Status {
    return this.#statusOf(this.#cellOf(port, TRANSPORTS.indexOf(transport)))
  }

  /** All rows of a service name, in any case of letters; primary uses first. Logarithmic time. */
  byName(name: string): readonly Assignment[] {
    const wanted = name.toLowerCase()
    const { names } = this.#sections
    let low = 0
    let high = names.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#text(names[middle] ?? 0, NAME).toLowerCase() < wanted) low = middle + 1
      else high = middle
    }
    const found: Assignment[] = []
    for (; low < names.length; low += 1) {
      const record = names[low] ?? 0
      if (this.#text(record, NAME).toLowerCase() !== wanted) break
      found.push(this.#assignment(record))
    }
    return found.toSorted(
      (a, b) =>
        Number(a.isHistoric) - Number(b.isHistoric) ||
        (a.ports?.first ?? PORTLESS_LAST) - (b.ports?.first ?? PORTLESS_LAST),
    )
  }

  /** Name and description of every named row, with its number for `assignment`: what a search reads. */
  *texts(): Generator<
    { readonly record: number; readonly name: string; readonly description: string },
    void,
    undefined
  > {
    for (const record of this.#sections.names) {
      yield { record, name: this.#text(record, 0), description: this.#text(record, 1) }
    }
  }

  /** The row of a number that `texts` gave. */
  assignment(record: number): Assignment {
    return this.#assignment(record)
  }

  /** @internal for PortEntry */
  primaryName(cell: number): string {
    let name = this.#primary.get(cell)
    if (name === undefined) {
      name = this.#findPrimaryName(cell)
      this.#primary.set(cell, name)
    }
    return name
  }

  /** @internal for PortEntry */
  assignmentsOf(cell: number): readonly Assignment[] {
    const count = (this.#cells[cell] ?? 0) >>> 4
    const all = Array.from({ length: count }, (_, index) => this.#assignment(this.#cells[cell + 1 + index] ?? 0))
    return all.toSorted((a, b) => rank(a) - rank(b))
  }

  /** @internal for PortEntry */
  sourceOf(cell: number): Source {
    return this.#source(((this.#cells[cell] ?? 0) >>> 2) & 3)
  }

  /** @internal for PortEntry */
  runAround(port: number, transport: Transport): PortSpan {
    const index = TRANSPORTS.indexOf(transport)
    const known = this.#runs.find(port, index)
    if (known !== null) return known
    const run = this.#findRun(port, index)
    this.#runs.keep(run, index)
    return run
  }

  /** Walks to both ends: thousands of steps among the dynamic ports. */
  #findRun(port: number, index: number): PortSpan {
    const cell = this.#cellOf(port, index)
    const entry = this.#cells[cell] ?? 0
    // A run of unassigned ports is a run whatever its rows are; other ports share a run only with their very cell.
    const isBare = entry >>> 4 === 0
    const continues = (other: number): boolean => {
      const there = this.#cellOf(other, index)
      return (
        there === cell ||
        (isBare && ((this.#cells[there] ?? 0) & 3) === (entry & 3) && (this.#cells[there] ?? 0) >>> 4 === 0)
      )
    }
    // Runs do not cross from one range of RFC 6335 into the next.
    const range = rangeOf(port)
    let { first, last } = { first: port, last: port }
    while (first > range.first && continues(first - 1)) first -= 1
    while (last < range.last && continues(last + 1)) last += 1
    return { first, last }
  }

  /** The name that `assignmentsOf` would put first, read without the rest. */
  #findPrimaryName(cell: number): string {
    const count = (this.#cells[cell] ?? 0) >>> 4
    let secondary = ''
    for (let index = 1; index <= count; index += 1) {
      const record = this.#cells[cell + index] ?? 0
      const name = this.#text(record, NAME)
      if (name === '') continue
      if (count === 1 || !isSecondaryName(this.#text(record, NOTES))) return name
      if (secondary === '') secondary = name
    }
    return secondary
  }

  #cellOf(port: number, transport: number): number {
    const page = this.#tables[(transport << 8) | (port >>> 8)] ?? 0
    return this.#pages[page * PAGE_PORTS + (port & 255)] ?? 0
  }

  #statusOf(cell: number): Status {
    return STATUSES[(this.#cells[cell] ?? 0) & 3] ?? 'unassigned'
  }

  #source(number: number): Source {
    return this.meta.sources[number] ?? MISSING_SOURCE
  }

  #text(record: number, field: number): string {
    const number = this.#sections.records[record * RECORD_WORDS + field] ?? 0
    const { narrowOffsets, narrowHeap, wideOffsets, wideHeap } = this.#sections
    const wideNumber = number - (narrowOffsets.length - 1)
    return wideNumber < 0
      ? narrowHeap.toString('latin1', narrowOffsets[number], narrowOffsets[number + 1])
      : wideHeap.toString('utf16le', 2 * (wideOffsets[wideNumber] ?? 0), 2 * (wideOffsets[wideNumber + 1] ?? 0))
  }

  #assignment(record: number): Assignment {
    const { records } = this.#sections
    const at = record * RECORD_WORDS + RECORD_TEXTS.length
    const flags = records[at + 2] ?? 0
    const notes = this.#text(record, NOTES)
    return {
      name: this.#text(record, 0),
      description: this.#text(record, 1),
      assignee: this.#text(record, 2),
      contact: this.#text(record, 3),
      registrationDate: this.#text(record, 4),
      modificationDate: this.#text(record, 5),
      references: parseReferences(this.#text(record, 6)),
      serviceCode: this.#text(record, 7),
      unauthorizedUse: this.#text(record, 8),
      notes,
      ports: (flags & RecordFlags.hasPort) === 0 ? null : { first: records[at] ?? 0, last: records[at + 1] ?? 0 },
      transports: TRANSPORTS.filter((_, index) => (flags & (1 << index)) !== 0),
      isHistoric: isSecondaryName(notes),
      aliasOf: aliasTarget(notes),
      source: this.#source((flags >>> RecordFlags.textSourceShift) & RecordFlags.sourceMask),
      detailSource: this.#source((flags >>> RecordFlags.detailSourceShift) & RecordFlags.sourceMask),
    }
  }
}

/** Runs asked for before they are remembered: who asks for one port is gone by then. */
const FEW_RUNS = 64

/** The runs that were found, for those who ask for many ports: a megabyte, once there is a need. */
class RunMemory {
  #asked = 0
  /** For each transport and port, the first and the last port of its run; a last of 0 stands for one that is not known. */
  #spans: Uint16Array | null = null

  find(port: number, transport: number): PortSpan | null {
    const spans = this.#spans
    if (spans === null) return null
    const at = placeOf(port, transport)
    const last = spans[at + 1] ?? 0
    return last === 0 ? null : { first: spans[at] ?? 0, last }
  }

  keep({ first, last }: PortSpan, transport: number): void {
    this.#asked += 1
    if (this.#asked < FEW_RUNS) return
    this.#spans ??= new Uint16Array(2 * TRANSPORTS.length * (PORT_MAX + 1))
    for (let port = first; port <= last; port += 1) {
      const at = placeOf(port, transport)
      this.#spans[at] = first
      this.#spans[at + 1] = last
    }
  }
}

function placeOf(port: number, transport: number): number {
  return 2 * (transport * (PORT_MAX + 1) + port)
}

/** Names before rows without a name, true names before aliases; IANA's order within each. */
function rank(assignment: Assignment): number {
  return (assignment.name === '' ? 2 : 0) + (assignment.isHistoric ? 1 : 0)
}
