/**
 * Takes a text of JSON objects apart, one at a time: an array, one object a line, or what masscan has written over the years,
 * with a comma after the last object, names without quotes, and `{finished: 1}` for an end.
 *
 * A text that ends early gives the objects that are whole.
 */
import { LIMITS } from '../../core/index.ts'
import { FormatError, findLine } from './format-error.ts'

export interface JsonObject {
  readonly value: Readonly<Record<string, unknown>>
  /** Where it begins in the text. */
  readonly offset: number
}

/** Names without quotes stand outside of strings; a string is taken whole. */
const STRING_OR_NAME = /"[^"\\]*(?:\\.[^"\\]*)*"|([{,]\s*)([A-Za-z_]\w*)(?=\s*:)/gs
const NEXT_MARK = /["{}[\]]/g

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads the objects; its result says whether the text has come to its end. @throws FormatError with the line */
export function* readJsonObjects(text: string): Generator<JsonObject, boolean, undefined> {
  let [isArray, isClosed, hasComma] = [false, false, false]
  let offset = 0
  for (;;) {
    const character = text[offset]
    if (character === undefined) return isArray ? isClosed : !hasComma
    if (!isSpace(character)) {
      if (isClosed) fail(text, offset, 'something stands after the end of the array')
      if (character === '{') {
        const end = endOfObject(text, offset)
        if (end === null) return false
        yield { value: parseObject(text, offset, end), offset }
        hasComma = false
        offset = end
        continue
      }
      if (character === '[' && offset === firstOffset(text)) isArray = true
      else if (character === ']' && isArray) isClosed = true
      else if (character === ',' && !hasComma) hasComma = true
      else fail(text, offset, 'no object of JSON begins where one should')
    }
    offset += 1
  }
}

function fail(text: string, offset: number, message: string): never {
  throw new FormatError(findLine(text, offset), message)
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t'
}

function firstOffset(text: string): number {
  return text.search(/\S/)
}

/** The offset after the object that begins here; null where the text ends before. */
function endOfObject(text: string, start: number): number | null {
  let depth = 0
  let offset = start
  for (;;) {
    if (offset - start > LIMITS.reportRecordChars)
      fail(text, start, `an object is longer than ${LIMITS.reportRecordChars} characters`)
    NEXT_MARK.lastIndex = offset
    const mark = NEXT_MARK.exec(text)
    if (mark === null) return null
    offset = mark.index + 1
    if (mark[0] === '"') {
      const end = endOfString(text, offset)
      if (end === null) return null
      offset = end
    } else if (mark[0] === '{' || mark[0] === '[') {
      depth += 1
      if (depth > LIMITS.jsonDepth) fail(text, mark.index, `its values are nested more than ${LIMITS.jsonDepth} deep`)
    } else {
      depth -= 1
      if (depth === 0) return offset
    }
  }
}

/** The offset after the quote that ends a string; a quote after an odd number of backslashes is a part of it. */
function endOfString(text: string, start: number): number | null {
  for (let quote = text.indexOf('"', start); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let before = quote
    while (before > start && text[before - 1] === '\\') before -= 1
    if ((quote - before) % 2 === 0) return quote + 1
  }
  return null
}

function parseObject(text: string, start: number, end: number): JsonObject['value'] {
  const part = text.slice(start, end)
  const value = parsed(part) ?? parsed(part.replace(STRING_OR_NAME, quoteName))
  return isRecord(value) ? value : fail(text, start, 'an object is not well formed JSON')
}

function quoteName(whole: string, before?: string, name?: string): string {
  return before === undefined || name === undefined ? whole : `${before}"${name}"`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
