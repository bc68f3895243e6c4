/** What the dumps share: which values they print, and how a value is kept inside its field. */
import { firstValue, valuesOf } from '../model.ts'
import type { Properties, Property } from '../model.ts'

/** A column never exceeded by aliases and printcap where there is a place to wrap (tools.md §2). */
export const WRAP_COLUMN = 72
/** How far a TAB at the beginning of a line counts. */
export const TAB_COLUMNS = 8

/** One line for each entry that `lineOf` has one for, each with its newline. */
export function dumpLines(entries: Iterable<Properties>, lineOf: (entry: Properties) => string | undefined): string {
  const lines: string[] = []
  for (const entry of entries) {
    const line = lineOf(entry)
    if (line !== undefined) lines.push(`${line}\n`)
  }
  return lines.join('')
}

/** A value without line breaks, which would make a second line of it. */
export function flatten(value: string): string {
  return value.replaceAll('\n', ' ')
}

/** A value without line breaks and colons, which would end its field. */
export function flattenField(value: string): string {
  return value.replace(/[:\n]/g, ' ')
}

/** The first value, on one line; `fallback` where there is none. */
export function printFirst(entry: Properties, name: string, fallback = ''): string {
  return flatten(firstValue(entry, name) ?? fallback)
}

/** All values, on one line, in the order they have. */
export function printAll(entry: Properties, name: string): string[] {
  return valuesOf(entry, name).map(flatten)
}

/** A property of one value. */
export function single(name: string, value: string): Property {
  return { name, values: [value] }
}
