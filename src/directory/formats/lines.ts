/**
 * Lines as niload takes them (tools.md §3.1): what starts with `#` is passed over, fields lose the blanks around them.
 *
 * niload drops the last character of each line as its newline, also where the last line has none; here only a newline is
 * dropped. Blanks are those of C's isspace: a blank of Unicode is part of a name, as it is for a loader that reads bytes.
 */
import { LIMITS } from '../../core/index.ts'
import type { EntryCollector } from './entry-collector.ts'
import { checkLength } from './tree.ts'

export interface Line {
  /** Counted from 1. */
  readonly number: number
  readonly text: string
}

const BLANKS = ' \t\n\v\f\r'
const BLANK_RUN = /[ \t\n\v\f\r]+/

export function isBlank(character: string): boolean {
  return character !== '' && BLANKS.includes(character)
}

/** The text without the blanks at both ends. */
export function trimBlanks(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isBlank(text.charAt(from))) from += 1
  while (to > from && isBlank(text.charAt(to - 1))) to -= 1
  return text.slice(from, to)
}

/** The words between blanks; none is empty. */
export function splitBlanks(text: string): string[] {
  return text.split(BLANK_RUN).filter((word) => word !== '')
}

/** What stands before a trailing comment. */
export function dropComment(text: string): string {
  const at = text.indexOf('#')
  return at === -1 ? text : text.slice(0, at)
}

/**
 * Yields the lines that say something. A line beyond the limit is reported and passed over.
 * @throws ERR_PORTOLAN_INPUT_TOO_LARGE
 */
export function* readLines(text: string, entries: EntryCollector): Generator<Line, void, undefined> {
  checkLength(text.length)
  let number = 0
  for (let from = 0; from < text.length;) {
    const newline = text.indexOf('\n', from)
    const to = newline === -1 ? text.length : newline
    number += 1
    if (to - from > LIMITS.flatLineChars) entries.report(number, sayTooLong())
    else if (text[from] !== '#') {
      const line = text.slice(from, to)
      if (trimBlanks(line) !== '') yield { number, text: line }
    }
    from = to + 1
  }
}

/**
 * Joins lines: each goes on what `continues` says that it continues, under the number of the first.
 *
 * What grows beyond the limit of a line is reported and passed over whole.
 */
export function* joinLines(
  lines: Iterable<Line>,
  entries: EntryCollector,
  continues: (previous: string | undefined, line: string) => boolean,
  strip: (line: string) => string = (line) => line,
): Generator<Line, void, undefined> {
  let number = 0
  let length = 0
  let parts: string[] = []
  let previous: string | undefined
  const take = (): Line[] => {
    if (parts.length === 0) return []
    if (length <= LIMITS.flatLineChars) return [{ number, text: parts.join('') }]
    entries.report(number, sayTooLong())
    return []
  }
  for (const line of lines) {
    if (previous === undefined || !continues(previous, line.text)) {
      yield* take()
      number = line.number
      length = 0
      parts = []
    }
    length += line.text.length
    if (length <= LIMITS.flatLineChars) parts.push(strip(line.text))
    previous = line.text
  }
  yield* take()
}

const BACKSLASH_END = /\\\r?$/

/** Joins a line that ends in a backslash with the next one; the backslash goes (printcap, bootparams, exports). */
export function joinBackslashed(lines: Iterable<Line>, entries: EntryCollector): Generator<Line, void, undefined> {
  return joinLines(
    lines,
    entries,
    (previous) => previous !== undefined && BACKSLASH_END.test(previous),
    (line) => line.replace(BACKSLASH_END, ''),
  )
}

/** Joins a line that begins with a blank with the one before (aliases). */
export function joinIndented(lines: Iterable<Line>, entries: EntryCollector): Generator<Line, void, undefined> {
  return joinLines(lines, entries, (_, line) => isBlank(line.charAt(0)))
}

function sayTooLong(): string {
  return `longer than ${LIMITS.flatLineChars} characters: left out`
}
