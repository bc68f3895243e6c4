/**
 * IANA's "Service Name and Transport Protocol Port Number Registry" as it is published in CSV.
 *
 * The file is trusted only after it was read whole: each row is checked, and the file must be as large and hold the
 * assignments that any registry holds. What is refused is refused with its line, and nothing of it is used.
 */
import { CsvError, LIMITS, PortolanError, isPrintable, readCsv } from '../core/index.ts'
import { TRANSPORTS, readSpan } from './model.ts'
import type { PortSpan, RegistryRow, Transport } from './model.ts'

/** The columns, as the file's first line names them. */
const COLUMNS = [
  'Service Name',
  'Port Number',
  'Transport Protocol',
  'Description',
  'Assignee',
  'Contact',
  'Registration Date',
  'Modification Date',
  'Reference',
  'Service Code',
  'Unauthorized Use Reported',
  'Assignment Notes',
]

/** Assignments older than the Web, which no true copy of the registry lacks. */
const LANDMARKS = [
  ['ftp', 21, 'tcp'],
  ['telnet', 23, 'tcp'],
  ['smtp', 25, 'tcp'],
  ['domain', 53, 'udp'],
  ['http', 80, 'tcp'],
] as const

/** The share of the ports below 49152 that rows must cover: the registry lists even what is unassigned (2025: 99.98 %). */
const COVERAGE_MIN = 0.99

/** A row with the line on which it begins. */
export interface IanaRow extends RegistryRow {
  readonly line: number
}

/** The rows of a whole file, and the newest date that any of them bears (YYYY-MM-DD or YYYY-MM). */
export interface IanaFile {
  readonly rows: readonly IanaRow[]
  readonly newestDate: string
}

/** Why a file is refused, and on which line. */
export function csvRefused(from: string, line: number, what: string, cause?: unknown): PortolanError {
  return new PortolanError('ERR_PORTOLAN_CSV_REFUSED', `${from}, line ${line}: ${what}`, {
    hint: "Give the unchanged file 'service-names-port-numbers.csv' that IANA publishes. Nothing was replaced.",
    cause,
  })
}

/**
 * Reads a whole file.
 * @param from where the text came from, for the message.
 * @throws ERR_PORTOLAN_CSV_REFUSED when it is truncated, foreign or malformed; the message names the line.
 */
export function parseIanaCsv(text: string, from: string): IanaFile {
  const refuse = (line: number, what: string): PortolanError => csvRefused(from, line, what)
  const rows: IanaRow[] = []
  let line = 1
  let newestDate = ''
  let pairs = 0
  try {
    let isHeader = true
    for (const record of readCsv(text.startsWith('\ufeff') ? text.slice(1) : text)) {
      line = record.line
      if (isHeader) {
        if (record.fields.join() !== COLUMNS.join()) throw refuse(1, `the columns are not those of IANA's registry`)
        isHeader = false
        continue
      }
      if (rows.length >= LIMITS.csvRows) throw refuse(line, `more than ${LIMITS.csvRows} rows`)
      const row = rowOf(record.fields, line)
      pairs +=
        row.ports === null ? 0 : (row.ports.last - row.ports.first + 1) * (row.transports.length || TRANSPORTS.length)
      if (pairs > LIMITS.csvPairs) throw refuse(line, `the rows claim more than ${LIMITS.csvPairs} ports`)
      for (const date of [row.registrationDate, row.modificationDate]) if (date > newestDate) newestDate = date
      rows.push(row)
    }
  } catch (error) {
    if (error instanceof CsvError) throw refuse(error.line, error.message)
    throw error
  }
  if (rows.length === 0) throw refuse(1, 'there are no rows')
  if (!text.endsWith('\n')) throw refuse(line, 'the last line has no end: the file is cut off')
  checkWhole(rows, (what) => refuse(line, what))
  return { rows, newestDate }
}

function rowOf(fields: readonly string[], line: number): IanaRow {
  if (fields.length !== COLUMNS.length) {
    throw new CsvError(line, `${fields.length} fields instead of ${COLUMNS.length}`)
  }
  const [name, ports, transport, description, assignee, contact, registered, modified, reference, code, misuse, notes] =
    fields.map((field) => cleanText(field, line))
  const row = {
    line,
    name: name ?? '',
    ports: spanOf(ports ?? '', line),
    transports: parseTransport(transport ?? '', line),
    description: description ?? '',
    assignee: assignee ?? '',
    contact: contact ?? '',
    registrationDate: checkDate(registered ?? '', line),
    modificationDate: checkDate(modified ?? '', line),
    reference: reference ?? '',
    serviceCode: code ?? '',
    unauthorizedUse: misuse ?? '',
    notes: notes ?? '',
  }
  if (row.name === '' && row.ports === null) throw new CsvError(line, 'a row with neither a service name nor a port')
  return row
}

/** Folds the white space of a wrapped field; control characters have no place in the registry and may harm a terminal. */
function cleanText(field: string, line: number): string {
  const text = field.replace(/\s+/g, ' ').trim()
  if (!isPrintable(text)) {
    throw new CsvError(line, 'a control character in a field')
  }
  return text
}

/** `22`, `6000-6063`, or nothing. */
function spanOf(text: string, line: number): PortSpan | null {
  if (text === '') return null
  const span = readSpan(text)
  if (span === null) throw new CsvError(line, `'${text.slice(0, 40)}' is not a port or a range`)
  return span
}

function parseTransport(text: string, line: number): readonly Transport[] {
  if (text === '') return []
  const transport = TRANSPORTS.find((each) => each === text.toLowerCase())
  if (transport === undefined) throw new CsvError(line, `'${text.slice(0, 40)}' is not a transport`)
  return [transport]
}

function checkDate(text: string, line: number): string {
  if (text !== '' && !isDate(text)) throw new CsvError(line, `'${text.slice(0, 40)}' is not a date`)
  return text
}

/** `2005-05` or `2005-05-19`, as a calendar has it: the newest one stands in every answer. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}(-\d{2})?$/.test(text)) return false
  const time = new Date(text.length === 7 ? `${text}-01` : text)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text)
}

/** A well-formed file may still be a part of the registry, or something made to look like it. */
function checkWhole(rows: readonly IanaRow[], refuse: (what: string) => PortolanError): void {
  for (const [name, port, transport] of LANDMARKS) {
    const isThere = rows.some(
      (row) => row.name === name && row.ports?.first === port && row.transports.includes(transport),
    )
    if (!isThere) throw refuse(`the rows end without ${name} on ${port}/${transport}: this is not the whole registry`)
  }
  const covered = new Uint8Array(49_152)
  for (const row of rows) if (row.ports !== null) covered.fill(1, row.ports.first, row.ports.last + 1)
  const count = covered.reduce((sum, each) => sum + each, 0)
  if (count < covered.length * COVERAGE_MIN) {
    const firstMissing = covered.indexOf(0)
    throw refuse(
      `the rows end with ${covered.length - count} of the ports below 49152 not listed (the first is ${firstMissing}): this is not the whole registry`,
    )
  }
}
