/** What others will not find, or not understand, in an entry. Nothing here is an error: NetInfo has no schema. */
import { findProperty, firstValue, valuesOf } from '../model.ts'
import type { Properties } from '../model.ts'
import { DIRECTORY_DESCRIPTIONS } from './descriptions.ts'
import type { PropertyDescription } from './descriptions.ts'
import { findFormFault } from './forms.ts'
import type { FormFault } from './forms.ts'

/** A list whose every value is wrong is told by its first ones. */
const WARNINGS_MAX = 100

/** One warning, as data: `name` is a property's. Values of `passwd` never stand in one. */
export type EntryWarning =
  | { readonly kind: 'repeatedProperty' | 'required' | 'repeatedValue' | 'emptyValue'; readonly name: string }
  | { readonly kind: 'onlyFirst'; readonly name: string; readonly count: number }
  | { readonly kind: 'commas'; readonly name: string; readonly value: string }
  | (FormFault & { readonly name: string; readonly value: string })
  | { readonly kind: 'differ'; readonly name: string; readonly other: string }
  | { readonly kind: 'noPassword' | 'printcapName' }
  | { readonly kind: 'more'; readonly count: number }

/**
 * Warns of what is not canonical in an entry of a directory, in the order of the properties.
 *
 * `directoryPath` is the path of the directory in which the entry stands (`/users`), or of the entry itself where the
 * directory is the entry (`/`, `/locations/resolver`).
 */
export function findWarnings(directoryPath: string, properties: Properties): readonly EntryWarning[] {
  const description = DIRECTORY_DESCRIPTIONS.get(directoryPath)
  const warnings = [
    ...findDuplicates(properties),
    ...(description?.properties ?? []).flatMap((each) => findFaults(each, properties)),
    ...findContradictions(directoryPath, properties),
  ]
  if (warnings.length <= WARNINGS_MAX) return warnings
  return [...warnings.slice(0, WARNINGS_MAX), { kind: 'more', count: warnings.length - WARNINGS_MAX }]
}

function findDuplicates(properties: Properties): EntryWarning[] {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  for (const { name } of properties) (seen.has(name) ? repeated : seen).add(name)
  return [...repeated].map((name) => ({ kind: 'repeatedProperty', name }))
}

function findFaults({ name, form, isList, isRequired }: PropertyDescription, properties: Properties): EntryWarning[] {
  const values = valuesOf(properties, name)
  const [first = ''] = values
  if (values.length === 0) return isRequired ? [{ kind: 'required', name }] : []
  const warnings: EntryWarning[] = []
  if (!isList && values.length > 1) warnings.push({ kind: 'onlyFirst', name, count: values.length })
  if (isList && values.length === 1 && form === 'text' && name !== 'name' && first.includes(','))
    warnings.push({ kind: 'commas', name, value: first })
  if (new Set(values).size < values.length) warnings.push({ kind: 'repeatedValue', name })
  for (const value of values) {
    if (value === '' && (form !== 'text' || isRequired || isList)) warnings.push({ kind: 'emptyValue', name })
    else if (value !== '') {
      const fault = findFormFault(form, value)
      if (fault !== undefined) warnings.push({ ...fault, name, value })
    }
  }
  return warnings
}

/** What is wrong with properties together, or means more than it seems to. */
function findContradictions(directoryPath: string, properties: Properties): EntryWarning[] {
  const warnings: EntryWarning[] = []
  if (directoryPath === '/users' && (firstValue(properties, 'passwd') ?? '') === '')
    warnings.push({ kind: 'noPassword' })
  if (directoryPath === '/mounts') {
    for (const [name, older] of [
      ['vfstype', 'type'],
      ['freq', 'dump_freq'],
    ] as const) {
      const value = firstValue(properties, name)
      const other = firstValue(properties, older)
      if (value !== undefined && other !== undefined && value !== other)
        warnings.push({ kind: 'differ', name, other: older })
    }
  }
  if (directoryPath === '/printers' && findProperty(properties, 'name')?.values.some((name) => /[|:]/.test(name)))
    warnings.push({ kind: 'printcapName' })
  return warnings
}
