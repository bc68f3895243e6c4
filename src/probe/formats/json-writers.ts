/** Writes the ports of a report as JSON, one object a port. Hosts without ports, and ports that are only counted, have no place in it. */
import type { ReportedHost, ReportedPort, ScanReport } from '../model.ts'

/** A port with its host, in the form that stands in JSON. */
export interface JsonAnswer extends ReportedPort {
  readonly host: string
  readonly names: readonly string[]
}

function jsonAnswer(host: ReportedHost, port: ReportedPort): JsonAnswer {
  const { transport, state, reason, rttMs, banner } = port
  return { host: host.address, names: host.names, port: port.port, transport, state, reason, rttMs, banner }
}

/** The pieces of one array, an object a line. */
export function* writeJson(report: ScanReport): Generator<string, void, undefined> {
  let separator = '['
  for (const line of writeNdjson(report)) {
    yield `${separator}\n${line.trimEnd()}`
    separator = ','
  }
  yield separator === '[' ? '[]\n' : '\n]\n'
}

/** One object a line. */
export function* writeNdjson(report: ScanReport): Generator<string, void, undefined> {
  for (const host of report.hosts) for (const port of host.ports) yield `${JSON.stringify(jsonAnswer(host, port))}\n`
}
