/** Domains of administrative data: trees of directories of properties (NetInfo's model), kept in a store. */
export { requireDirectoryAccess, requirePropertyAccess } from './access.ts'
export { checkDomain } from './check.ts'
export { Domain } from './domain.ts'
export type { WriteListener } from './domain.ts'
export type { About } from './about.ts'
export type { JournalEntry, JournalKind, PropertyChange } from './journal.ts'
export { MASK, SECRET_NAME, disclosureOf, maskProperties, visibleValues } from './secrets.ts'
export type { Disclosure } from './secrets.ts'
export { FORMATS, dumpRaw, formatTreeJson, parseRaw, parseTreeJson } from './formats/index.ts'
export type { Format, FormatProblem, Parsed, Tree } from './formats/index.ts'
export { MACHINE_PARTS, readMachine } from './etc-import.ts'
export type { MachineData, MachinePart, MachineProblem, ReadMachineOptions } from './etc-import.ts'
export { DIRECTORY_DESCRIPTIONS, findWarnings, isViewedDirectory, viewOf, warningsOf } from './views.ts'
export type {
  DirectoryDescription,
  EntryWarning,
  PropertyDescription,
  ValueForm,
  ViewedDirectory,
  Views,
} from './views.ts'
export { APPEND, MODEL_LIMITS, ROOT_OBJECT, findProperty, firstValue, valuesOf } from './model.ts'
export type { DirectoryObject, Id, Properties, Property } from './model.ts'
export type { Caller, WriteKind, WriteOperation, WriteResult } from './operation.ts'
export { replaceOldPassword } from './upgrade-password.ts'
export { cryptPassword, cryptWithSalt, hashPassword, isCryptValue, isModernHash, verifyPassword } from './password.ts'
export { DirectoryError, STATUS, statusText } from './status.ts'
export type { Status } from './status.ts'
export {
  decodeId,
  decodeNames,
  decodeObjects,
  decodeProperties,
  decodeProperty,
  encodeId,
  encodeNames,
  encodeObjects,
  encodeProperties,
  encodeProperty,
} from './xdr-properties.ts'
export { WireReader } from './wire-read.ts'
export type { Parts } from './wire-read.ts'
export { DataFolder } from './data-folder.ts'
export { SYSTEM_CALLER, furnish, isFurnished, nameParent } from './new-domain.ts'
export type { ServerPlace } from './new-domain.ts'
export { createChildren, putTree } from './put-tree.ts'
export type { PutCounts } from './put-tree.ts'
export { REGISTRY_MARK, isFromRegistry, serviceEntries, syncRegistryServices } from './registry-services.ts'
export type { RegistrySync } from './registry-services.ts'
export { restoreDomain } from './restore.ts'
export { declarationsOn, readServiceEntry } from './declarations.ts'
export type { LastWrite, ServiceDeclaration, ServiceEntry } from './declarations.ts'
