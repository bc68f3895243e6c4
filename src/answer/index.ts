/** The whole answer for a port, as data: the registry, the lore, this machine's sockets and the directory, joined. */
export { NO_DIRECTORY, localDeclaration, readDeclared } from './declared.ts'
export type { Declaration, DeclaredBook } from './declared.ts'
export { Footnotes } from './footnotes.ts'
export { PORT_SCHEMA_VERSION, reportAssignment, reportPort, sourceOf } from './port-report.ts'
export type {
  Citation,
  CitedText,
  PortReport,
  ReportedAssignment,
  ReportedTransport,
  ReportedUse,
} from './port-report.ts'
export { parseQuery, spanText } from './query.ts'
export type { PortQuery } from './query.ts'
export { serviceLabel } from './service-label.ts'
