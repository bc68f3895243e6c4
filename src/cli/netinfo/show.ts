/** Prints what comes from a directory: the very bytes into a file or a pipe, harmless characters to a terminal. */
import { printable } from '../../core/index.ts'
import type { Properties } from '../../directory/index.ts'
import type { Context } from '../command.ts'

/** Newlines and tabs are the tools' own. */
const LAYOUT = /[\n\t]/

export function show({ out, isOutTerminal }: Context, text: string): void {
  out(isOutTerminal ? harmless(text) : text)
}

function harmless(text: string): string {
  return text
    .split(/([\n\t])/)
    .map((part) => (LAYOUT.test(part) ? part : printable(part)))
    .join('')
}

/** `key: value value`, one property a line: what -read and -statistics print. */
export function propertyLines(properties: Properties): string {
  return properties.map(({ name, values }) => `${name}:${valueWords(values)}\n`).join('')
}

/** A blank before each value; blanks within are not quoted. */
export function valueWords(values: readonly string[]): string {
  return values.map((value) => ` ${value}`).join('')
}
