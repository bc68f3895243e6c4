/**
 * Writes the compiled registry file (layout in index-file.ts).
 *
 * Equal texts are stored once; rows that say the same of two transports become one record, equal cells one cell, equal
 * pages one page.
 */
import { crc32 } from 'node:zlib'
import { PortolanError } from '../core/index.ts'
import {
  CHECKSUM_AT,
  FORMAT_VERSION,
  HEADER_BYTES,
  MAGIC,
  PAGE_PORTS,
  RECORD_TEXTS,
  RecordFlags,
  SECTIONS,
  SECTIONS_AT,
} from './index-file.ts'
import type { IndexMeta } from './index-file.ts'
import { PORT_MAX, STATUSES, TRANSPORTS } from './model.ts'
import { pairKey, transportNumbers } from './table.ts'
import type { RegistryTable, TableRecord } from './table.ts'

const U16_MAX = 0xffff
/** What 12 bits of a cell's word can count. */
const CELL_RECORDS_MAX = 0xfff

function tooLarge(count: number, what: string, max: number): PortolanError {
  return new PortolanError(
    'ERR_PORTOLAN_REGISTRY_TOO_LARGE',
    `the registry has ${count} ${what}; the compiled file holds ${max}`,
    {
      hint: 'Report this: the format of the compiled file has to grow.',
    },
  )
}

function fitting(count: number, what: string): number {
  if (count > U16_MAX) throw tooLarge(count, what, U16_MAX)
  return count
}

/** Makes the bytes of the compiled file. `madeAt` is the moment it is made, in ISO 8601. */
export function buildIndex(table: RegistryTable, madeAt: string): Buffer {
  const pool = new RecordPool()
  for (const [key, cell] of table.cells) for (const record of cell.records) pool.add(record, 1 << (key >>> 16))
  for (const record of table.portless) {
    pool.add(
      record,
      transportNumbers(record).reduce((mask, each) => mask | (1 << each), 0),
    )
  }
  const texts = numberTexts(pool.records.map(({ record }) => record))
  const cells = buildCells(table, pool)
  const { tables, pages } = buildPages(cells.offsetOf)
  const meta: IndexMeta = { madeAt, sources: table.sources, counts: countsOf(table, pool.records.length) }
  return assemble({
    meta: Buffer.from(JSON.stringify(meta)),
    narrowOffsets: bytesOf(Uint32Array.from(offsetsOf(texts.narrow))),
    narrowHeap: Buffer.from(texts.narrow.join(''), 'latin1'),
    wideOffsets: bytesOf(Uint32Array.from(offsetsOf(texts.wide))),
    wideHeap: Buffer.from(texts.wide.join(''), 'utf16le'),
    records: bytesOf(Uint16Array.from(pool.records.flatMap((each) => recordWords(each, texts.numberOf)))),
    cells: bytesOf(Uint16Array.from(cells.words)),
    tables: bytesOf(Uint16Array.from(tables)),
    pages: bytesOf(Uint16Array.from(pages.flat())),
    names: bytesOf(Uint16Array.from(sortedNames(pool.records))),
  })
}

interface PooledRecord {
  readonly record: TableRecord
  /** A bit for each transport. */
  transports: number
}

/** The distinct records, each with all transports it was added for. */
class RecordPool {
  readonly records: PooledRecord[] = []
  readonly #numberOfKey = new Map<string, number>()
  readonly #numberOfRecord = new Map<TableRecord, number>()

  add(record: TableRecord, transports: number): void {
    const number = this.#numberOfRecord.get(record) ?? this.#intern(record)
    const pooled = this.records[number]
    if (pooled !== undefined) pooled.transports |= transports
  }

  numberOf(record: TableRecord): number {
    return this.#numberOfRecord.get(record) ?? this.#intern(record)
  }

  #intern(record: TableRecord): number {
    const { ports, textSource, detailSource } = record
    const key = JSON.stringify([...RECORD_TEXTS.map((text) => record[text]), ports, textSource, detailSource])
    const number = this.#numberOfKey.get(key) ?? this.records.push({ record, transports: 0 }) - 1
    fitting(number, 'records')
    this.#numberOfKey.set(key, number)
    this.#numberOfRecord.set(record, number)
    return number
  }
}

/** Gives each distinct text a number: the empty one is 0, those beyond Latin-1 come last. */
function numberTexts(records: readonly TableRecord[]): {
  narrow: readonly string[]
  wide: readonly string[]
  numberOf: (text: string) => number
} {
  const distinct = new Set(['', ...records.flatMap((record) => RECORD_TEXTS.map((text) => record[text]))])
  // oxlint-disable-next-line no-control-regex -- Latin-1 is what one byte holds
  const isNarrow = (text: string): boolean => /^[\u0000-\u00ff]*$/.test(text)
  const narrow = [...distinct].filter(isNarrow)
  const wide = [...distinct].filter((text) => !isNarrow(text))
  fitting(distinct.size, 'texts')
  const numbers = new Map([...narrow, ...wide].map((text, number) => [text, number]))
  return { narrow, wide, numberOf: (text) => numbers.get(text) ?? 0 }
}

function offsetsOf(texts: readonly string[]): number[] {
  const offsets = [0]
  for (const text of texts) offsets.push((offsets.at(-1) ?? 0) + text.length)
  return offsets
}

function recordWords({ record, transports }: PooledRecord, numberOf: (text: string) => number): number[] {
  const flags =
    transports |
    (record.ports === null ? 0 : RecordFlags.hasPort) |
    (record.textSource << RecordFlags.textSourceShift) |
    (record.detailSource << RecordFlags.detailSourceShift)
  return [
    ...RECORD_TEXTS.map((text) => numberOf(record[text])),
    record.ports?.first ?? 0,
    record.ports?.last ?? 0,
    flags,
  ]
}

/** Cell 0 is that of every pair that no row speaks of. */
function buildCells(
  table: RegistryTable,
  pool: RecordPool,
): { words: readonly number[]; offsetOf: (key: number) => number } {
  const silence = table.sources.length - 1
  const words = [silence << 2]
  const offsetOfCell = new Map<string, number>()
  const offsetOfKey = new Map<number, number>()
  for (const [key, cell] of table.cells) {
    const numbers = cell.records.map((record) => pool.numberOf(record))
    if (numbers.length > CELL_RECORDS_MAX) throw tooLarge(numbers.length, 'rows for one port', CELL_RECORDS_MAX)
    const cellWords = [STATUSES.indexOf(cell.status) | (cell.source << 2) | (numbers.length << 4), ...numbers]
    const cellKey = cellWords.join()
    let offset = offsetOfCell.get(cellKey)
    if (offset === undefined) {
      offset = fitting(words.length, 'cells')
      words.push(...cellWords)
      offsetOfCell.set(cellKey, offset)
    }
    offsetOfKey.set(key, offset)
  }
  return { words, offsetOf: (key) => offsetOfKey.get(key) ?? 0 }
}

function buildPages(offsetOf: (key: number) => number): { tables: number[]; pages: number[][] } {
  const tables: number[] = []
  const pages: number[][] = []
  const known = new Map<string, number>()
  for (const transport of TRANSPORTS.keys()) {
    for (let first = 0; first <= PORT_MAX; first += PAGE_PORTS) {
      const page = Array.from({ length: PAGE_PORTS }, (_, index) => offsetOf(pairKey(first + index, transport)))
      const key = page.join()
      const number = known.get(key) ?? pages.push(page) - 1
      known.set(key, number)
      tables.push(number)
    }
  }
  return { tables, pages }
}

/** The numbers of the records that have a name, in the order of their names in lower case. */
function sortedNames(records: readonly PooledRecord[]): number[] {
  const named = records.flatMap(({ record }, number) =>
    record.name === '' ? [] : [{ key: record.name.toLowerCase(), number }],
  )
  named.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.number - b.number))
  return named.map(({ number }) => number)
}

function countsOf(table: RegistryTable, records: number): Record<string, number> {
  const counts: Record<string, number> = { records, portless: table.portless.length }
  for (const [key, cell] of table.cells) {
    const name = `${TRANSPORTS[key >>> 16] ?? ''} ${cell.status}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

function bytesOf(array: Uint16Array | Uint32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength)
}

function assemble(parts: Readonly<Record<(typeof SECTIONS)[number], Buffer>>): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.write(MAGIC, 'latin1')
  header.writeUInt32LE(FORMAT_VERSION, 8)
  const body: Buffer[] = []
  let offset = HEADER_BYTES
  for (const [index, name] of SECTIONS.entries()) {
    const part = parts[name]
    const padding = Buffer.alloc((4 - (part.length % 4)) % 4)
    header.writeUInt32LE(offset, SECTIONS_AT + 8 * index)
    header.writeUInt32LE(part.length, SECTIONS_AT + 4 + 8 * index)
    body.push(part, padding)
    offset += part.length + padding.length
  }
  const whole = Buffer.concat([header, ...body])
  whole.writeUInt32LE(whole.length, 16)
  whole.writeUInt32LE(crc32(whole.subarray(CHECKSUM_AT + 4), crc32(whole.subarray(0, CHECKSUM_AT))), CHECKSUM_AT)
  return whole
}
