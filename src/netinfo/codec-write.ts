/** The arguments of the ten writes (protocol.md §5), as the operations of the directory. */
import { LIMITS } from '../core/index.ts'
import type { XdrReader, XdrWriter } from '../core/index.ts'
import {
  decodeId,
  decodeNames,
  decodeProperties,
  decodeProperty,
  encodeId,
  encodeNames,
  encodeProperties,
  encodeProperty,
} from '../directory/index.ts'
import type { WriteKind, WriteOperation } from '../directory/index.ts'
import { decodeString } from './codec-parts.ts'
import type { NetInfoProcedure } from './programs.ts'

/** The procedure that does a write. */
export const WRITE_PROCEDURES = {
  create: 'create',
  destroy: 'destroy',
  write: 'write',
  createProperty: 'createprop',
  destroyProperty: 'destroyprop',
  writeProperty: 'writeprop',
  renameProperty: 'renameprop',
  createValue: 'createname',
  destroyValue: 'destroyname',
  writeValue: 'writename',
} as const satisfies Record<WriteKind, NetInfoProcedure>

/** The arguments of the procedure that does this write (protocol.md §5). */
export function encodeWrite(writer: XdrWriter, operation: WriteOperation): void {
  switch (operation.kind) {
    case 'create':
      encodeId(writer, operation.parent)
      encodeProperties(writer, operation.properties)
      writer.u32(operation.where).bool(operation.target !== undefined)
      if (operation.target !== undefined) encodeId(writer, operation.target)
      return
    case 'destroy':
      encodeId(writer, operation.parent)
      encodeId(writer, operation.child)
      return
    case 'write':
      encodeId(writer, operation.id)
      encodeProperties(writer, operation.properties)
      return
    case 'createProperty':
      encodeId(writer, operation.id)
      encodeProperty(writer, operation.property)
      writer.u32(operation.where)
      return
    case 'destroyProperty':
      encodeId(writer, operation.id)
      writer.u32(operation.index)
      return
    case 'writeProperty':
      encodeId(writer, operation.id)
      writer.u32(operation.index)
      encodeNames(writer, operation.values)
      return
    case 'renameProperty':
      encodeId(writer, operation.id)
      writer.u32(operation.index).text(operation.name)
      return
    case 'createValue':
      encodeId(writer, operation.id)
      writer.u32(operation.index).text(operation.value).u32(operation.where)
      return
    case 'destroyValue':
      encodeId(writer, operation.id)
      writer.u32(operation.index).u32(operation.at)
      return
    case 'writeValue':
      encodeId(writer, operation.id)
      writer.u32(operation.index).u32(operation.at).text(operation.value)
  }
}

/** @throws DecodeError also for a write of more names and values than a server takes at once */
export function decodeWrite(kind: WriteKind, reader: XdrReader): WriteOperation {
  const id = decodeId(reader, `${kind}/id`)
  const index = (): number => reader.u32(`${kind}/property index`)
  switch (kind) {
    case 'create': {
      const properties = decodeProperties(reader, 'create/properties', LIMITS.writeStrings)
      const where = reader.u32('create/where')
      const hasTarget = reader.bool('create/has target')
      const create = { kind, parent: id, properties, where } as const
      return hasTarget ? { ...create, target: decodeId(reader, 'create/target') } : create
    }
    case 'destroy':
      return { kind, parent: id, child: decodeId(reader, 'destroy/child') }
    case 'write':
      return { kind, id, properties: decodeProperties(reader, 'write/properties', LIMITS.writeStrings) }
    case 'createProperty':
      return {
        kind,
        id,
        property: decodeProperty(reader, 'createprop/property'),
        where: reader.u32('createprop/where'),
      }
    case 'destroyProperty':
      return { kind, id, index: index() }
    case 'writeProperty':
      return { kind, id, index: index(), values: decodeNames(reader, 'writeprop/values') }
    case 'renameProperty':
      return { kind, id, index: index(), name: decodeString(reader, 'renameprop/name') }
    case 'createValue':
      return {
        kind,
        id,
        index: index(),
        value: decodeString(reader, 'createname/value'),
        where: reader.u32('createname/where'),
      }
    case 'destroyValue':
      return { kind, id, index: index(), at: reader.u32('destroyname/value index') }
    case 'writeValue':
      break
  }
  return {
    kind,
    id,
    index: index(),
    at: reader.u32('writename/value index'),
    value: decodeString(reader, 'writename/value'),
  }
}
