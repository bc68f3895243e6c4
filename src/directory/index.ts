/** Domains of administrative data: trees of directories of properties (NetInfo's model), kept in a store. */
export { APPEND, MODEL_LIMITS, ROOT_OBJECT, findProperty, firstValue, valuesOf } from './model.ts'
export type { DirectoryObject, Id, Properties, Property } from './model.ts'
export type { Caller, WriteKind, WriteOperation, WriteResult } from './operation.ts'
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
