/** A reader of comma-separated values (RFC 4180) that knows on which line each record began. */
import { LIMITS } from './limits.ts'

export interface CsvRecord {
  /** The line on which the record begins, counted from 1; a quoted field may hold newlines. */
  readonly line: number
  readonly fields: readonly string[]
}

/** What is wrong with a file of comma-separated values, and on which line. */
export class CsvError extends Error {
  override readonly name: string = 'CsvError'
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

const QUOTE = 0x22
const COMMA = 0x2c
const NEWLINE = 0x0a
const RETURN = 0x0d

/**
 * Yields the records of a text one by one, in time and memory proportional to its length.
 *
 * Lines end in LF or CRLF; the last one may lack its end, which `endsWithNewline` of the caller's text tells. Quotes may
 * stand only around a whole field (RFC 4180 §2.5).
 * @throws CsvError with the line, for a quote out of place, a quote never closed, or a field beyond the limit.
 */
export function* readCsv(text: string): Generator<CsvRecord, void, undefined> {
  let offset = 0
  let line = 1
  while (offset < text.length) {
    const startLine = line
    const fields: string[] = []
    for (;;) {
      let end: number
      if (text.charCodeAt(offset) === QUOTE) {
        const quoted = readQuoted(text, offset, line)
        fields.push(quoted.value)
        line += quoted.newlines
        end = quoted.end
      } else {
        end = plainEnd(text, offset, line)
        fields.push(text.slice(offset, end))
      }
      if (end - offset > LIMITS.csvFieldChars) {
        throw new CsvError(line, `a field has more than ${LIMITS.csvFieldChars} characters`)
      }
      offset = end + 1
      if (text.charCodeAt(end) !== COMMA) {
        if (text.charCodeAt(end) === RETURN) offset += 1
        break
      }
    }
    line += 1
    yield { line: startLine, fields }
  }
}

/** Where an unquoted field ends: at a comma, an end of line, or the end of the text. */
function plainEnd(text: string, start: number, line: number): number {
  for (let index = start; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === COMMA || code === NEWLINE) return index
    if (code === RETURN && text.charCodeAt(index + 1) === NEWLINE) return index
    if (code === QUOTE) throw new CsvError(line, 'a quote stands inside an unquoted field')
  }
  return text.length
}

function readQuoted(text: string, start: number, line: number): { value: string; end: number; newlines: number } {
  let value = ''
  let newlines = 0
  let from = start + 1
  for (;;) {
    const quote = text.indexOf('"', from)
    if (quote === -1) throw new CsvError(line, 'a quoted field is never closed: the file is cut off')
    const part = text.slice(from, quote)
    value += part
    newlines += countNewlines(part)
    if (text.charCodeAt(quote + 1) === QUOTE) {
      value += '"'
      from = quote + 2
      continue
    }
    const end = quote + 1
    const code = text.charCodeAt(end)
    const closes = end === text.length || code === COMMA || code === NEWLINE
    if (!closes && !(code === RETURN && text.charCodeAt(end + 1) === NEWLINE)) {
      throw new CsvError(line + newlines, 'something stands between a closing quote and the comma')
    }
    return { value, end, newlines }
  }
}

function countNewlines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1
  return count
}
