/** Warnings of entries in English, for terminals and logs. */
import { printable } from '../../core/index.ts'
import type { Properties } from '../model.ts'
import { PORT_MAX } from './forms.ts'
import { findWarnings } from './warnings.ts'
import type { EntryWarning } from './warnings.ts'

const SHOWN_CHARS = 60

/** What `findWarnings` warns of, each as a line of text. */
export function warningsOf(directoryPath: string, properties: Properties): readonly string[] {
  return findWarnings(directoryPath, properties).map(textOfWarning)
}

function textOfWarning(warning: EntryWarning): string {
  switch (warning.kind) {
    case 'repeatedProperty':
      return `${quoteValue(warning.name)} is there more than once: only the first is looked up`
    case 'required':
      return `${warning.name}: an entry without it is of no use`
    case 'onlyFirst':
      return `${warning.name}: ${warning.count} values, of which only the first is read`
    case 'repeatedValue':
      return `${warning.name}: a value is there more than once`
    case 'emptyValue':
      return `${warning.name}: a value is empty`
    case 'differ':
      return `${warning.name} and ${warning.other}: they differ, and it depends on the program which one is read`
    case 'noPassword':
      return 'passwd: without a value no password is asked for; * lets nobody in'
    case 'printcapName':
      return 'name: a name with | or : cannot be written to printcap'
    case 'more':
      return `${warning.count} more warnings are not listed`
    default:
      return `${warning.name}: ${quoteValue(warning.value)} ${faultText(warning)}`
  }
}

function faultText(warning: Extract<EntryWarning, { readonly value: string }>): string {
  switch (warning.kind) {
    case 'commas':
      return 'is one value with commas: a list has a value for each'
    case 'notNumber':
      return 'is not a decimal number'
    case 'notPort':
      return `is not a port from 0 to ${PORT_MAX}`
    case 'notAddress':
      return 'is not an address'
    case 'notNetwork':
      return 'is not a network number'
    case 'notEthernet':
      return 'is not an Ethernet address'
    case 'notForm':
      return `is not ${warning.form}`
    default:
      return `is looked up as text: write ${warning.canonical}`
  }
}

/** A value as it may be shown: no control characters, and not all of a long one. */
function quoteValue(value: string): string {
  const cut = value.length > SHOWN_CHARS ? `${value.slice(0, SHOWN_CHARS)}…` : value
  return `"${printable(cut.toWellFormed())}"`
}
