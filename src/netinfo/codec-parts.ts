/** What the forms of all procedures are made of (protocol.md §4): strings, addresses, ids, answers. */
import { isIPv4 } from 'node:net'
import type { XdrReader, XdrWriter } from '../core/index.ts'
import {
  DirectoryError,
  MODEL_LIMITS,
  STATUS,
  decodeId,
  decodeObjects,
  decodeProperties,
  encodeId,
  encodeObjects,
  encodeProperties,
} from '../directory/index.ts'
import type { DirectoryObject, Id, Properties } from '../directory/index.ts'
import type { Binding } from './handle.ts'

/** The bytes of an XDR word. */
export const WORD = 4

/** One type's form on the wire. */
export interface Codec<T> {
  readonly encode: (writer: XdrWriter, value: T) => void
  /** @throws DecodeError */
  readonly decode: (reader: XdrReader) => T
}

/** What a call needs to know: where it goes, and the forms of what goes there and comes back. */
export interface Procedure<A, R> {
  readonly program: number
  readonly version: number
  readonly number: number
  readonly name: string
  readonly args: Codec<A>
  readonly result: Codec<R>
}

/** A result union: the value is null when the status is not 0, and only then. */
export interface Answer<T> {
  readonly status: number
  readonly value: T | null
}

/** An IPv4 address: the four bytes of the word are the dotted quad in reading order (protocol.md §1). */
export function encodeAddress(writer: XdrWriter, address: string): void {
  if (!isIPv4(address)) throw new DirectoryError(STATUS.CANTFINDADDRESS, `${address} is no IPv4 address`)
  writer.raw(Uint8Array.from(address.split('.'), Number))
}

export function decodeAddress(reader: XdrReader, place = 'address'): string {
  return reader.fixed(place, WORD).join('.')
}

export function encodeBinding(writer: XdrWriter, binding: Binding): void {
  writer.text(binding.tag)
  encodeAddress(writer, binding.address)
}

export function decodeBinding(reader: XdrReader, place = 'binding'): Binding {
  return { tag: decodeString(reader, `${place}/tag`), address: decodeAddress(reader, `${place}/address`) }
}

/** A directory as READALL carries it. */
export function encodeObject(writer: XdrWriter, object: DirectoryObject): void {
  encodeId(writer, object.id)
  encodeProperties(writer, object.properties)
  writer.u32(object.parent)
  encodeObjects(writer, object.children)
}

export function decodeObject(reader: XdrReader, place = 'object'): DirectoryObject {
  const id = decodeId(reader, `${place}/id`)
  const properties = decodeProperties(reader, `${place}/properties`)
  const parent = reader.u32(`${place}/parent`)
  return { id, properties, parent, children: decodeObjects(reader, `${place}/children`) }
}

/** A string within the limit of the model. */
export function decodeString(reader: XdrReader, place: string): string {
  return reader.text(place, MODEL_LIMITS.stringBytes)
}

/** No arguments, or no result. */
export const NOTHING: Codec<void> = { encode: () => undefined, decode: () => undefined }
export const WORD_CODEC: Codec<number> = {
  encode: (writer, value) => writer.u32(value),
  decode: (reader) => reader.u32('word'),
}
export const STRING: Codec<string> = {
  encode: (writer, value) => writer.text(value),
  decode: (reader) => decodeString(reader, 'string'),
}
export const ID: Codec<Id> = { encode: encodeId, decode: (reader) => decodeId(reader) }
export const BINDING: Codec<Binding> = { encode: encodeBinding, decode: (reader) => decodeBinding(reader) }
export const PROPERTIES: Codec<Properties> = { encode: encodeProperties, decode: (reader) => decodeProperties(reader) }

/** The form of an answer with this payload. */
export function answered<T>(payload: Codec<T>): Codec<Answer<T>> {
  return {
    encode: (writer, { status, value }) => {
      writer.u32(status)
      if (status === STATUS.OK && value !== null) payload.encode(writer, value)
    },
    decode: (reader) => {
      const status = reader.u32('status')
      return { status, value: status === STATUS.OK ? payload.decode(reader) : null }
    },
  }
}
