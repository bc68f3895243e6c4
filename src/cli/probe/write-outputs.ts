/** Writes what a scan found, or what a file holds, in the forms that were asked for. */
import { portKey, readPortText, writeGrepable, writeNmapXml } from '../../probe/index.ts'
import type { ScanReport, WriteOptions } from '../../probe/index.ts'
import type { Context } from '../command.ts'
import type { MeaningBook } from '../../answer/index.ts'
import type { OutputFile } from './output-file.ts'
import type { FileForm, Outputs } from './outputs.ts'
import { csvHeading, csvRow, makeRow } from './port-row.ts'
import type { ProbedPort, ToldPort } from './port-row.ts'
import { renderReport } from './report-page.ts'

/** What is written: a scan of our own, or that of a file. */
export interface Written {
  readonly report: ScanReport
  /** All ports that are known one by one, in order; made anew for each form. */
  readonly ports: () => Iterable<ToldPort>
  /** The port, where no other was asked for: it is told on a page of its own. */
  readonly only: ToldPort | null
  /** NDJSON was printed as the answers came. */
  readonly isStreamed: boolean
}

export function writeOutputs(
  { report, ports, only, isStreamed }: Written,
  outputs: Outputs,
  files: ReadonlyMap<FileForm, OutputFile>,
  book: MeaningBook,
  context: Context,
): void {
  const rows = (): Iterable<ProbedPort> => rowsOf(ports(), outputs.isOpenOnly, book)
  const names: WriteOptions = {
    serviceNameOf: (port, transport) => book.purposeOf(port, transport).entry.names[0] ?? null,
  }
  if (outputs.main === 'json') writeJsonRows(rows(), context)
  if (outputs.main === 'ndjson' && !isStreamed) for (const row of rows()) context.out(`${JSON.stringify(row)}\n`)
  if (outputs.main === 'page') context.out(renderReport(report, book, context.style, { only, isAll: outputs.isAll }))
  for (const [form, file] of files) {
    if (form === 'csv') {
      file.write(csvHeading())
      for (const row of rows()) file.write(csvRow(row))
    } else for (const part of (form === 'xml' ? writeNmapXml : writeGrepable)(report, names)) file.write(part)
    file.finish()
  }
}

/** One text for each port: all together might not fit into one. */
function writeJsonRows(rows: Iterable<ProbedPort>, { out }: Context): void {
  let separator = '[\n'
  for (const row of rows) {
    out(separator + JSON.stringify(row, null, 2))
    separator = ',\n'
  }
  out(separator === '[\n' ? '[]\n' : '\n]\n')
}

function* rowsOf(
  ports: Iterable<ToldPort>,
  isOpenOnly: boolean,
  book: MeaningBook,
): Generator<ProbedPort, void, undefined> {
  for (const told of ports) if (!isOpenOnly || told.state === 'open') yield makeRow(told, book)
}

/** The ports of a report, in order: those that it lists, and those that it counts and names. */
export function* knownPorts({ hosts }: ScanReport): Generator<ToldPort, void, undefined> {
  for (const { address, names, ports, unlisted } of hosts) {
    const counted = unlisted.flatMap(({ ports: text = '', transport, state, reason }) => {
      const { size = 0, at = Number } = readPortText(text) ?? {}
      return Array.from({ length: size }, (_, index) => ({
        port: at(index),
        transport,
        state,
        reason,
        rttMs: null,
        banner: null,
      }))
    })
    const all = [...ports, ...counted].toSorted((a, b) => portKey(a.transport, a.port) - portKey(b.transport, b.port))
    for (const port of all) yield { ...port, host: address, names, attempts: null }
  }
}
