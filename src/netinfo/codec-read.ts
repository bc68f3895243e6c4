/** The arguments and results of the procedures that read (protocol.md §4), and the results of the writes. */
import { DecodeError } from '../core/index.ts'
import {
  MODEL_LIMITS,
  decodeId,
  decodeNames,
  decodeObjects,
  decodeProperties,
  encodeId,
  encodeNames,
  encodeObjects,
  encodeProperties,
} from '../directory/index.ts'
import type { DirectoryObject, Id, Properties } from '../directory/index.ts'
import { WORD, decodeObject, decodeString, encodeObject } from './codec-parts.ts'
import type { Codec } from './codec-parts.ts'
import type { ListEntry } from './handle.ts'

/** Arguments of the procedures that look into a directory by a property. */
export interface LookupArguments {
  readonly id: Id
  readonly key: string
  readonly value: string
}

export interface ReadAllResult {
  /** 0: the caller's checksum was the same, and nothing follows. */
  readonly checksum: number
  readonly highestId: number
  readonly objects: readonly DirectoryObject[]
}

export const LOOKUP: Codec<LookupArguments> = {
  encode: (writer, { id, key, value }) => {
    encodeId(writer, id)
    writer.text(key).text(value)
  },
  decode: (reader) => ({
    id: decodeId(reader),
    key: decodeString(reader, 'lookup/key'),
    value: decodeString(reader, 'lookup/value'),
  }),
}
export const LIST: Codec<{ readonly id: Id; readonly key: string }> = {
  encode: (writer, { id, key }) => {
    encodeId(writer, id)
    writer.text(key)
  },
  decode: (reader) => ({ id: decodeId(reader), key: decodeString(reader, 'list/key') }),
}
export const READ_PROPERTY: Codec<{ readonly id: Id; readonly index: number }> = {
  encode: (writer, { id, index }) => {
    encodeId(writer, id)
    writer.u32(index)
  },
  decode: (reader) => ({ id: decodeId(reader), index: reader.u32('readprop/property index') }),
}
export const READ_VALUE: Codec<{ readonly id: Id; readonly index: number; readonly at: number }> = {
  encode: (writer, { id, index, at }) => {
    encodeId(writer, id)
    writer.u32(index).u32(at)
  },
  decode: (reader) => ({
    id: decodeId(reader),
    index: reader.u32('readname/property index'),
    at: reader.u32('readname/value index'),
  }),
}

export const PARENT_RESULT: Codec<{ readonly parent: number; readonly id: Id }> = {
  encode: (writer, { parent, id }) => {
    writer.u32(parent)
    encodeId(writer, id)
  },
  decode: (reader) => ({ parent: reader.u32('parent/parent'), id: decodeId(reader) }),
}
export const CREATE_RESULT: Codec<{ readonly child: Id; readonly parent: Id }> = {
  encode: (writer, { child, parent }) => {
    encodeId(writer, child)
    encodeId(writer, parent)
  },
  decode: (reader) => ({ child: decodeId(reader, 'create/child'), parent: decodeId(reader, 'create/parent') }),
}
export const DIRECTORY_RESULT: Codec<{ readonly id: Id; readonly properties: Properties }> = {
  encode: (writer, { id, properties }) => {
    encodeId(writer, id)
    encodeProperties(writer, properties)
  },
  decode: (reader) => ({ id: decodeId(reader), properties: decodeProperties(reader) }),
}
export const OBJECTS_RESULT: Codec<{ readonly objects: readonly number[]; readonly id: Id }> = {
  encode: (writer, { objects, id }) => {
    encodeObjects(writer, objects)
    encodeId(writer, id)
  },
  decode: (reader) => ({ objects: decodeObjects(reader), id: decodeId(reader) }),
}
export const LIST_RESULT: Codec<{ readonly entries: readonly ListEntry[]; readonly id: Id }> = {
  encode: (writer, { entries, id }) => {
    writer.u32(entries.length)
    for (const { object, values } of entries) {
      writer.u32(object).bool(values !== null)
      if (values !== null) encodeNames(writer, values)
    }
    encodeId(writer, id)
  },
  decode: (reader) => {
    const count = reader.count('list', MODEL_LIMITS.ids, 2 * WORD)
    const entries = Array.from({ length: count }, () => ({
      object: reader.u32('list/object'),
      values: reader.bool('list/has values') ? decodeNames(reader, 'list/values') : null,
    }))
    return { entries, id: decodeId(reader) }
  },
}
export const NAMES_RESULT: Codec<{ readonly names: readonly string[]; readonly id: Id }> = {
  encode: (writer, { names, id }) => {
    encodeNames(writer, names)
    encodeId(writer, id)
  },
  decode: (reader) => ({ names: decodeNames(reader), id: decodeId(reader) }),
}
export const VALUES_RESULT: Codec<{ readonly values: readonly string[]; readonly id: Id }> = {
  encode: (writer, { values, id }) => {
    encodeNames(writer, values)
    encodeId(writer, id)
  },
  decode: (reader) => ({ values: decodeNames(reader), id: decodeId(reader) }),
}
/** READNAME alone of its kind puts the id first. */
export const VALUE_RESULT: Codec<{ readonly value: string; readonly id: Id }> = {
  encode: (writer, { value, id }) => {
    encodeId(writer, id)
    writer.text(value)
  },
  decode: (reader) => {
    const id = decodeId(reader)
    return { value: decodeString(reader, 'readname/value'), id }
  },
}
export const LISTALL_RESULT: Codec<{ readonly id: Id; readonly children: readonly Properties[] }> = {
  encode: (writer, { id, children }) => {
    encodeId(writer, id)
    writer.u32(children.length)
    for (const child of children) encodeProperties(writer, child)
  },
  decode: (reader) => {
    const id = decodeId(reader)
    const count = reader.count('listall', MODEL_LIMITS.ids, WORD)
    return { id, children: Array.from({ length: count }, () => decodeProperties(reader, 'listall/properties')) }
  },
}
export const READALL_RESULT: Codec<ReadAllResult> = {
  encode: (writer, { checksum, highestId, objects }) => {
    writer.u32(checksum).u32(highestId)
    for (const object of objects) {
      writer.bool(true)
      encodeObject(writer, object)
    }
    writer.bool(false)
  },
  decode: (reader) => {
    const checksum = reader.u32('readall/checksum')
    const highestId = reader.u32('readall/highest id')
    const objects: DirectoryObject[] = []
    while (reader.bool('readall/has object')) {
      if (objects.length === MODEL_LIMITS.ids)
        throw new DecodeError('readall', reader.offset, `more than ${MODEL_LIMITS.ids} objects`)
      objects.push(decodeObject(reader, 'readall/object'))
    }
    return { checksum, highestId, objects }
  },
}
