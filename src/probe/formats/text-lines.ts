/** One line of a report, without its end. */
export interface TextLine {
  readonly line: string
  /** Counted from 1. */
  readonly number: number
}

/** The lines of a text that have an end: the rest after the last may be a part of a line, and says then what is not so. */
export function* linesOf(text: string): Generator<TextLine, void, undefined> {
  let [offset, number] = [0, 1]
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', offset)) {
    yield { line: text.slice(offset, text[end - 1] === '\r' && end > offset ? end - 1 : end), number }
    offset = end + 1
    number += 1
  }
}
