/** The well-known directories (protocol.md §10): what their entries hold, as typed records, and what is odd in one. */
export { DIRECTORY_DESCRIPTIONS } from './views/descriptions.ts'
export type { DirectoryDescription, PropertyDescription } from './views/descriptions.ts'
export type { ValueForm } from './views/forms.ts'
export { isViewedDirectory, viewOf } from './views/views.ts'
export type {
  AliasView,
  ExportView,
  GroupView,
  MachineView,
  MountView,
  NamedView,
  NetgroupView,
  NetworkView,
  NumberView,
  PrinterView,
  ResolverView,
  ServiceView,
  UserView,
  ViewedDirectory,
  Views,
} from './views/views.ts'
export { warningsOf } from './views/warning-text.ts'
export { findWarnings } from './views/warnings.ts'
export type { EntryWarning } from './views/warnings.ts'
