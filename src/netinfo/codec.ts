/**
 * The arguments and results of every procedure, both ways (protocol.md §4–6): `NETINFO.lookup.args.encode`,
 * `BINDER.getregister.result.decode`.
 *
 * A codec writes and reads one type; a procedure has two. Most results are a status, and a payload only when that is 0:
 * an `Answer`. Decoders refuse what exceeds the limits of the model before they allocate; whether anything may follow is for
 * the caller to say (`XdrReader.finish`).
 */
import type { XdrReader } from '../core/index.ts'
import type { WriteKind, WriteOperation } from '../directory/index.ts'
import { BINDING, ID, NOTHING, PROPERTIES, WORD_CODEC, answered } from './codec-parts.ts'
import type { Answer, Codec, Procedure } from './codec-parts.ts'
import {
  CREATE_RESULT,
  DIRECTORY_RESULT,
  LIST,
  LISTALL_RESULT,
  LIST_RESULT,
  LOOKUP,
  NAMES_RESULT,
  OBJECTS_RESULT,
  PARENT_RESULT,
  READALL_RESULT,
  READ_PROPERTY,
  READ_VALUE,
  VALUES_RESULT,
  VALUE_RESULT,
} from './codec-read.ts'
import { WRITE_PROCEDURES, decodeWrite, encodeWrite } from './codec-write.ts'
import { NETINFO_PROGRAM, NETINFO_VERSION, netinfoProcedure } from './programs.ts'
import type { NetInfoProcedure } from './programs.ts'

export { BINDER, REGISTRATIONS_MAX } from './codec-binder.ts'
export type { BinderBindArguments, CreateCloneArguments, Ports, Registration } from './codec-binder.ts'
export {
  decodeAddress,
  decodeBinding,
  decodeObject,
  encodeAddress,
  encodeBinding,
  encodeObject,
} from './codec-parts.ts'
export type { Answer, Codec, Procedure } from './codec-parts.ts'
export type { LookupArguments, ReadAllResult } from './codec-read.ts'
export { WRITE_PROCEDURES, decodeWrite, encodeWrite } from './codec-write.ts'

function ofNetInfo<A, R>(name: NetInfoProcedure, args: Codec<A>, result: Codec<R>): Procedure<A, R> {
  return { program: NETINFO_PROGRAM, version: NETINFO_VERSION, number: netinfoProcedure(name), name, args, result }
}

/** A write whose arguments are an operation of this kind. */
function writes<R>(kind: WriteKind, result: Codec<R>): Procedure<WriteOperation, Answer<R>> {
  const args = { encode: encodeWrite, decode: (reader: XdrReader) => decodeWrite(kind, reader) }
  return ofNetInfo(WRITE_PROCEDURES[kind], args, answered(result))
}

/** Program 200100000 version 2 (protocol.md §5). */
export const NETINFO = {
  ping: ofNetInfo('ping', NOTHING, NOTHING),
  statistics: ofNetInfo('statistics', NOTHING, PROPERTIES),
  root: ofNetInfo('root', NOTHING, answered(ID)),
  self: ofNetInfo('self', ID, answered(ID)),
  parent: ofNetInfo('parent', ID, answered(PARENT_RESULT)),
  create: writes('create', CREATE_RESULT),
  destroy: writes('destroy', ID),
  read: ofNetInfo('read', ID, answered(DIRECTORY_RESULT)),
  write: writes('write', ID),
  children: ofNetInfo('children', ID, answered(OBJECTS_RESULT)),
  lookup: ofNetInfo('lookup', LOOKUP, answered(OBJECTS_RESULT)),
  list: ofNetInfo('list', LIST, answered(LIST_RESULT)),
  createprop: writes('createProperty', ID),
  destroyprop: writes('destroyProperty', ID),
  readprop: ofNetInfo('readprop', READ_PROPERTY, answered(VALUES_RESULT)),
  writeprop: writes('writeProperty', ID),
  renameprop: writes('renameProperty', ID),
  listprops: ofNetInfo('listprops', ID, answered(NAMES_RESULT)),
  createname: writes('createValue', ID),
  destroyname: writes('destroyValue', ID),
  readname: ofNetInfo('readname', READ_VALUE, answered(VALUE_RESULT)),
  writename: writes('writeValue', ID),
  rparent: ofNetInfo('rparent', NOTHING, answered(BINDING)),
  listall: ofNetInfo('listall', ID, answered(LISTALL_RESULT)),
  bind: ofNetInfo('bind', BINDING, NOTHING),
  readall: ofNetInfo('readall', WORD_CODEC, answered(READALL_RESULT)),
  crashed: ofNetInfo('crashed', WORD_CODEC, NOTHING),
  /** Its result is a bare status. */
  resync: ofNetInfo('resync', NOTHING, WORD_CODEC),
  lookupread: ofNetInfo('lookupread', LOOKUP, answered(DIRECTORY_RESULT)),
} as const satisfies Record<NetInfoProcedure, { readonly number: number }>
