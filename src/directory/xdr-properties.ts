/** Property lists in XDR (protocol.md §4): the form in which they travel, and in which the store keeps them. */
import { DecodeError } from '../core/index.ts'
import type { XdrReader, XdrWriter } from '../core/index.ts'
import { MODEL_LIMITS } from './model.ts'
import type { Id, Properties, Property } from './model.ts'

const WORD = 4

export function encodeId(writer: XdrWriter, id: Id): void {
  writer.u32(id.object).u32(id.instance)
}

export function decodeId(reader: XdrReader, place = 'id'): Id {
  return { object: reader.u32(place), instance: reader.u32(place) }
}

/** `namelist`: a counted list of strings. */
export function encodeNames(writer: XdrWriter, names: readonly string[]): void {
  writer.u32(names.length)
  for (const name of names) writer.text(name)
}

export function decodeNames(reader: XdrReader, place = 'namelist'): string[] {
  const count = reader.count(place, MODEL_LIMITS.values, WORD)
  const names: string[] = []
  for (let index = 0; index < count; index += 1) names.push(reader.text(place, MODEL_LIMITS.stringBytes))
  return names
}

export function encodeProperty(writer: XdrWriter, property: Property): void {
  writer.text(property.name)
  encodeNames(writer, property.values)
}

export function decodeProperty(reader: XdrReader, place = 'property'): Property {
  return { name: reader.text(place, MODEL_LIMITS.stringBytes), values: decodeNames(reader, place) }
}

/** `proplist`: what READ gives after the id. */
export function encodeProperties(writer: XdrWriter, properties: Properties): void {
  writer.u32(properties.length)
  for (const property of properties) encodeProperty(writer, property)
}

/** @throws DecodeError also for more names and values, all together, than `stringsMax`: what follows them is not read */
export function decodeProperties(reader: XdrReader, place = 'proplist', stringsMax = Infinity): Property[] {
  const count = reader.count(place, MODEL_LIMITS.properties, 2 * WORD)
  const properties: Property[] = []
  let strings = 0
  for (let index = 0; index < count; index += 1) {
    const property = decodeProperty(reader, place)
    strings += 1 + property.values.length
    if (strings > stringsMax) throw new DecodeError(place, reader.offset, `more than ${stringsMax} names and values`)
    properties.push(property)
  }
  return properties
}

/** `idlist`: object numbers. */
export function encodeObjects(writer: XdrWriter, objects: readonly number[]): void {
  writer.u32(objects.length)
  for (const object of objects) writer.u32(object)
}

export function decodeObjects(reader: XdrReader, place = 'idlist'): number[] {
  const count = reader.count(place, MODEL_LIMITS.ids, WORD)
  return Array.from({ length: count }, () => reader.u32(place))
}
