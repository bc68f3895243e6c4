/** What others will not find, or not understand, in an entry. Nothing here is an error: NetInfo has no schema. */
import { printable } from '../../core/index.ts'
import { findProperty, firstValue, valuesOf } from '../model.ts'
import type { Properties } from '../model.ts'
import { DIRECTORY_DESCRIPTIONS } from './descriptions.ts'
import type { PropertyDescription } from './descriptions.ts'
import { findFormFault } from './forms.ts'

const SHOWN_CHARS = 60
/** A list whose every value is wrong is told by its first ones. */
const WARNINGS_MAX = 100

/**
 * Warns of what is not canonical in an entry of a directory: full sentences' worth of text, in the order of the properties.
 *
 * `directoryPath` is the path of the directory in which the entry stands (`/users`), or of the entry itself where the
 * directory is the entry (`/`, `/locations/resolver`). Values of `passwd` are never shown.
 */
export function warningsOf(directoryPath: string, properties: Properties): readonly string[] {
  const description = DIRECTORY_DESCRIPTIONS.get(directoryPath)
  const warnings = [
    ...findDuplicates(properties),
    ...(description?.properties ?? []).flatMap((each) => findFaults(each, properties)),
    ...findContradictions(directoryPath, properties),
  ]
  if (warnings.length <= WARNINGS_MAX) return warnings
  return [...warnings.slice(0, WARNINGS_MAX), `${warnings.length - WARNINGS_MAX} more warnings are not listed`]
}

function show(value: string): string {
  const cut = value.length > SHOWN_CHARS ? `${value.slice(0, SHOWN_CHARS)}…` : value
  return `"${printable(cut.toWellFormed())}"`
}

function findDuplicates(properties: Properties): string[] {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  for (const { name } of properties) (seen.has(name) ? repeated : seen).add(name)
  return [...repeated].map((name) => `${show(name)} is there more than once: only the first is looked up`)
}

function findFaults({ name, form, isList, isRequired }: PropertyDescription, properties: Properties): string[] {
  const values = valuesOf(properties, name)
  if (values.length === 0) return isRequired ? [`${name}: an entry without it is of no use`] : []
  const warnings: string[] = []
  if (!isList && values.length > 1) warnings.push(`${name}: ${values.length} values, of which only the first is read`)
  if (isList && values.length === 1 && form === 'text' && name !== 'name' && values[0]?.includes(',') === true) {
    warnings.push(`${name}: ${show(values[0])} is one value with commas: a list has a value for each`)
  }
  if (new Set(values).size < values.length) warnings.push(`${name}: a value is there more than once`)
  for (const value of values) {
    if (value === '' && (form !== 'text' || isRequired || isList)) warnings.push(`${name}: a value is empty`)
    else if (value !== '') {
      const fault = findFormFault(form, value)
      if (fault !== undefined) warnings.push(`${name}: ${show(value)} ${fault}`)
    }
  }
  return warnings
}

/** What is wrong with properties together, or means more than it seems to. */
function findContradictions(directoryPath: string, properties: Properties): string[] {
  const warnings: string[] = []
  if (directoryPath === '/users' && (firstValue(properties, 'passwd') ?? '') === '') {
    warnings.push('passwd: without a value no password is asked for; * lets nobody in')
  }
  if (directoryPath === '/mounts') {
    for (const [name, older] of [
      ['vfstype', 'type'],
      ['freq', 'dump_freq'],
    ] as const) {
      const value = firstValue(properties, name)
      const other = firstValue(properties, older)
      if (value !== undefined && other !== undefined && value !== other) {
        warnings.push(`${name} and ${older}: they differ, and it depends on the program which one is read`)
      }
    }
  }
  if (directoryPath === '/printers' && findProperty(properties, 'name')?.values.some((name) => /[|:]/.test(name))) {
    warnings.push('name: a name with | or : cannot be written to printcap')
  }
  return warnings
}
