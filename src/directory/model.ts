/** NetInfo's words (protocol.md §2): a directory has an id and ordered properties; a property has ordered values. */

/** Names and values are byte strings held as text (core/text.ts): compare them with `===`, never by locale or case. */
export interface Property {
  readonly name: string
  /** 0 to 65,535 of them. */
  readonly values: readonly string[]
}

export type Properties = readonly Property[]

/** `object` names a directory of a domain; `instance` counts its changes, and a write must name the newest. */
export interface Id {
  readonly object: number
  readonly instance: number
}

/** A directory as it travels in READALL: all of it. */
export interface DirectoryObject {
  readonly id: Id
  readonly properties: Properties
  readonly parent: number
  readonly children: readonly number[]
}

/** The root directory's object number. */
export const ROOT_OBJECT = 0
/** As a position: after the last. As an object: none. */
export const APPEND = 0xffff_ffff

/** The limits of the protocol (protocol.md §2). */
export const MODEL_LIMITS = {
  stringBytes: 65_535,
  values: 65_535,
  properties: 65_535,
  ids: 1_048_576,
} as const

/** The first property of a name; undefined where there is none. */
export function findProperty(properties: Properties, name: string): Property | undefined {
  return properties.find((property) => property.name === name)
}

/** Whether two lists have the same names in the same order: the n-th of one is then what the n-th of the other was. */
export function hasSameNames(a: Properties, b: Properties): boolean {
  return a.length === b.length && a.every(({ name }, index) => name === b[index]?.name)
}

/** The values of the first property of a name; empty where there is none. */
export function valuesOf(properties: Properties, name: string): readonly string[] {
  return findProperty(properties, name)?.values ?? []
}

/** The first value of the first property of a name. */
export function firstValue(properties: Properties, name: string): string | undefined {
  return findProperty(properties, name)?.values[0]
}
