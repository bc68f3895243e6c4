/** The whole answer for a port, here or where it was probed, as data: the registry, the lore, sockets and the directory, joined. */
export { NO_DIRECTORY, localDeclaration, readDeclared } from './declared.ts'
export type { Declaration, DeclaredBook, PortsAsked } from './declared.ts'
export { Footnotes } from './footnotes.ts'
export { machinesIn, withMachines } from './machines.ts'
export type { Machine, MachineBook } from './machines.ts'
export { MeaningBook, REMARK_KINDS } from './meaning.ts'
export type { PortMeaning, Remark } from './meaning.ts'
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
