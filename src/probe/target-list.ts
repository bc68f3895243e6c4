/** Targets as a list in a file or on standard input. */
import { LIMITS, PortolanError, printable } from '../core/index.ts'
import type { TargetWord } from './target-spec.ts'

/**
 * The words of a list, one or more to a line; what follows a `#` is a comment.
 *
 * `source` is what the errors call the list: the name of the file, or `standard input`.
 * @throws ERR_PORTOLAN_TARGETS_TOO_MANY beyond `LIMITS.targetListChars` or `LIMITS.targetWords`
 */
export function readTargetList(text: string, source: string): TargetWord[] {
  if (text.length > LIMITS.targetListChars) throw tooLong(source, `${LIMITS.targetListChars} characters`)
  const words: TargetWord[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  for (const [at, line] of lines.entries()) {
    // A # within a word is no comment: no target has one, and the error then shows the whole word.
    for (const word of line.replace(/(^|\s)#.*$/, '').split(/\s+/)) {
      if (word !== '') words.push({ word, place: `${source}:${at + 1}` })
    }
    if (words.length > LIMITS.targetWords) throw tooLong(source, `${LIMITS.targetWords} targets`)
  }
  return words
}

function tooLong(source: string, most: string): PortolanError {
  return new PortolanError('ERR_PORTOLAN_TARGETS_TOO_MANY', `${printable(source)} has more than ${most}`, {
    hint: 'write networks and ranges instead of single addresses, or divide the list',
  })
}
