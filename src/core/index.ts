/** What every other module may use; it uses none of them. */
export { CsvError, readCsv } from './csv.ts'
export type { CsvRecord } from './csv.ts'
export { ERROR_KINDS, PortolanError, messageOf, systemCode } from './errors.ts'
export type { ErrorCode, ExitStatus } from './errors.ts'
export { LIMITS } from './limits.ts'
export { packageFolder, packagedDataFolder, userDataFolder } from './paths.ts'
export type { Environment } from './paths.ts'
export { isPrintable, printable } from './printable.ts'
