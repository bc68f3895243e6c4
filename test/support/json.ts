/** Steps into parsed JSON without casts: every step is an assertion. */
import assert from 'node:assert/strict'

export type JsonObject = Readonly<Record<string, unknown>>

export function asObject(value: unknown): JsonObject {
  assert.ok(isObject(value), `not an object: ${JSON.stringify(value)}`)
  return value
}

export function asArray(value: unknown): readonly unknown[] {
  assert.ok(Array.isArray(value), `not an array: ${JSON.stringify(value)}`)
  return value
}

export function asObjects(value: unknown): readonly JsonObject[] {
  return asArray(value).map(asObject)
}

/** The value at the end of a path: `at(report, 'transports', 'tcp', 'status')`. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (here, step) => (typeof step === 'number' ? asArray(here)[step] : asObject(here)[step]),
    value,
  )
}

/** Every value under a name, however deep; not those within another of the name. */
export function valuesNamed(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesNamed(each, name))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, each]) => (key === name ? [each] : valuesNamed(each, name)))
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
